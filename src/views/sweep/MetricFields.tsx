// What a sweep is judged by: the metric, its tokens, and the position where it looks.
import { SelectField } from '../controls/SelectField.tsx';
import type { ViewToken } from '../data.ts';
import { visibleToken } from '../tokenText.ts';
import { METRICS, type MetricChoices } from './metrics.ts';
import { TokenField } from './TokenField.tsx';

type Props = {
  readonly choices: MetricChoices;
  readonly tokens: readonly ViewToken[]; // of the prompt
  readonly candidates: readonly ViewToken[]; // for right and wrong: next tokens first
  readonly onChange: (patch: Partial<Omit<MetricChoices, 'position'>>) => void;
  readonly onPosition: (position: number) => void;
};

/** Edits the metric. */
export function MetricFields({ choices, tokens, candidates, onChange, onPosition }: Props) {
  const { metric, right, wrong, position } = choices;
  return (
    <div className="sweep-metric">
      <SelectField name="Metric" options={METRICS} value={metric} onChange={(chosen) => onChange({ metric: chosen })} />
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
  );
}
