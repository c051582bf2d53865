// The QK and OV circuits of one head on the vocabulary: which token attends to which, and what attending to a token does to the
// logits, when the stream holds nothing but a token's embedding. Elhage et al. 2021, "A Mathematical Framework for Transformer
// Circuits", sections "QK circuit", "OV circuit" and "Copying". In f64, row by row, so that [d_vocab, d_vocab] is never held.
import { eigenvalues } from './eigenvalues.ts';

/** Row-major [rows, columns]. */
export type Matrix = { readonly rows: number; readonly columns: number; readonly values: Float64Array };

export type HeadCircuits = {
  readonly x: Matrix; // [d_vocab, d_model]: ln1 of each token's embedding, what the head sees
  readonly W_Q: Matrix; // [d_model, d_head] of this head; the k and v weights are its kv head's
  readonly W_K: Matrix;
  readonly W_V: Matrix;
  readonly b_Q: ArrayLike<number> | null; // [d_head]
  readonly b_K: ArrayLike<number> | null;
  readonly W_O: Matrix; // [d_head, d_model]
  readonly W_out: Matrix; // [d_model, d_vocab]: W_U behind the final norm's weight, and its centring where it centres
  readonly attnScale: number;
};

export type TokenPair = { readonly from: number; readonly to: number; readonly score: number };

export type CopyingScore = {
  readonly eigenvalues: number; // Σ Re λ / Σ |λ| of the OV circuit, from −1 to 1: 1 copies, −1 suppresses
  readonly topShare: number; // tokens that raise themselves more than any other token, of all
};

/** Vocabularies up to here are walked in seconds on one core; the walk is quadratic. */
export const LARGEST_CIRCUIT_VOCABULARY = 8_192;

/** Says why a vocabulary is too large to be walked pair by pair; null where it fits. */
export function whyNoCircuits(dVocab: number): string | null {
  if (dVocab <= LARGEST_CIRCUIT_VOCABULARY) return null;
  return `QK and OV circuits compare every token with every other: ${dVocab} tokens make ${dVocab ** 2} pairs, and ${LARGEST_CIRCUIT_VOCABULARY} tokens are the most that is walked`;
}

/** The pairs with the largest attention score, query token → key token at the same position, largest first. Throws where too large. */
export function topQkPairs(head: HeadCircuits, count: number): TokenPair[] {
  const q = product(head.x, head.W_Q, head.b_Q);
  const k = product(head.x, head.W_K, head.b_K);
  return topPairs(head, count, (from) => products(rowOf(q, from), k, head.attnScale));
}

/** The pairs with the largest effect, attended token → logit, largest first. Throws where the vocabulary is too large. */
export function topOvPairs(head: HeadCircuits, count: number): TokenPair[] {
  const effects = ovRows(head);
  return topPairs(head, count, effects);
}

/** How much the head copies the token that it attends to. Throws where the vocabulary is too large. */
export function copyingScore(head: HeadCircuits): CopyingScore {
  checkSize(head);
  const effects = ovRows(head);
  let copied = 0;
  for (let token = 0; token < head.x.rows; token++) {
    const row = effects(token);
    const own = row[token] ?? Number.NaN;
    if (row.every((effect) => effect <= own)) copied += 1;
  }
  return { eigenvalues: eigenvalueScore(head), topShare: copied / head.x.rows };
}

/**
 * AB and BA have the same eigenvalues but for zeros, so x·W_V·W_O·W_out [d_vocab, d_vocab] has those of
 * W_O·W_out·x·W_V [d_head, d_head].
 */
function eigenvalueScore({ x, W_V, W_O, W_out }: HeadCircuits): number {
  const left = product(W_O, W_out, null); // [d_head, d_vocab]
  const right = product(x, W_V, null); // [d_vocab, d_head]
  const found = eigenvalues(product(left, right, null).values, W_O.rows);
  const sum = found.reduce((total, { re }) => total + re, 0);
  const sizes = found.reduce((total, { re, im }) => total + Math.hypot(re, im), 0);
  return sizes === 0 ? 0 : sum / sizes;
}

/** Makes one row of the OV circuit at a time: what attending to a token adds to each logit. */
function ovRows({ x, W_V, W_O, W_out }: HeadCircuits): (token: number) => Float64Array {
  const v = product(x, W_V, null); // [d_vocab, d_head]
  const out = transposed(product(W_O, W_out, null)); // [d_vocab, d_head]
  return (token) => products(rowOf(v, token), out, 1);
}

function topPairs(head: HeadCircuits, count: number, row: (from: number) => Float64Array): TokenPair[] {
  checkSize(head);
  let best: TokenPair[] = [];
  for (let from = 0; from < head.x.rows; from++) {
    const least = best.length < count ? Number.NEGATIVE_INFINITY : (best.at(-1)?.score ?? 0);
    const better: TokenPair[] = [];
    row(from).forEach((score, to) => {
      if (score > least) better.push({ from, to, score });
    });
    if (better.length > 0) best = [...best, ...better].sort((a, b) => b.score - a.score).slice(0, count);
  }
  return best;
}

function checkSize(head: HeadCircuits): void {
  const why = whyNoCircuits(head.x.rows);
  if (why !== null) throw new Error(why);
}

/** One row against every row of a matrix, times a factor: [rows]. */
function products(row: Float64Array, matrix: Matrix, factor: number): Float64Array {
  return Float64Array.from({ length: matrix.rows }, (_, i) => {
    let sum = 0;
    const from = i * matrix.columns;
    for (let j = 0; j < row.length; j++) sum += (row[j] ?? Number.NaN) * (matrix.values[from + j] ?? Number.NaN);
    return sum * factor;
  });
}

function product(a: Matrix, b: Matrix, bias: ArrayLike<number> | null): Matrix {
  if (a.columns !== b.rows) throw new Error(`internal: [${a.rows}, ${a.columns}] times [${b.rows}, ${b.columns}]`);
  const values = new Float64Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i++) {
    const row = values.subarray(i * b.columns, (i + 1) * b.columns);
    if (bias) row.set(Float64Array.from(bias));
    for (let k = 0; k < a.columns; k++) {
      const factor = a.values[i * a.columns + k] ?? Number.NaN;
      const from = k * b.columns;
      for (let j = 0; j < b.columns; j++) row[j] = (row[j] ?? 0) + factor * (b.values[from + j] ?? Number.NaN);
    }
  }
  return { rows: a.rows, columns: b.columns, values };
}

function transposed({ rows, columns, values }: Matrix): Matrix {
  const turned = new Float64Array(values.length);
  values.forEach((value, at) => {
    turned[(at % columns) * rows + Math.floor(at / columns)] = value;
  });
  return { rows: columns, columns: rows, values: turned };
}

function rowOf({ columns, values }: Matrix, row: number): Float64Array {
  return values.subarray(row * columns, (row + 1) * columns);
}
