// The nonlinearity of an MLP in f64. Twin of kernels/activation.wgsl.
import type { ActivationName } from '../checkpoint/modelConfig.ts';
import { erfc } from './erf.ts';

/** Applies the activation to every element: same length. */
export function activation(name: ActivationName, x: Float64Array): Float64Array {
  return x.map((value) => activationOf(name, value));
}

/** Applies the activation to one number. */
export function activationOf(name: ActivationName, x: number): number {
  switch (name) {
    case 'silu':
      return x / (1 + Math.exp(-x));
    case 'gelu': // Hendrycks and Gimpel 2016: x·Φ(x); Φ by erfc, so that nothing cancels for negative x
      return 0.5 * x * erfc(-x / Math.SQRT2);
    case 'gelu_tanh': // the same paper's approximation
      return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    case 'relu':
      return Math.max(x, 0);
    default:
      return name satisfies never;
  }
}
