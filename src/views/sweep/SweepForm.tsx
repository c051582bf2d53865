// What a sweep edits, how, and what it is judged by.
import { Button } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import { SwitchField } from '../controls/SwitchField.tsx';
import { Toggles } from '../controls/Toggles.tsx';
import type { ViewToken } from '../data.ts';
import { MetricFields } from './MetricFields.tsx';
import { OPERATIONS, SITES, type SweepChoices } from './sites.ts';

type Props = {
  readonly choices: SweepChoices;
  readonly tokens: readonly ViewToken[]; // of the prompt
  readonly candidates: readonly ViewToken[]; // for right and wrong: next tokens first
  readonly isRunning: boolean;
  readonly whyNot: string | null;
  readonly onChange: (patch: Partial<SweepChoices>) => void;
  readonly onPosition: (position: number) => void;
  readonly onRun: () => void;
  readonly onCancel: () => void;
};

const OF_STREAM: ReadonlySet<string> = new Set(['hook_resid_pre', 'hook_mlp_out']);

/** Edits the choices, and starts or ends the sweep. */
export function SweepForm({ choices, tokens, candidates, isRunning, whyNot, ...on }: Props) {
  const { sites, operation, asked, byPosition } = choices;
  const { onChange, onPosition, onRun, onCancel } = on;
  return (
    <div className="sweep-form">
      <div className="sweep-run">
        {isRunning ? (
          <Button onPress={onCancel}>Cancel the sweep</Button>
        ) : (
          <Button kind="primary" onPress={onRun} disabled={whyNot !== null}>
            Sweep
          </Button>
        )}
        {whyNot ? <p className="sweep-why">{whyNot}</p> : null}
      </div>
      <Toggles name="Where" options={SITES} values={sites} onChange={(chosen) => onChange({ sites: chosen })} />
      {sites.some((site) => OF_STREAM.has(site)) ? (
        <SwitchField isOn={byPosition} onChange={(on_) => onChange({ byPosition: on_ })}>
          stream and MLP by position
        </SwitchField>
      ) : null}
      <Choice
        name="Operation"
        options={asked ? [...OPERATIONS, { id: 'asked' as const, label: asked.kind }] : OPERATIONS}
        value={operation}
        onChange={(chosen) => onChange({ operation: chosen })}
      />
      <MetricFields {...{ choices, tokens, candidates, onChange, onPosition }} />
    </div>
  );
}
