// What the Outputs ask of a kept run: the likeliest next tokens at a position, and both runs' predictions at every position.
import {
  type Captured,
  finalLogits,
  klByPosition,
  logSumExp,
  type ModelConfig,
  ranksOf,
  topTokens,
} from '../engine/index.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { Outputs, Predictions, Standing } from './answers.ts';

export type Captures = { readonly a: Captured | null; readonly b: Captured | null };

const TOP_COUNT = 10;

/** The ten likeliest next tokens of both runs after a position, each with its standing in both. */
export async function nextTokensAt(
  { a, b }: Captures,
  position: number,
  config: ModelConfig,
  tokenizer: Tokenizer,
): Promise<Outputs> {
  const rows = { a: await logitsAt(a, position, config), b: await logitsAt(b, position, config) };
  const top = [rows.a, rows.b].flatMap((row) => (row ? topTokens(row, TOP_COUNT).map(({ id }) => id) : []));
  const ids = [...new Set(top)];
  const [standingsA, standingsB] = [rows.a && standings(rows.a, ids), rows.b && standings(rows.b, ids)];
  const tokens = tokenizer.describe(ids);
  return {
    position,
    rows: tokens.map((token, at) => ({ token, a: standingsA?.[at] ?? null, b: standingsB?.[at] ?? null })),
  };
}

/** KL by position and the difference of two tokens' logits, of the runs that were made. */
export async function predictionsOf(
  { a, b }: Captures,
  pair: Predictions['pair'],
  config: ModelConfig,
): Promise<Predictions> {
  const [differenceA, differenceB] = [await differencesOf(a, pair, config), await differencesOf(b, pair, config)];
  return { pair, kl: await divergences(a, b, config), differenceA, differenceB };
}

const LOGITS = 'unembed.hook_out'; // [pos, d_vocab]; a file may lack them

/** Of whole rows of both runs, no more lies in memory at a time. */
const ROWS_BYTES = 16 << 20;

/** KL(A‖B) at each position, rows of both runs read a few at a time; null unless both have logits. */
async function divergences(a: Captured | null, b: Captured | null, config: ModelConfig): Promise<number[] | null> {
  const nPos = Math.min(positionsOf(a), positionsOf(b));
  if (!a || !b || nPos === 0) return null;
  const most = Math.max(1, Math.floor(ROWS_BYTES / (8 * config.dVocab)));
  const kl: number[] = [];
  for (let first = 0; first < nPos; first += most) {
    const rows = Array.from({ length: Math.min(most, nPos - first) }, (_, at) => [first + at]);
    const [ofA, ofB] = [await a.readAt(LOGITS, rows), await b.readAt(LOGITS, rows)];
    ofA.forEach((row, at) => {
      const other = ofB[at] ?? new Float32Array();
      kl.push(...klByPosition(finalLogits(config, row), finalLogits(config, other), config.dVocab));
    });
  }
  return kl;
}

/** The logit of one token less that of another, at each position: two values a position are read. */
async function differencesOf(
  capture: Captured | null,
  [plusId, minusId]: Predictions['pair'],
  config: ModelConfig,
): Promise<number[] | null> {
  const nPos = positionsOf(capture);
  if (!capture || nPos === 0) return null;
  const places = Array.from({ length: 2 * nPos }, (_, at) => [at >> 1, at % 2 === 0 ? plusId : minusId]);
  const values = (await capture.readAt(LOGITS, places)).map((value) => finalLogits(config, value)[0] ?? Number.NaN);
  return Array.from({ length: nPos }, (_, pos) => (values[2 * pos] ?? 0) - (values[2 * pos + 1] ?? 0));
}

function positionsOf(capture: Captured | null): number {
  return capture?.shapeOf(LOGITS)?.[0] ?? 0;
}

async function logitsAt(capture: Captured | null, position: number, config: ModelConfig) {
  if (!capture?.shapeOf(LOGITS)) return null;
  return finalLogits(config, (await capture.readSlice(LOGITS, 0, position)).values);
}

/** How one row of logits rates these tokens. */
export function standings(row: Float32Array, ids: readonly number[]): Standing[] {
  const norm = logSumExp(row);
  const ranks = ranksOf(row, ids);
  return ids.map((id, at) => {
    const logit = row[id] ?? 0;
    return { logit, probability: Math.exp(logit - norm), rank: ranks[at] ?? 0 };
  });
}
