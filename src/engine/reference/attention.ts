// Attention of one block: projections from one input (fused) or one input a head (split), rotary, scores, pattern, z, out.
import { alibiSlopes } from '../checkpoint/alibiSlopes.ts';
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import type { RotaryTable } from '../checkpoint/rotaryTable.ts';
import type { BlockWeights, NormWeights } from '../checkpoint/weights.ts';
import type { BlockHook } from '../hooks/hookName.ts';
import { type Arithmetic, F64 } from './arithmetic.ts';
import { attnScores } from './attnScores.ts';
import { attnZ } from './attnZ.ts';
import { denseRows, matmul } from './matmul.ts';
import { NO_NORM_HOOKS, norm } from './norm.ts';
import type { BlockHooks } from './referenceHooks.ts';
import { columnsOf, extent, type ReferenceMatrix, type ReferenceTensor, rowsOf } from './referenceTensor.ts';
import { repeatKv } from './repeatKv.ts';
import { rotary } from './rotary.ts';
import { softmax } from './softmax.ts';

/** What one block's code is given: the model, its layer, its weights, how to run, and its hooks. */
export type BlockPlace = {
  readonly config: ModelConfig;
  readonly layer: number;
  readonly weights: BlockWeights<ReferenceMatrix>;
  readonly rotaryTable: RotaryTable | null; // null where nothing turns
  readonly qkv: 'fused' | 'split';
  readonly kv: 'broadcast' | 'repeat';
  readonly arithmetic: Arithmetic;
  readonly at: BlockHooks;
  readonly isWanted: (hook: BlockHook) => boolean; // hook_attn_in is made on request only
};

/** Normalised inputs of the three projections: [pos, d_model], or [pos, heads, d_model] where each head has its own. */
export type AttentionInputs = { readonly q: ReferenceTensor; readonly k: ReferenceTensor; readonly v: ReferenceTensor };

/** Computes attention's output with b_O, before any post norm: [pos, d_model]. */
export function attention(inputs: AttentionInputs, place: BlockPlace): ReferenceTensor {
  const { config, layer, weights, arithmetic, at } = place;
  const q = at('attn.hook_q', project(inputs.q, weights.W_Q, weights.b_Q, config.nHeads, arithmetic));
  const k = at('attn.hook_k', projectKv(inputs.k, weights.W_K, weights.b_K, place));
  const v = at('attn.hook_v', projectKv(inputs.v, weights.W_V, weights.b_V, place));
  const settings = {
    scale: config.attnScales[layer] ?? Number.NaN,
    softCap: config.attnSoftCap,
    window: config.windows[layer] ?? null,
    slopes: config.positional === 'alibi' ? alibiSlopes(config.nHeads) : null,
  };
  const scores = at('attn.hook_attn_scores', attnScores(turnQ(q, place), turnK(k, place), settings, arithmetic));
  const probabilities = softmax(scores.values, extent(scores, 2), arithmetic);
  const pattern = at('attn.hook_pattern', { shape: scores.shape, values: probabilities });
  const z = at('attn.hook_z', attnZ(pattern, v, arithmetic));
  return output(z, place);
}

function projectKv(
  x: ReferenceTensor, // [pos, d_model] or [pos, heads, d_model]
  W: ReferenceMatrix, // [d_model, n_key_value_heads · d_head]
  b: ReferenceMatrix | null,
  { config, kv, arithmetic }: BlockPlace,
): ReferenceTensor {
  const projected = project(x, W, b, config.nKeyValueHeads, arithmetic);
  return kv === 'repeat' && extent(projected, 1) < config.nHeads ? repeatKv(projected, config.nHeads) : projected;
}

/** Projects x by W head for head; an input of more heads than W has goes through W's heads repeated: [pos, heads, d_head]. */
export function project(
  x: ReferenceTensor, // [pos, d_model] or [pos, heads, d_model]
  W: ReferenceMatrix, // [d_model, weight heads · d_head]
  b: ReferenceMatrix | null,
  nWeightHeads: number,
  arithmetic: Arithmetic,
): ReferenceTensor {
  const [nPos, dModel, dHead] = [extent(x, 0), extent(x, -1), W.columns / nWeightHeads];
  const nInputHeads = x.shape.length === 3 ? extent(x, 1) : 1;
  const nHeads = x.shape.length === 3 ? nInputHeads : nWeightHeads;
  const heads = Array.from({ length: nHeads }, (_, head) => {
    const first = Math.floor((head * nWeightHeads) / nHeads) * dHead;
    const offset = x.shape.length === 3 ? head * dModel : 0;
    const rows = { values: x.values, rows: nPos, offset, rowStride: nInputHeads * dModel };
    return matmul(rows, columnsOf(W, first, dHead), b && columnsOf(b, first, dHead), arithmetic);
  });
  return interleaved(heads, nPos, dHead);
}

/** Normalises q's heads where the architecture does (after hook_q), then turns them. */
function turnQ(q: ReferenceTensor, place: BlockPlace): ReferenceTensor {
  const normed = place.weights.qNorm ? headNorm(q, place.weights.qNorm, place) : q;
  return turned(normed, 'attn.hook_rot_q', place);
}

function turnK(k: ReferenceTensor, place: BlockPlace): ReferenceTensor {
  const normed = place.weights.kNorm ? headNorm(k, place.weights.kNorm, place) : k;
  return turned(normed, 'attn.hook_rot_k', place);
}

function headNorm(
  x: ReferenceTensor, // [pos, heads, d_head]
  weights: NormWeights<ReferenceMatrix>,
  { config, arithmetic }: BlockPlace,
): ReferenceTensor {
  return norm(
    x,
    weights,
    { ...config, normalization: config.qkNorm ?? config.normalization },
    NO_NORM_HOOKS,
    arithmetic,
  );
}

function turned(
  x: ReferenceTensor, // [pos, heads, d_head]
  hook: 'attn.hook_rot_q' | 'attn.hook_rot_k',
  { config, layer, rotaryTable, arithmetic, at }: BlockPlace,
): ReferenceTensor {
  const settings = config.rotary[layer];
  return settings && rotaryTable ? at(hook, rotary(x, settings.style, rotaryTable, arithmetic)) : x;
}

/** One product with W_O, in which heads follow one another; the sum of their results where one of these was edited: [pos, d_model]. */
function output(
  z: ReferenceTensor, // [pos, n_heads, d_head]
  { weights, arithmetic, at }: BlockPlace,
): ReferenceTensor {
  const { W_O, b_O } = weights;
  const results = headResults(z, W_O);
  const hooked = at('attn.hook_result', results);
  if (hooked !== results) return sumOfHeads(hooked, b_O);
  const values = matmul(denseRows(z.values, W_O.rows), W_O, b_O, arithmetic);
  return { shape: [extent(z, 0), W_O.columns], values };
}

/** Takes each head's z through its rows of W_O: [pos, n_heads, d_model]. */
export function headResults(
  z: ReferenceTensor, // [pos, n_heads, d_head]
  W_O: ReferenceMatrix, // [n_heads · d_head, d_model]
  arithmetic: Arithmetic = F64,
): ReferenceTensor {
  const [nPos, nHeads, dHead] = [extent(z, 0), extent(z, 1), extent(z, 2)];
  const heads = Array.from({ length: nHeads }, (_, head) => {
    const rows = { values: z.values, rows: nPos, offset: head * dHead, rowStride: nHeads * dHead };
    return matmul(rows, rowsOf(W_O, head * dHead, dHead), null, arithmetic);
  });
  return interleaved(heads, nPos, W_O.columns);
}

/** Adds up the heads' results and b_O: [pos, d_model]. */
function sumOfHeads(
  result: ReferenceTensor, // [pos, n_heads, d_model]
  b: ReferenceMatrix | null,
): ReferenceTensor {
  const [nPos, nHeads, dModel] = [extent(result, 0), extent(result, 1), extent(result, 2)];
  const values = new Float64Array(nPos * dModel);
  for (let i = 0; i < values.length; i++) {
    const [pos, column] = [Math.floor(i / dModel), i % dModel];
    let sum = 0;
    for (let head = 0; head < nHeads; head++) {
      sum += result.values[(pos * nHeads + head) * dModel + column] ?? Number.NaN;
    }
    values[i] = sum + (b ? (b.values[column] ?? Number.NaN) : 0);
  }
  return { shape: [nPos, dModel], values };
}

/** Lays heads of [pos, width] side by side: [pos, heads, width]. */
function interleaved(heads: readonly Float64Array[], nPos: number, width: number): ReferenceTensor {
  const values = new Float64Array(nPos * heads.length * width);
  heads.forEach((head, index) => {
    for (let pos = 0; pos < nPos; pos++) {
      values.set(head.subarray(pos * width, (pos + 1) * width), (pos * heads.length + index) * width);
    }
  });
  return { shape: [nPos, heads.length, width], values };
}
