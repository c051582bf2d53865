// Dispatches attention: attnScores.wgsl, softmax.wgsl, attnZ.wgsl.
import type { BufferSlot, GpuTensor } from '../gpu/gpuTensor.ts';
import type { Kernel } from '../gpu/pipelineCache.ts';
import type { Dim, Dispatch } from '../gpu/plan.ts';
import scoresTileCode from './attnScores.wgsl?raw';
import scoresQuadCode from './attnScoresQuad.wgsl?raw';
import zTileCode from './attnZ.wgsl?raw';
import zQuadCode from './attnZQuad.wgsl?raw';
import { numericKernel } from './numerics.ts';
import { type RowPlan, rowDispatch } from './rowPlan.ts';
import activationsCode from './shared/activations.wgsl?raw';
import expCode from './shared/exp.wgsl?raw';
import quadSumsCode from './shared/quadSums.wgsl?raw';
import scoresCode from './shared/scores.wgsl?raw';
import subgroupsCode from './shared/subgroups.wgsl?raw';
import zCode from './shared/z.wgsl?raw';
import softmaxCode from './softmax.wgsl?raw';
import onlineCode from './softmaxOnline.wgsl?raw';
import { spread } from './spread.ts';

const SCORES_BINDINGS = ['uniform', 'read', 'read', 'read', 'write'] as const;
const SCORES_CODE = [expCode, activationsCode, scoresCode];
const ATTN_SCORES: Readonly<Record<AttentionPlan, Kernel>> = {
  register: numericKernel('attnScores', [...SCORES_CODE, scoresTileCode], SCORES_BINDINGS),
  quad: numericKernel('attnScoresQuad', [...SCORES_CODE, quadSumsCode, scoresQuadCode], SCORES_BINDINGS, [
    subgroupsCode,
  ]),
};
const Z_BINDINGS = ['uniform', 'read', 'read', 'write'] as const;
const ATTN_Z: Readonly<Record<AttentionPlan, Kernel>> = {
  register: numericKernel('attnZ', [zCode, zTileCode], Z_BINDINGS),
  quad: numericKernel('attnZQuad', [zCode, quadSumsCode, zQuadCode], Z_BINDINGS, [subgroupsCode]),
};
export const SOFTMAX = numericKernel('softmax', [expCode, softmaxCode], ['uniform', 'read', 'write']);
export const SOFTMAX_ONLINE = numericKernel('softmaxOnline', [expCode, onlineCode], ['uniform', 'read', 'write']);

/** Which kernel makes scores and z, by attentionPlan.ts: each invocation for itself, or four that share what they load. */
export type AttentionPlan = 'register' | 'quad';

/** Rows and columns that a workgroup of each owns. */
const TILE = { register: 32, quad: 16 } as const;

/** Keys where there are more of them than queries, the queries' own last: how many, and the length of a row of scores and pattern. */
export type MoreKeys = { readonly nKey: Dim; readonly keyStride: number };

export type AttentionShape = {
  readonly batch: number;
  readonly nPos: number; // queries: the last of the keys
  readonly keys?: MoreKeys | undefined; // left out: as many keys as queries, dense rows
  readonly nHeads: number;
  readonly repeats: number; // query heads per key/value head; 1 where repeat_kv was materialised
  readonly dHead: number;
  readonly window: number | null;
};

export type AttnScoresArgs = AttentionShape & {
  readonly plan: AttentionPlan;
  readonly q: GpuTensor; // [rows, n_heads, d_head]
  readonly qRowStride: number;
  readonly k: GpuTensor; // [rows, n_heads / repeats, d_head]
  readonly kRowStride: number;
  readonly scores: GpuTensor; // [n_heads, query_pos, key_pos]
  readonly scale: number;
  readonly softCap: number | null;
  readonly alibiSlopes: { readonly slot: BufferSlot; readonly present: boolean }; // [n_heads]
};

/** Scaled and masked scores; masked keys are −∞. */
export function attnScores(args: AttnScoresArgs): Dispatch {
  const tiles = (positions: number) => Math.ceil(positions / TILE[args.plan]);
  return {
    label: args.scores.label,
    kernel: ATTN_SCORES[args.plan],
    overrides: { soft_capped: Number(args.softCap !== null), has_alibi: Number(args.alibiSlopes.present) },
    dims: [
      ...positionDims(args),
      args.nHeads,
      args.repeats,
      args.dHead,
      args.window ?? 0,
      args.qRowStride,
      args.q.offset,
      args.kRowStride,
      args.k.offset,
      { f32: args.scale },
      { f32: args.softCap ?? 0 },
    ],
    buffers: [args.q.slot, args.k.slot, args.alibiSlopes.slot, args.scores.slot],
    workgroups: [tiles(args.keys?.keyStride ?? args.nPos), tiles(args.nPos), args.batch * args.nHeads],
    multiplyAdds: attentionMultiplyAdds(args),
  };
}

export type SoftmaxArgs = AttentionShape & {
  readonly scores: GpuTensor; // [n_heads, query_pos, key_pos]
  readonly pattern: GpuTensor; // the same shape
  readonly unmasked?: boolean; // an intervention edited the scores: all that are not −∞ count, wherever they stand
  readonly plan: RowPlan; // of the materialised softmax
};

/** Rows of the pattern sum to 1; masked keys get exactly 0. */
export function softmax(args: SoftmaxArgs): Dispatch {
  const rows = args.batch * args.nHeads * args.nPos;
  const { overrides, workgroups } = rowDispatch(args.plan, rows);
  return {
    label: args.pattern.label,
    kernel: SOFTMAX,
    overrides,
    dims: [rows, workgroups[0], ...positionDims(args), args.window ?? 0, Number(args.unmasked ?? false)],
    buffers: [args.scores.slot, args.pattern.slot],
    workgroups,
    multiplyAdds: 0,
  };
}

/** Keys of one block of the online softmax. */
export const ONLINE_BLOCK_KEYS = 32;

/** The same, maximum and sum found in one pass over the keys, a block at a time. */
export function softmaxOnline(args: SoftmaxArgs): Dispatch {
  const rows = args.batch * args.nHeads * args.nPos;
  const workgroups = spread(Math.ceil(rows / 64));
  return {
    label: args.pattern.label,
    kernel: SOFTMAX_ONLINE,
    overrides: { block_keys: ONLINE_BLOCK_KEYS },
    dims: [rows, workgroups[0] * 64, ...positionDims(args), args.window ?? 0, Number(args.unmasked ?? false)],
    buffers: [args.scores.slot, args.pattern.slot],
    workgroups,
    multiplyAdds: 0,
  };
}

export type AttnZArgs = AttentionShape & {
  readonly plan: AttentionPlan;
  readonly pattern: GpuTensor; // [n_heads, query_pos, key_pos]
  readonly unmasked?: boolean; // an intervention edited scores or pattern: masked keys may have a share
  readonly v: GpuTensor; // [rows, n_heads / repeats, d_head]
  readonly vRowStride: number;
  readonly z: GpuTensor; // [rows, n_heads, d_head]
  readonly zRowStride: number;
};

/** z = pattern · v, head by head. */
export function attnZ(args: AttnZArgs): Dispatch {
  return {
    label: args.z.label,
    kernel: ATTN_Z[args.plan],
    overrides: {},
    dims: [
      ...positionDims(args),
      args.nHeads,
      args.repeats,
      args.dHead,
      args.window ?? 0,
      args.vRowStride,
      args.v.offset,
      args.zRowStride,
      Number(args.unmasked ?? false),
    ],
    buffers: [args.pattern.slot, args.v.slot, args.z.slot],
    workgroups: [
      Math.ceil(args.dHead / TILE[args.plan]),
      Math.ceil(args.nPos / TILE[args.plan]),
      args.batch * args.nHeads,
    ],
    multiplyAdds: attentionMultiplyAdds(args),
  };
}

/** n_query, n_key, key_stride. */
function positionDims({ nPos, keys }: AttentionShape): Dim[] {
  return [nPos, keys?.nKey ?? nPos, keys?.keyStride ?? nPos];
}

/**
 * Of scores, and of z: the pairs that a causal mask leaves; a window leaves fewer, and products are counted as if there were none. A
 * cache counts as full.
 */
export function attentionMultiplyAdds({ batch, nHeads, nPos, keys, dHead }: AttentionShape): number {
  const before = (keys?.keyStride ?? nPos) - nPos;
  return batch * nHeads * (nPos * before + (nPos * (nPos + 1)) / 2) * dHead;
}
