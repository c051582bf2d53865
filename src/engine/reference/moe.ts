// Mixtral's routing in f64 (Jiang et al. 2024, section 2.1): the top k experts, and a softmax over their
// logits, which is that over all made to sum to 1. Twin of kernels/moe.wgsl.
import { type Arithmetic, F64 } from './arithmetic.ts';

/** One expert that a position is sent to, and its share. */
export type Route = { readonly expert: number; readonly weight: number };

/** Smallest share before it is divided: so that a chosen expert stays known as one. */
const SMALLEST_POWER = 2 ** -126;

/** Chooses `perToken` experts for each row of the router's logits [pos, n_experts]; of equals, the lower index: [pos][perToken]. */
export function routes(
  logits: Float64Array,
  nExperts: number,
  perToken: number,
  { add, exp, quotient, stored }: Arithmetic = F64,
): Route[][] {
  return Array.from({ length: logits.length / nExperts }, (_, pos) => {
    const row = Array.from(logits.subarray(pos * nExperts, (pos + 1) * nExperts), (logit, expert) => ({
      expert,
      logit,
    }));
    const chosen = row.sort((a, b) => b.logit - a.logit || a.expert - b.expert).slice(0, perToken);
    const largest = chosen[0]?.logit ?? 0;
    const powers = chosen.map(({ logit }) => Math.max(exp(add(logit, -largest)), SMALLEST_POWER));
    const sum = powers.reduce((total, power) => add(total, power), 0);
    return chosen.map(({ expert }, at) => ({ expert, weight: stored(quotient(powers[at] ?? 0, sum)) }));
  });
}

/** Sums each position's experts by their weights, in ascending order of experts: [pos, d_model]. */
export function moe(
  routed: readonly (readonly Route[])[], // [pos][perToken]
  x: Float64Array, // [pos, d_model]
  expertMlp: (expert: number, row: Float64Array) => Float64Array, // [d_model] → [d_model]
  { mulAdd, stored }: Arithmetic = F64,
): Float64Array {
  const dModel = x.length / routed.length;
  const out = new Float64Array(x.length);
  routed.forEach((chosen, pos) => {
    const row = out.subarray(pos * dModel, (pos + 1) * dModel);
    for (const { expert, weight } of [...chosen].sort((a, b) => a.expert - b.expert)) {
      const y = expertMlp(expert, x.subarray(pos * dModel, (pos + 1) * dModel));
      for (let i = 0; i < dModel; i++) row[i] = stored(mulAdd(weight, y[i] ?? Number.NaN, row[i] ?? 0));
    }
  });
  return out;
}
