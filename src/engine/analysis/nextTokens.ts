// What two runs' next-token distributions say of each other, position by position. All sums are in f64.

/** KL(A‖B) in nats at each position of logits [pos, d_vocab]: how many nats B's prediction is worse on what A expects. */
export function klByPosition(a: Float32Array, b: Float32Array, dVocab: number): number[] {
  return Array.from({ length: a.length / dVocab }, (_, position) => {
    const [rowA, rowB] = [rowOf(a, position, dVocab), rowOf(b, position, dVocab)];
    const [normA, normB] = [logSumExp(rowA), logSumExp(rowB)];
    let kl = 0;
    for (let id = 0; id < dVocab; id++) {
      const [x, y] = [rowA[id] ?? 0, rowB[id] ?? 0];
      const probability = Math.exp(x - normA);
      if (probability > 0) kl += probability * (x - normA - (y - normB));
    }
    return kl;
  });
}

/** The places of ids in one row of logits [d_vocab], from 0, as `topTokens` orders them. */
export function ranksOf(row: Float32Array, ids: readonly number[]): number[] {
  return ids.map((id) => {
    const logit = row[id] ?? Number.NEGATIVE_INFINITY;
    let rank = 0;
    for (let other = 0; other < row.length; other++) {
      const against = row[other] ?? 0;
      if (against > logit || (against === logit && other < id)) rank += 1;
    }
    return rank;
  });
}

/** The natural logarithm of Σ exp(x), without overflow. */
export function logSumExp(row: Float32Array): number {
  let max = Number.NEGATIVE_INFINITY;
  for (const x of row) max = Math.max(max, x);
  let sum = 0;
  for (const x of row) sum += Math.exp(x - max);
  return max + Math.log(sum);
}

function rowOf(logits: Float32Array, position: number, dVocab: number): Float32Array {
  return logits.subarray(position * dVocab, (position + 1) * dVocab);
}
