// What f16 and bf16 add to a bound: each operation's result is rounded once more, to the type, and each weight is held as the type
// holds it. In f32 nothing is added, since the bounds are of f32 as they stand.
import type { Shape } from '../../tensor/shape.ts';
import { TYPE_ROUNDING } from '../../tensor/tolerances.ts';
import { type Precision, roundingTo } from '../precision.ts';
import type { ReferenceMatrix, ReferenceTensor } from '../referenceTensor.ts';
import { type Estimate, exactly } from './estimate.ts';

/** How a run computes and rounds: what a bound has to pay for. */
export type RunRounding = {
  readonly precision: Precision; // what each operation's result, and each weight, is rounded to
  readonly bias: 'inside' | 'after'; // added before a product is rounded to it, or after, and rounded again
  readonly softmaxBlock: number | null; // keys at a time of the online softmax; null: two passes over the row
};

export const F32_ROUNDING: RunRounding = { precision: 'f32', bias: 'inside', softmaxBlock: null };

/** Rounds each number to the type: half a unit of its last place, at least of the smallest subnormal; 0 and −∞ stay what they are. */
export function rounded(x: Estimate, precision: Precision): Estimate {
  if (precision === 'f32') return x;
  const { unit, leastError, largest } = TYPE_ROUNDING[precision];
  const bound = x.bound.map((error, i) => {
    const reach = Math.abs(x.values[i] ?? Number.NaN) + error;
    if (reach === 0 || !Number.isFinite(reach)) return error;
    return reach > largest ? Number.POSITIVE_INFINITY : error + unit * reach + leastError;
  });
  return { ...x, bound };
}

/** A weight as the type holds it: its own value, and how far from it the held one lies, which is known exactly. */
export function held({ rows, columns, values }: ReferenceMatrix, precision: Precision): Estimate {
  return heldValues({ shape: [rows, columns], values }, precision);
}

/** The same of any constants: a rotary table. */
export function heldValues(
  constants: { readonly shape: Shape; readonly values: Float64Array },
  precision: Precision,
): Estimate {
  if (precision === 'f32') return exactly(constants);
  const stored = roundingTo(precision);
  return { ...constants, bound: constants.values.map((value) => Math.abs(stored(value) - value)) };
}

/** A weight that was an estimate's input, as a matrix again. */
export function asMatrix({ shape: [rows = 0, columns = 0], values }: ReferenceTensor): ReferenceMatrix {
  return { rows, columns, values };
}
