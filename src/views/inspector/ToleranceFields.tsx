// The tolerance: a preset that people know by name, or two numbers of one's own.
import type { Tolerance } from '../../engine/index.ts';
import { CheckedInput } from '../controls/CheckedInput.tsx';
import { SelectField } from '../controls/SelectField.tsx';
import { boundProblem, PRESETS, presetOf } from './tolerances.ts';

type Props = { readonly tolerance: Tolerance; readonly onChange: (tolerance: Tolerance) => void };

/** Chooses a tolerance. */
export function ToleranceFields({ tolerance, onChange }: Props) {
  return (
    <div className="tolerance">
      <SelectField
        name="Tolerance"
        options={[
          ...PRESETS.map(({ id, label, tolerance: { atol, rtol } }) => ({
            id,
            label,
            note: `atol ${atol}, rtol ${rtol}`,
          })),
          { id: 'own', label: 'own', note: 'the two numbers beneath', disabled: true },
        ]}
        value={presetOf(tolerance)}
        onChange={(id) => {
          const chosen = PRESETS.find((candidate) => candidate.id === id);
          if (chosen) onChange(chosen.tolerance);
        }}
      />
      <CheckedInput
        name="atol"
        value={written(tolerance.atol)}
        problemOf={boundProblem}
        onChange={(text) => onChange({ ...tolerance, atol: Number(text) })}
      />
      <CheckedInput
        name="rtol"
        value={written(tolerance.rtol)}
        problemOf={boundProblem}
        onChange={(text) => onChange({ ...tolerance, rtol: Number(text) })}
      />
    </div>
  );
}

/** Writes a bound as people type it: 5e-4, 0.01, 0. */
function written(bound: number): string {
  return bound > 0 && bound < 0.01 ? bound.toExponential() : String(bound);
}
