// What the Outputs ask of a kept run: the likeliest next tokens at a position, and both runs' predictions at every position.
import {
  type Captured,
  finalLogits,
  klByPosition,
  logitDifference,
  logSumExp,
  type ModelConfig,
  ranksOf,
  topTokens,
} from '../engine/index.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { Outputs, Predictions, Standing } from './protocol.ts';

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
  const [logitsA, logitsB] = [await allLogits(a, config), await allLogits(b, config)];
  const difference = (logits: Float32Array | null) => logits && logitDifference(logits, config.dVocab, ...pair);
  return {
    pair,
    kl: logitsA && logitsB && klByPosition(logitsA, logitsB, config.dVocab),
    differenceA: difference(logitsA),
    differenceB: difference(logitsB),
  };
}

async function allLogits(capture: Captured | null, config: ModelConfig): Promise<Float32Array<ArrayBuffer> | null> {
  const [logits] = capture?.shapeOf('unembed.hook_out') ? await capture.read(['unembed.hook_out']) : []; // a file may lack them
  return logits ? finalLogits(config, logits.values) : null;
}

async function logitsAt(capture: Captured | null, position: number, config: ModelConfig) {
  const [logits] = capture?.shapeOf('unembed.hook_out') ? await capture.read(['unembed.hook_out']) : [];
  if (!logits) return null;
  const row = logits.values.slice(position * config.dVocab, (position + 1) * config.dVocab);
  if (row.length !== config.dVocab) throw new Error(`Position ${position} is past the end of the prompt.`);
  return finalLogits(config, row);
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
