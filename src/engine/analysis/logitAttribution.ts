// Direct logit attribution: how much each part of the residual stream (embedding, each head, each MLP) adds to one logit, or to the
// difference of two, at one position, with the final norm frozen at the scale that the run had. Frozen, the norm is linear, so the
// parts sum to the logit: a check that is always made. Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits".
import { UNIT_ROUNDOFF } from '../tensor/tolerances.ts';

/** The final norm at one position, frozen; null where the model has none. */
export type FrozenNorm = {
  readonly centres: boolean; // LayerNorm takes the mean off each part; RMSNorm does not
  readonly scale: number; // ln_final.hook_scale at the position
  readonly w: ArrayLike<number>; // [d_model], an architecture's offset included
  readonly b: ArrayLike<number> | null; // [d_model]
};

export type LogitDirection = {
  readonly column: ArrayLike<number>; // [d_model]: W_U's column of the token, or the difference of two columns
  readonly bias: number; // b_U of the token, or the difference
};

/** What one part writes into the stream at the position. */
export type StreamPart = { readonly name: string; readonly values: ArrayLike<number> }; // [d_model]

export type Attribution = {
  readonly parts: readonly { readonly name: string; readonly logit: number }[]; // in the order given, then 'bias'
  readonly sum: number;
  readonly logit: number; // as the run computed it, before any soft cap
  readonly bound: number; // what f32 roundings of the run may part sum and logit by
};

/**
 * Attributes a logit to the parts of the stream, in f64. `roundings` counts the f32 roundings that any element of the stream met
 * on its way (its additions); the bound follows from them and from the roundings of norm and unembedding.
 */
export function attributeLogit(
  parts: readonly StreamPart[],
  norm: FrozenNorm | null,
  direction: LogitDirection,
  run: { readonly logit: number; readonly roundings: number },
): Attribution {
  const coefficients = frozenCoefficients(norm, direction);
  const attributed = parts.map(({ name, values }) => ({ name, logit: dot(values, coefficients) }));
  const bias = (norm?.b ? dot(norm.b, direction.column) : 0) + direction.bias;
  const all = [...attributed, { name: 'bias', logit: bias }];
  const sumAbs = parts.reduce((sum, { values }) => sum + dot(absolute(values), absolute(coefficients)), Math.abs(bias));
  return {
    parts: all,
    sum: all.reduce((sum, { logit }) => sum + logit, 0),
    logit: run.logit,
    bound: (run.roundings + 2 * coefficients.length + NORM_ROUNDINGS) * UNIT_ROUNDOFF * sumAbs,
  };
}

/** Scale's square root, division, weight and bias of the norm, each at most 2.5 ULP, generously. */
const NORM_ROUNDINGS = 16;

/** The linear map from a part of the stream to the logit: [d_model]. */
function frozenCoefficients(norm: FrozenNorm | null, { column }: LogitDirection): Float64Array {
  const weighed = Float64Array.from(column, (u, i) => (norm ? (u * (norm.w[i] ?? Number.NaN)) / norm.scale : u));
  if (!norm?.centres) return weighed;
  // ⟨x − mean(x), c⟩ = ⟨x, c − mean(c)⟩
  const mean = weighed.reduce((sum, c) => sum + c, 0) / weighed.length;
  return weighed.map((c) => c - mean);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`internal: a part of ${a.length} elements in a stream of ${b.length}`);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? Number.NaN) * (b[i] ?? Number.NaN);
  return sum;
}

function absolute(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values, Math.abs);
}
