// Head scores: one number a head that says what its attention pattern does. Previous-token, duplicate-token and induction scores
// are the mean attention that a head pays, per query, to the keys that such a head would look at (Elhage et al. 2021, "A Mathematical
// Framework for Transformer Circuits"; Olsson et al. 2022, "In-context Learning and Induction Heads"), here for any prompt.
import type { Activation } from '../capture/captured.ts';

export const HEAD_SCORES = ['previousToken', 'induction', 'duplicateToken', 'bosMass', 'self', 'entropy'] as const;
export type HeadScore = (typeof HEAD_SCORES)[number];

/** Each score of each head: [n_heads]. Attention scores lie in [0, 1], entropy is in nats; NaN where no query of the prompt has such a key. */
export type HeadScores = Readonly<Record<HeadScore, readonly number[]>>;

/**
 * Scores every head of one layer. Averages are over the queries that have a key of the kind: a prompt of no repeated token has no
 * duplicate-token score. Queries at position 0, which can only see themselves, are left out of all.
 */
export function headScores(
  pattern: Activation, // [n_heads, query_pos, key_pos]
  tokenIds: readonly number[],
): HeadScores {
  const [nHeads = 0, nPos = 0] = pattern.shape;
  const targets = targetsOf(tokenIds.slice(0, nPos));
  const heads = Array.from({ length: nHeads }, (_, head) =>
    pattern.values.subarray(head * nPos * nPos, (head + 1) * nPos * nPos),
  );
  const attention = (keysOf: Targets) => heads.map((head) => meanAttention(head, nPos, keysOf));
  return {
    previousToken: attention(targets.previousToken),
    induction: attention(targets.induction),
    duplicateToken: attention(targets.duplicateToken),
    bosMass: attention(targets.bosMass),
    self: attention(targets.self),
    entropy: heads.map((head) => meanEntropy(head, nPos)),
  };
}

/** How many queries of the prompt each score is the mean over; 0 where it has none. */
export function scoredQueries(tokenIds: readonly number[]): Readonly<Record<HeadScore, number>> {
  const seen = new Map<number, number>(); // token → where it came first
  let [induction, duplicateToken] = [0, 0];
  tokenIds.forEach((id, query) => {
    const first = seen.get(id);
    if (first === undefined) {
      seen.set(id, query);
      return;
    }
    duplicateToken += 1;
    if (first + 1 < query) induction += 1;
  });
  const others = Math.max(0, tokenIds.length - 1);
  return { previousToken: others, induction, duplicateToken, bosMass: others, self: others, entropy: others };
}

/** The keys that count, per query: [query_pos] → key positions. */
type Targets = readonly (readonly number[])[];

function targetsOf(tokenIds: readonly number[]): Record<Exclude<HeadScore, 'entropy'>, Targets> {
  const earlier = tokenIds.map((id, query) => {
    const places: number[] = [];
    for (let key = 0; key < query; key++) if (tokenIds[key] === id) places.push(key);
    return places;
  });
  return {
    previousToken: tokenIds.map((_, query) => (query > 0 ? [query - 1] : [])),
    induction: earlier.map((places, query) => places.map((place) => place + 1).filter((key) => key < query)),
    duplicateToken: earlier,
    bosMass: tokenIds.map((_, query) => (query > 0 ? [0] : [])),
    self: tokenIds.map((_, query) => (query > 0 ? [query] : [])),
  };
}

function meanAttention(head: Float32Array, nPos: number, targets: Targets): number {
  let [sum, queries] = [0, 0];
  targets.forEach((keys, query) => {
    if (keys.length === 0) return;
    queries += 1;
    for (const key of keys) sum += head[query * nPos + key] ?? 0;
  });
  return sum / queries;
}

/** Mean over queries of −Σ p·ln p. */
function meanEntropy(head: Float32Array, nPos: number): number {
  let sum = 0;
  for (let query = 1; query < nPos; query++) {
    for (let key = 0; key <= query; key++) {
      const p = head[query * nPos + key] ?? 0;
      if (p > 0) sum -= p * Math.log(p);
    }
  }
  return sum / (nPos - 1);
}
