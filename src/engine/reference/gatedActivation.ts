// The gated MLP's activation, act(pre)·pre_linear (Shazeer 2020, "GLU Variants"), in f64. Twin of kernels/gatedActivation.wgsl.
import type { ActivationName } from '../checkpoint/modelConfig.ts';
import { type Arithmetic, F64 } from './arithmetic.ts';

/** Computes act(pre)·preLinear, element by element: [pos, d_mlp]. */
export function gatedActivation(
  name: ActivationName,
  pre: Float64Array, // [pos, d_mlp], the gate
  preLinear: Float64Array, // [pos, d_mlp], the up projection
  { activate, product, stored }: Arithmetic = F64,
): Float64Array {
  return pre.map((gate, i) => stored(product(stored(activate(name, gate)), preLinear[i] ?? Number.NaN)));
}
