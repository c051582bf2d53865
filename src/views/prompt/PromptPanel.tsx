// The prompt: its text, BOS, presets, the tokens it becomes, and a corrupted twin for patching. Nothing is truncated silently.
import { lengthNote, type ModelConfig, whyTooLong } from '../../engine/index.ts';
import { Choice } from '../controls/Choice.tsx';
import { SelectField } from '../controls/SelectField.tsx';
import { SwitchField } from '../controls/SwitchField.tsx';
import { TextInput } from '../controls/TextInput.tsx';
import type { PanelState, ViewToken } from '../data.ts';
import { Panel, type PanelFrame } from '../panel/Panel.tsx';
import './prompt.css';
import { PRESETS } from './presets.ts';
import { TokenChips } from './TokenChips.tsx';
import { TokenIds } from './TokenIds.tsx';

type Props = {
  readonly text: string;
  readonly prependBos: boolean | 'model';
  readonly modelPrependsBos: boolean | null; // what 'model' means; null before a model is there
  readonly tokens: readonly ViewToken[];
  readonly model: Pick<ModelConfig, 'nCtx' | 'maxPositions' | 'rotary'> | null; // null before a model is there
  readonly selected: number;
  readonly corrupted: string | null; // the corrupted prompt's text; null: there is none
  readonly corruptedTokens: readonly ViewToken[] | null;
  readonly onText: (text: string) => void;
  readonly onPrependBos: (prependBos: boolean | 'model') => void;
  readonly onTokenIds: (ids: readonly number[]) => void;
  readonly onSelect: (position: number) => void;
  readonly onCorrupted: (text: string | null) => void;
  readonly state: PanelState;
  readonly frame: PanelFrame;
};

/** Edits the prompt and shows its tokens. */
export function PromptPanel(props: Props) {
  const { text, tokens, model, selected, onText, onTokenIds, onSelect, state, frame } = props;
  const preset = PRESETS.find((candidate) => candidate.text === text)?.id ?? 'own';
  const isTooLong = model !== null && whyTooLong(model, tokens.length) !== null;
  const note = model && !isTooLong ? lengthNote(model, tokens.length) : null;
  return (
    <Panel id="panel-prompt" title="Prompt" help={<PromptHelp />} state={state} frame={frame}>
      <div className="prompt">
        <TextInput name="Text" nameHidden value={text} onChange={onText} rows={3} />
        <SelectField
          name="Preset"
          nameHidden
          options={[
            ...PRESETS.map(({ id, label, note }) => ({ id, label, note })),
            { id: 'own' as const, label: 'Own text', disabled: true },
          ]}
          value={preset}
          onChange={(id) => onText(PRESETS.find((candidate) => candidate.id === id)?.text ?? text)}
        />
        <BosField {...props} />
        <TokenChips name="Tokens" tokens={tokens} selected={selected} onSelect={onSelect} />
        <div className="prompt-count">
          <span className={isTooLong ? 'prompt-problem' : 'quiet'}>
            {tokens.length} tokens{model ? ` of ${model.nCtx}` : ''}
            {isTooLong ? ': too many for this model; nothing is cut off, shorten the text' : ''}
            {note ? `: ${note}` : ''}
          </span>
          <TokenIds tokens={tokens} onTokenIds={onTokenIds} />
        </div>
        <CorruptedField {...props} />
      </div>
    </Panel>
  );
}

function BosField({ prependBos, modelPrependsBos, onPrependBos }: Props) {
  const bos = prependBos === 'model' ? 'model' : prependBos ? 'on' : 'off';
  const meaning = modelPrependsBos === null ? '' : modelPrependsBos ? ': BOS' : ': none';
  return (
    <Choice
      name="Beginning-of-sequence token"
      options={[
        { id: 'model', label: `Model's default${meaning}` },
        { id: 'on', label: 'BOS' },
        { id: 'off', label: 'None' },
      ]}
      value={bos}
      onChange={(id) => onPrependBos(id === 'model' ? 'model' : id === 'on')}
    />
  );
}

/** The corrupted prompt: patches take from it, position by position, so it needs as many tokens. */
function CorruptedField({ text, tokens, corrupted, corruptedTokens, onCorrupted }: Props) {
  const isUneven = corruptedTokens !== null && corruptedTokens.length !== tokens.length;
  return (
    <>
      <SwitchField isOn={corrupted !== null} onChange={(on) => onCorrupted(on ? text : null)}>
        Corrupted prompt, to patch from
      </SwitchField>
      {corrupted === null ? null : (
        <>
          <TextInput name="Corrupted text" nameHidden value={corrupted} onChange={onCorrupted} rows={3} />
          {corruptedTokens ? (
            <p className={isUneven ? 'prompt-problem' : 'quiet'}>
              {corruptedTokens.length} tokens
              {isUneven ? `, the prompt has ${tokens.length}: patching needs them equally long` : ''}
            </p>
          ) : null}
        </>
      )}
    </>
  );
}

function PromptHelp() {
  return (
    <>
      <p>
        The text is tokenised by the model's own tokenizer. <strong>·</strong> is a space, ⏎ a line break, ⟨e2 80⟩ bytes
        that are no text by themselves; a small number counts tokens that come again.
      </p>
      <p>
        Choose a token to see the next tokens after it in Outputs; its id stands below the chips. Token ids can be
        edited as numbers: they then win over the text.
      </p>
    </>
  );
}
