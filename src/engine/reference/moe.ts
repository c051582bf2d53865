// Mixtral's routing in f64 (Jiang et al. 2024, section 2.1): softmax over the router's logits, the top k experts, weights
// renormalised to sum 1. Twin of kernels/moe.wgsl.
import { softmax } from './softmax.ts';

/** One expert that a position is sent to, and its share. */
export type Route = { readonly expert: number; readonly weight: number };

/** Chooses `perToken` experts for each row of the router's logits [pos, n_experts]; of equals, the lower index: [pos][perToken]. */
export function routes(logits: Float64Array, nExperts: number, perToken: number): Route[][] {
  const shares = softmax(logits, nExperts);
  return Array.from({ length: logits.length / nExperts }, (_, pos) => {
    const row = Array.from(shares.subarray(pos * nExperts, (pos + 1) * nExperts), (weight, expert) => ({
      expert,
      weight,
    }));
    const chosen = row.sort((a, b) => b.weight - a.weight || a.expert - b.expert).slice(0, perToken);
    const sum = chosen.reduce((total, route) => total + route.weight, 0);
    return chosen.map(({ expert, weight }) => ({ expert, weight: weight / sum }));
  });
}

/** Sums each position's experts by their weights: [pos, d_model]. */
export function moe(
  routed: readonly (readonly Route[])[], // [pos][perToken]
  x: Float64Array, // [pos, d_model]
  expertMlp: (expert: number, row: Float64Array) => Float64Array, // [d_model] → [d_model]
): Float64Array {
  const dModel = x.length / routed.length;
  const out = new Float64Array(x.length);
  routed.forEach((chosen, pos) => {
    const row = out.subarray(pos * dModel, (pos + 1) * dModel);
    for (const { expert, weight } of chosen) {
      const y = expertMlp(expert, x.subarray(pos * dModel, (pos + 1) * dModel));
      for (let i = 0; i < dModel; i++) row[i] = (row[i] ?? 0) + weight * (y[i] ?? Number.NaN);
    }
  });
  return out;
}
