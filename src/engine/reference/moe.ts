// Mixtral's routing in f64 (Jiang et al. 2024, section 2.1): a softmax over all experts, the largest of them chosen and made to sum to 1.
// Twin of kernels/expertWeights.wgsl, chooseExperts.wgsl and mixExpert.wgsl.
import { type Arithmetic, F64 } from './arithmetic.ts';
import { softmax } from './softmax.ts';

/** Weighs all experts of each row of the router's logits; in f32 whatever the run is rounded to: both [pos, n_experts]. */
export function expertWeights(logits: Float64Array, nExperts: number, arithmetic: Arithmetic = F64): Float64Array {
  return softmax(logits, nExperts, { ...arithmetic, stored: (x) => x, softmaxBlock: null });
}

/** The experts of each position, and what each counts for: both [pos, perToken]. */
export type Chosen = { readonly indices: Float64Array; readonly shares: Float64Array };

export type ExpertCounts = { readonly count: number; readonly perToken: number };

/** Chooses the experts of the largest weights [pos, n_experts], the largest first; of equals, the lower index. */
export function chooseExperts(
  weights: Float64Array,
  { count, perToken }: ExpertCounts,
  { add, quotient, stored }: Arithmetic = F64,
): Chosen {
  const nPos = weights.length / count;
  const [indices, shares] = [new Float64Array(nPos * perToken), new Float64Array(nPos * perToken)];
  for (let pos = 0; pos < nPos; pos++) {
    const row = Array.from(weights.subarray(pos * count, (pos + 1) * count), (weight, expert) => ({ expert, weight }));
    const chosen = row.sort((a, b) => b.weight - a.weight || a.expert - b.expert).slice(0, perToken);
    const sum = chosen.reduce((total, { weight }) => add(total, weight), 0);
    chosen.forEach(({ expert, weight }, slot) => {
      indices[pos * perToken + slot] = expert;
      shares[pos * perToken + slot] = stored(quotient(weight, sum));
    });
  }
  return { indices, shares };
}

/** Sums each position's experts by their shares, in ascending order of experts; an index that is none adds nothing: [pos, d_model]. */
export function moe(
  { indices, shares }: Chosen,
  { count, perToken }: ExpertCounts,
  x: Float64Array, // [pos, d_model]
  expertMlp: (expert: number, row: Float64Array) => Float64Array, // [d_model] → [d_model]
  { mulAdd, stored }: Arithmetic = F64,
): Float64Array {
  const nPos = indices.length / perToken;
  const dModel = x.length / nPos;
  const out = new Float64Array(x.length);
  for (let pos = 0; pos < nPos; pos++) {
    const row = out.subarray(pos * dModel, (pos + 1) * dModel);
    for (let expert = 0; expert < count; expert++) {
      const slots = Array.from({ length: perToken }, (_, slot) => pos * perToken + slot);
      const sent = slots.filter((slot) => indices[slot] === expert);
      if (sent.length === 0) continue;
      const y = expertMlp(expert, x.subarray(pos * dModel, (pos + 1) * dModel));
      for (const slot of sent) {
        for (let i = 0; i < dModel; i++) {
          row[i] = stored(mulAdd(shares[slot] ?? Number.NaN, y[i] ?? Number.NaN, row[i] ?? 0));
        }
      }
    }
  }
  return out;
}
