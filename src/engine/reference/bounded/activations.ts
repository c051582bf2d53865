// The MLP's nonlinearity with bounds, of pre-activations read from a run.
import type { ActivationName } from '../../checkpoint/modelConfig.ts';
import { geluBound, geluTanhBound, siluBound, UNIT_ROUNDOFF } from '../../tensor/tolerances.ts';
import { activationOf } from '../activation.ts';
import type { Precision } from '../precision.ts';
import type { ReferenceTensor } from '../referenceTensor.ts';
import { type Estimate, exactly, pointwise, sumOfTerms } from './estimate.ts';
import { rounded } from './narrow.ts';

/** What an MLP's activation reads: a gate and what it is multiplied with, or one input alone. */
export type ActivationInputs = { readonly pre: ReferenceTensor; readonly preLinear: ReferenceTensor | null };

/** Computes act(pre), or act(pre)·preLinear where the MLP is gated: the shape of pre. */
export function activated(name: ActivationName, { pre, preLinear }: ActivationInputs, precision: Precision): Estimate {
  const own = pointwise(exactly(pre), (x) => ({ value: activationOf(name, x), own: ownBound(name, x), slope: 0 }));
  const act = rounded(own, precision);
  if (preLinear === null) return act;
  const gated = sumOfTerms([act, exactly(preLinear)], 1, ([a = act, b = preLinear], { product }) => ({
    shape: pre.shape,
    values: a.values.map((value, i) => product(value, b.values[i] ?? Number.NaN)),
  }));
  return rounded(gated, precision);
}

function ownBound(name: ActivationName, x: number): number {
  switch (name) {
    case 'silu':
      return siluBound(x) + UNIT_ROUNDOFF * Math.abs(x);
    case 'gelu':
      return geluBound(x);
    case 'gelu_tanh':
      return geluTanhBound(x);
    case 'relu':
      return 0;
    default:
      return name satisfies never;
  }
}
