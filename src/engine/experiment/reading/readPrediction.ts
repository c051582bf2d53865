// Reads one prediction of a run: what the stream says of it after each block (the logit lens), and which parts of the stream it is
// made of (direct logit attribution). One run of the prompt keeps what both need, and frees it again.
import { type Attribution, attributeLogit, type FrozenNorm } from '../../analysis/logitAttribution.ts';
import type { Capture } from '../../capture/capture.ts';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import type { ModelConfig } from '../../checkpoint/modelConfig.ts';
import type { HookName } from '../../hooks/hookName.ts';
import type { Intervention } from '../../hooks/intervention.ts';
import type { Model } from '../../model/model.ts';
import type { ForwardSpec } from '../../model/runContext.ts';
import { PreparedSide, type SidePrompts } from '../preparedSide.ts';
import { type LensRow, lensHooks, logitLens } from './logitLens.ts';
import { type OutwardWeights, readOutwardWeights } from './outwardWeights.ts';
import { streamPartHooks, streamParts, whyNoSum, whyNotByHead } from './streamParts.ts';

export type PredictionRequest = {
  readonly model: Model;
  readonly checkpoint: Checkpoint;
  readonly spec: ForwardSpec;
  readonly prompts: SidePrompts;
  readonly interventions: readonly Intervention[];
  readonly position: number;
  readonly tokens: readonly [token: number] | readonly [right: number, wrong: number]; // one logit, or a difference of two
  readonly signal?: AbortSignal;
};

export type PredictionReading = {
  readonly lens: readonly LensRow[];
  readonly attribution: Attribution;
  readonly whyNotByHead: string | null; // why attention is one part a layer; null where each head is one
};

/** A hook_result of every layer may take this much; above it, attention stays whole. */
const RESULT_BYTES = 512 << 20;

/** Runs the prompt and reads it. Throws where the position or a token is not there, and what preparing a run throws. */
export async function readPrediction(request: PredictionRequest): Promise<PredictionReading> {
  const { model, spec, prompts, interventions, position, tokens, signal } = request;
  const { config } = model;
  check(request);
  const why = whyNotByHead(config) ?? whyTooLarge(config, prompts.clean.length);
  const parts = streamPartHooks(config, why === null);
  const norm: HookName[] = request.checkpoint.weights.lnFinal ? ['ln_final.hook_scale'] : [];
  const side = await PreparedSide.make({
    model,
    spec,
    nPos: prompts.clean.length,
    nCorrupted: prompts.corrupted?.length ?? null,
    capture: [...new Set([...lensHooks(config.nLayers), ...parts, ...norm])],
    interventions,
  });
  try {
    await side.execute(prompts, signal);
    const { capture } = side.run;
    const lens = await logitLens(model, { capture, spec }, position);
    const rows = await rowsAt(capture, [...parts, ...norm, 'unembed.hook_out'], position);
    const weights = await readOutwardWeights(request.checkpoint, tokens, signal);
    return { lens, attribution: attribute(config, rows, weights, { tokens, byHead: why === null }), whyNotByHead: why };
  } finally {
    side.destroy();
  }
}

function check({ model, prompts, position, tokens }: PredictionRequest): void {
  const nPos = prompts.clean.length;
  const noSum = whyNoSum(model.config);
  if (noSum !== null) throw new Error(`${noSum}, and no logit is attributed to one.`);
  if (position < 0 || position >= nPos)
    throw new Error(`There is no position ${position}: the prompt has ${nPos} tokens.`);
  const { dVocab } = model.config;
  const missing = tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= dVocab);
  if (missing !== undefined) throw new Error(`Token ${missing} is not in the vocabulary of ${dVocab} tokens.`);
}

function whyTooLarge({ nLayers, nHeads, dModel }: ModelConfig, nPos: number): string | null {
  const bytes = nLayers * nHeads * dModel * nPos * 4;
  if (bytes <= RESULT_BYTES) return null;
  return `hook_result of ${nPos} tokens takes ${Math.round(bytes / 2 ** 20)} MiB, more than the ${RESULT_BYTES >> 20} MiB kept for a reading`;
}

type Rows = ReadonlyMap<HookName, Float32Array>;

/** One position of each hook. */
async function rowsAt(capture: Capture, hooks: readonly HookName[], position: number): Promise<Rows> {
  const rows = new Map<HookName, Float32Array>();
  for (const hook of hooks) rows.set(hook, (await capture.readSlice(hook, 0, position)).values);
  return rows;
}

function attribute(
  config: ModelConfig,
  rows: Rows,
  { columns, biases, lnFinal, b_O }: OutwardWeights,
  { tokens, byHead }: { readonly tokens: readonly number[]; readonly byHead: boolean },
): Attribution {
  const row = (hook: HookName): Float32Array => {
    const values = rows.get(hook);
    if (!values) throw new Error(`internal: a reading has no ${hook}`);
    return values;
  };
  const offset = config.normalization === 'RMS' ? config.normWeightOffset : 0;
  const norm: FrozenNorm | null = lnFinal && {
    centres: config.normalization === 'LN',
    scale: row('ln_final.hook_scale')[0] ?? Number.NaN,
    w: lnFinal.w.map((w) => w + offset),
    b: lnFinal.b,
  };
  const logits = row('unembed.hook_out');
  const signs = tokens.map((_, at) => (at === 0 ? 1 : -1));
  const total = (values: readonly number[]) => values.reduce((sum, x, at) => sum + x * (signs[at] ?? 0), 0);
  const column = Float64Array.from({ length: config.dModel }, (_, i) => {
    return total(columns.map((values) => values[i] ?? Number.NaN));
  });
  const logit = total(tokens.map((token) => logits[token] ?? Number.NaN));
  // By head, attention's output and each hook_result are sums of their own over the same products; else each part is what was added.
  const roundings = config.nLayers * (byHead ? 2 * config.nHeads * config.dHead + 3 : 2) + 1;
  const direction = { column, bias: total(biases) };
  return attributeLogit(streamParts(config, row, byHead ? { b_O } : null), norm, direction, { logit, roundings });
}
