// Who sends, who receives, what becomes of the heads and MLPs between, and what it is judged by.
import { Button } from '../controls/Button.tsx';
import { CheckedInput } from '../controls/CheckedInput.tsx';
import { Choice } from '../controls/Choice.tsx';
import type { ViewToken } from '../data.ts';
import { MetricFields } from './MetricFields.tsx';
import { type PathChoices, whyNotReceivers, whyNotSenders } from './pathChoices.ts';

type Props = {
  readonly choices: PathChoices;
  readonly tokens: readonly ViewToken[]; // of the prompt
  readonly candidates: readonly ViewToken[]; // for right and wrong: next tokens first
  readonly isRunning: boolean;
  readonly whyNot: string | null;
  readonly onChange: (patch: Partial<PathChoices>) => void;
  readonly onPosition: (position: number) => void;
  readonly onRun: () => void;
  readonly onCancel: () => void;
};

/** What the receivers hear, by what becomes of the other heads and MLPs. */
const BETWEEN = {
  frozen: {
    recomputed: 'The direct path, and what MLPs on the way make of it: as in Wang et al. 2022.',
    frozen: 'The direct path alone.',
  },
  recomputed: {
    recomputed: 'All that the sender brings about before the receivers.',
    frozen: 'The direct path, and what heads on the way make of it.',
  },
} as const;

/** Edits the choices, and starts or ends the path sweep. */
export function PathForm({ choices, tokens, candidates, isRunning, whyNot, ...on }: Props) {
  const { senders, receivers, heads, mlps } = choices;
  const { onChange, onPosition, onRun, onCancel } = on;
  return (
    <div className="sweep-form">
      <div className="sweep-run">
        {isRunning ? (
          <Button onPress={onCancel}>Cancel the paths</Button>
        ) : (
          <Button kind="primary" onPress={onRun} disabled={whyNot !== null}>
            Patch the paths
          </Button>
        )}
        {whyNot ? <p className="sweep-why">{whyNot}</p> : null}
      </div>
      <div className="path-ends">
        <CheckedInput
          name="Receivers"
          value={receivers}
          problemOf={whyNotReceivers}
          onChange={(text) => onChange({ receivers: text })}
        />
        <CheckedInput
          name="Senders"
          value={senders}
          problemOf={whyNotSenders}
          onChange={(text) => onChange({ senders: text })}
        />
      </div>
      <div className="path-between">
        <Between name="Other heads" value={heads} onChange={(chosen) => onChange({ heads: chosen })} />
        <Between name="Other MLPs" value={mlps} onChange={(chosen) => onChange({ mlps: chosen })} />
        <p className="quiet">{BETWEEN[heads][mlps]}</p>
      </div>
      <MetricFields {...{ choices, tokens, candidates, onChange, onPosition }} />
    </div>
  );
}

function Between({
  name,
  value,
  onChange,
}: {
  readonly name: string;
  readonly value: PathChoices['heads'];
  readonly onChange: (value: PathChoices['heads']) => void;
}) {
  const options = [
    { id: 'frozen', label: 'frozen' },
    { id: 'recomputed', label: 'recomputed' },
  ] as const;
  return (
    <>
      <span className="field-label">{name}</span>
      <Choice {...{ name, options, value, onChange }} />
    </>
  );
}
