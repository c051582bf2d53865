// The gated MLP's activation, act(pre)·pre_linear (Shazeer 2020, "GLU Variants"), in f64. Twin of kernels/gatedActivation.wgsl.
import type { ActivationName } from '../checkpoint/modelConfig.ts';
import { activationOf } from './activation.ts';

/** Computes act(pre)·preLinear, element by element: [pos, d_mlp]. */
export function gatedActivation(
  name: ActivationName,
  pre: Float64Array, // [pos, d_mlp], the gate
  preLinear: Float64Array, // [pos, d_mlp], the up projection
): Float64Array {
  return pre.map((gate, i) => activationOf(name, gate) * (preLinear[i] ?? Number.NaN));
}
