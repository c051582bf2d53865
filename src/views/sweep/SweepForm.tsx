// What a sweep edits, how, and what it is judged by.
import { Button } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import { SelectField } from '../controls/SelectField.tsx';
import { SwitchField } from '../controls/SwitchField.tsx';
import { Toggles } from '../controls/Toggles.tsx';
import type { ViewToken } from '../data.ts';
import { visibleToken } from '../tokenText.ts';
import { METRICS, OPERATIONS, SITES, type SweepChoices } from './sites.ts';
import { TokenField } from './TokenField.tsx';

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
  const { sites, operation, byPosition, metric, right, wrong, position } = choices;
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
        options={OPERATIONS}
        value={operation}
        onChange={(chosen) => onChange({ operation: chosen })}
      />
      <div className="sweep-metric">
        <SelectField
          name="Metric"
          options={METRICS}
          value={metric}
          onChange={(chosen) => onChange({ metric: chosen })}
        />
        {metric === 'kl' ? null : (
          <TokenField name="Right token" {...{ candidates }} value={right} onChange={(id) => onChange({ right: id })} />
        )}
        {metric === 'logitDifference' ? (
          <TokenField name="Wrong token" {...{ candidates }} value={wrong} onChange={(id) => onChange({ wrong: id })} />
        ) : null}
        <SelectField
          name="After position"
          options={tokens.map((token, at) => ({ id: String(at), label: `${at} ${visibleToken(token)}` }))}
          value={String(position)}
          onChange={(id) => onPosition(Number(id))}
        />
      </div>
    </div>
  );
}
