// Who sends, who receives, what becomes of the MLPs between, and what it is judged by.
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

/** Edits the choices, and starts or ends the path sweep. */
export function PathForm({ choices, tokens, candidates, isRunning, whyNot, ...on }: Props) {
  const { senders, receivers, mlps } = choices;
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
      <div>
        <span className="field-label">MLPs between</span>
        <Choice
          name="MLPs between"
          options={[
            { id: 'recomputed', label: 'recomputed' },
            { id: 'frozen', label: 'frozen: the direct path alone' },
          ]}
          value={mlps}
          onChange={(chosen) => onChange({ mlps: chosen })}
        />
      </div>
      <MetricFields {...{ choices, tokens, candidates, onChange, onPosition }} />
    </div>
  );
}
