// The prompt: its text, BOS, presets, and the tokens it becomes. Nothing is truncated silently.
import { Choice } from '../controls/Choice.tsx';
import { SelectField } from '../controls/SelectField.tsx';
import { TextInput } from '../controls/TextInput.tsx';
import type { PanelState, ViewToken } from '../data.ts';
import { Panel, type PanelFrame } from '../panel/Panel.tsx';
import { occurrences, visibleToken } from '../tokenText.ts';
import './prompt.css';
import { PRESETS } from './presets.ts';

type Props = {
  readonly text: string;
  readonly prependBos: boolean | 'model';
  readonly tokens: readonly ViewToken[];
  readonly nCtx: number | null;
  readonly selected: number;
  readonly onText: (text: string) => void;
  readonly onPrependBos: (prependBos: boolean | 'model') => void;
  readonly onSelect: (position: number) => void;
  readonly state: PanelState;
  readonly frame: PanelFrame;
};

const BOS_OPTIONS = [
  { id: 'model', label: 'As the model' },
  { id: 'on', label: 'BOS' },
  { id: 'off', label: 'None' },
] as const;

/** Edits the prompt and shows its tokens. */
export function PromptPanel(props: Props) {
  const { text, prependBos, tokens, nCtx, selected, onText, onPrependBos, onSelect, state, frame } = props;
  const bos = prependBos === 'model' ? 'model' : prependBos ? 'on' : 'off';
  const preset = PRESETS.find((candidate) => candidate.text === text)?.id ?? 'own';
  return (
    <Panel id="panel-prompt" title="Prompt" help={<PromptHelp />} state={state} frame={frame}>
      <div className="prompt">
        <TextInput name="Text" nameHidden value={text} onChange={onText} rows={3} />
        <SelectField
          name="Preset"
          nameHidden
          options={[...PRESETS, { id: 'own', label: 'Own text', disabled: true }].map(({ id, label }) => ({
            id,
            label,
          }))}
          value={preset}
          onChange={(id) => onText(PRESETS.find((candidate) => candidate.id === id)?.text ?? text)}
        />
        <Choice
          name="Beginning-of-sequence token"
          options={BOS_OPTIONS}
          value={bos}
          onChange={(id) => onPrependBos(id === 'model' ? 'model' : id === 'on')}
        />
        <TokenChips tokens={tokens} selected={selected} onSelect={onSelect} />
        <p className="prompt-count quiet">
          {tokens.length} tokens{nCtx ? ` of ${nCtx}` : ''}
        </p>
      </div>
    </Panel>
  );
}

/** The tokens in order: text with visible spaces, position, and a number where the same token comes again. */
function TokenChips({ tokens, selected, onSelect }: Pick<Props, 'tokens' | 'selected' | 'onSelect'>) {
  const numbered = occurrences(tokens);
  return (
    <ol className="chips" aria-label="Tokens">
      {tokens.map((token, position) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a token is its position
        <li key={position}>
          <button
            type="button"
            className="chip mono"
            data-special={token.special || undefined}
            aria-pressed={position === selected}
            aria-label={`Token ${position}: ${visibleToken(token)}, id ${token.id}`}
            onClick={() => onSelect(position)}
          >
            <span className="chip-position">{position}</span>
            {visibleToken(token)}
            {numbered[position] ? <sup className="chip-again">{numbered[position]}</sup> : null}
          </button>
        </li>
      ))}
    </ol>
  );
}

function PromptHelp() {
  return (
    <>
      <p>
        The text is tokenised by the model's own tokenizer. <strong>·</strong> is a space, ⏎ a line break, ⟨e2 80⟩ bytes
        that are no text by themselves; a small number counts tokens that come again.
      </p>
      <p>Choose a token to see the next tokens after it in Outputs.</p>
    </>
  );
}
