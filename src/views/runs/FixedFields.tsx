// Fields of a run specification of which this version runs one value; the others stand in place, disabled, each with its reason.
import { DEFAULT_RUN_SPEC, ENGINES, type RunSpec, whyNotRunnable } from '../../engine/index.ts';
import { SelectField } from '../controls/SelectField.tsx';

type Field = {
  readonly field: 'arithmetic' | 'bias' | 'precision' | 'softmax' | 'engine';
  readonly label: string;
  readonly patches: readonly Partial<RunSpec>[];
};

const FIELDS: readonly Field[] = [
  { field: 'arithmetic', label: 'Arithmetic', patches: [{ arithmetic: 'native' }, { arithmetic: 'portable' }] },
  { field: 'bias', label: 'Bias', patches: [{ bias: 'inside' }, { bias: 'after' }] },
  {
    field: 'precision',
    label: 'Precision',
    patches: [{ precision: 'f32' }, { precision: 'f16' }, { precision: 'bf16' }],
  },
  { field: 'softmax', label: 'Softmax', patches: [{ softmax: 'materialised' }, { softmax: 'online' }] },
  {
    field: 'engine',
    label: 'Engine',
    patches: ENGINES.map((engine) => ({ engine })),
  },
];

type Props = {
  readonly name: string; // the run's letter
  readonly spec: RunSpec;
  readonly onSpec: (patch: Partial<RunSpec>) => void;
};

/** Edits the fields that unfold. */
export function FixedFields({ name, spec, onSpec }: Props) {
  return (
    <div className="spec-fixed">
      {FIELDS.map(({ field, label, patches }) => (
        <SelectField
          key={field}
          name={`${label} of run ${name}`}
          options={patches.map((patch) => {
            const why = whyNotRunnable({ ...DEFAULT_RUN_SPEC, ...patch });
            return { id: String(patch[field]), label: String(patch[field]), note: why, disabled: why !== null };
          })}
          value={String(spec[field])}
          onChange={(id) => {
            const chosen = patches.find((patch) => patch[field] === id);
            if (chosen) onSpec(chosen);
          }}
        />
      ))}
    </div>
  );
}
