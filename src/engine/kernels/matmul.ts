// Dispatches the product of activations with a weight, in the order asked for: canonical and reversed by matmul.wgsl, blocked and
// split-K by matmulBlocked.wgsl, pairwise by matmulPairwise.wgsl.
import type { BufferSlot, GpuTensor } from '../gpu/gpuTensor.ts';
import type { Kernel, Overrides } from '../gpu/pipelineCache.ts';
import type { Dispatch } from '../gpu/plan.ts';
import { chunksOf, type PanelMatrix, panelsPerGroup } from './gpuWeight.ts';
import matmulCode from './matmul.wgsl?raw';
import blockedCode from './matmulBlocked.wgsl?raw';
import pairwiseCode from './matmulPairwise.wgsl?raw';
import { numericKernel } from './numerics.ts';
import panelsCode from './shared/panels.wgsl?raw';
import widenCode from './shared/widen.wgsl?raw';
import { WEIGHT_DTYPE } from './weightDtype.ts';

const BINDINGS = ['uniform', 'read', 'read', 'read', 'write'] as const;

export const MATMUL: Kernel = { name: 'matmul', code: [widenCode, matmulCode].join('\n'), bindings: BINDINGS };
export const MATMUL_BLOCKED = numericKernel('matmulBlocked', [widenCode, panelsCode, blockedCode], BINDINGS);
export const MATMUL_PAIRWISE = numericKernel('matmulPairwise', [widenCode, panelsCode, pairwiseCode], BINDINGS);

export type SumOrder =
  | { readonly kind: 'canonical' | 'reversed' | 'pairwise' }
  | { readonly kind: 'blocked'; readonly blockLength: number }
  | { readonly kind: 'splitK'; readonly chunks: number };

/** How many outputs an invocation owns and how invocations lie in a workgroup. Changes no bit of the result. */
export type MatmulTile = {
  readonly rows: 1 | 2 | 4 | 8;
  readonly workgroupPanels: number;
  readonly workgroupTiles: number;
};

export type MatmulArgs = {
  readonly label: string;
  readonly x: GpuTensor; // [rows…, K], or [rows…, groups, K] where each group reads its own input
  readonly rows: number;
  readonly w: PanelMatrix;
  readonly b: { readonly slot: BufferSlot; readonly present: boolean }; // [panels · 8] in the matrix' own panel order
  readonly y: GpuTensor; // [rows…, groups · groupColumns] or with the two apart
  readonly yRowStride: number;
  readonly yGroupStride?: number; // elements; left out: groupColumns, one group after the other
  readonly xRowStride: number; // elements, a multiple of 4
  readonly xGroupStride: number; // elements, a multiple of 4; 0: all groups share one input
  readonly order: SumOrder;
  readonly tile: MatmulTile;
};

/** y = x·W + b. Units of strides: elements. */
export function matmul(args: MatmulArgs): Dispatch {
  const { w, order, tile, rows } = args;
  const perGroup = panelsPerGroup(w.groupColumns);
  const panels = w.groups * perGroup;
  const shared = {
    label: args.label,
    buffers: [args.x.slot, w.slot, args.b.slot, args.y.slot],
    dims: dimsOf(args, panels, perGroup),
    multiplyAdds: rows * w.rows * w.groups * w.groupColumns,
  };
  const overrides: Overrides = { weight_dtype: WEIGHT_DTYPE[w.dtype], has_bias: Number(args.b.present) };
  if (order.kind === 'canonical' || order.kind === 'reversed') {
    return {
      ...shared,
      kernel: MATMUL,
      overrides: {
        ...overrides,
        reversed: Number(order.kind === 'reversed'),
        tile_rows: tile.rows,
        workgroup_panels: tile.workgroupPanels,
        workgroup_tiles: tile.workgroupTiles,
      },
      workgroups: [
        Math.ceil(panels / tile.workgroupPanels),
        Math.ceil(Math.ceil(rows / tile.rows) / tile.workgroupTiles),
        1,
      ],
    };
  }
  const kernel = order.kind === 'pairwise' ? MATMUL_PAIRWISE : MATMUL_BLOCKED;
  return { ...shared, kernel, overrides, workgroups: [Math.ceil(panels / 8), Math.ceil(rows / 8), 1] };
}

function dimsOf(args: MatmulArgs, panels: number, perGroup: number): number[] {
  const { w, order } = args;
  return [
    args.rows,
    chunksOf(w.rows),
    panels,
    w.firstGroup * perGroup,
    perGroup,
    w.groupColumns,
    args.xRowStride / 4,
    args.xGroupStride / 4,
    args.x.offset / 4,
    args.yRowStride,
    args.y.offset,
    args.yGroupStride ?? w.groupColumns,
    w.rows,
    blockLength(order, w.rows),
  ];
}

/** Terms of one partial sum; a split into n chunks has chunks of ⌈K/n⌉. */
function blockLength(order: SumOrder, k: number): number {
  if (order.kind === 'blocked') return order.blockLength;
  return order.kind === 'splitK' ? Math.max(1, Math.ceil(k / order.chunks)) : k;
}
