// Dispatches the product of activations with a weight, in the order asked for: canonical and reversed by the family that the plan
// names (matmul.wgsl, matmulQuad.wgsl, matmulShared.wgsl), blocked and split-K by matmulBlocked.wgsl, pairwise by matmulPairwise.wgsl,
// compensated by matmulCompensated.wgsl.
import type { BufferSlot, GpuTensor } from '../gpu/gpuTensor.ts';
import type { Kernel, Overrides } from '../gpu/pipelineCache.ts';
import type { Dispatch } from '../gpu/plan.ts';
import { chunksOf, type PanelMatrix, panelsPerGroup } from './gpuWeight.ts';
import registerCode from './matmul.wgsl?raw';
import blockedCode from './matmulBlocked.wgsl?raw';
import compensatedCode from './matmulCompensated.wgsl?raw';
import pairwiseCode from './matmulPairwise.wgsl?raw';
import quadCode from './matmulQuad.wgsl?raw';
import quadPairsCode from './matmulQuadPairs.wgsl?raw';
import sharedCode from './matmulShared.wgsl?raw';
import { numericKernel } from './numerics.ts';
import { type ProductPlan, registerPlan, takesPairs } from './productPlan.ts';
import panelsCode from './shared/panels.wgsl?raw';
import productCode from './shared/product.wgsl?raw';
import quadRowsCode from './shared/quadRows.wgsl?raw';
import subgroupsCode from './shared/subgroups.wgsl?raw';
import weights16Code from './shared/weights16.wgsl?raw';
import weightsF32Code from './shared/weightsF32.wgsl?raw';
import widenCode from './shared/widen.wgsl?raw';
import { WEIGHT_DTYPE } from './weightDtype.ts';

const BINDINGS = ['uniform', 'read', 'read', 'read', 'write'] as const;

/** One product kernel for each way in which weights are kept. */
type ProductKernels = { readonly f32: Kernel; readonly narrow: Kernel };

function productKernels(name: string, code: string, directives: readonly string[] = []): ProductKernels {
  return {
    f32: numericKernel(name, [weightsF32Code, productCode, code], BINDINGS, directives),
    narrow: numericKernel(`${name}16`, [widenCode, weights16Code, productCode, code], BINDINGS, directives),
  };
}

const FAMILIES: Readonly<Record<ProductPlan['family'], ProductKernels>> = {
  register: productKernels('matmul', registerCode),
  quad: productKernels('matmulQuad', quadCode, [subgroupsCode, quadRowsCode]),
  quadPairs: productKernels('matmulQuadPairs', quadPairsCode, [subgroupsCode, quadRowsCode]),
  shared: productKernels('matmulShared', sharedCode),
};

export const MATMUL_BLOCKED = numericKernel('matmulBlocked', [widenCode, panelsCode, blockedCode], BINDINGS);
export const MATMUL_COMPENSATED = numericKernel(
  'matmulCompensated',
  [widenCode, panelsCode, compensatedCode],
  BINDINGS,
);
export const MATMUL_PAIRWISE = numericKernel('matmulPairwise', [widenCode, panelsCode, pairwiseCode], BINDINGS);

export type SumOrder =
  | { readonly kind: 'canonical' | 'reversed' | 'pairwise' | 'compensated' }
  | { readonly kind: 'blocked'; readonly blockLength: number }
  | { readonly kind: 'splitK'; readonly chunks: number };

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
  readonly plan: ProductPlan;
};

/** y = x·W + b. Units of strides: elements. */
export function matmul(args: MatmulArgs): Dispatch {
  const { w, order, rows } = args;
  const perGroup = panelsPerGroup(w.groupColumns);
  const panels = w.groups * perGroup;
  const shared = {
    label: args.label,
    buffers: [args.x.slot, w.slot, args.b.slot, args.y.slot],
    dims: dimsOf(args, panels, perGroup),
    multiplyAdds: rows * w.rows * w.groups * w.groupColumns,
  };
  const hasBias = Number(args.b.present);
  if (order.kind === 'canonical' || order.kind === 'reversed') {
    const { kernels, overrides, tile } = tiled(fitting(args, perGroup));
    const narrow: Overrides = w.dtype === 'f32' ? {} : { weight_dtype: WEIGHT_DTYPE[w.dtype] };
    return {
      ...shared,
      kernel: w.dtype === 'f32' ? kernels.f32 : kernels.narrow,
      overrides: { ...overrides, ...narrow, has_bias: hasBias, reversed: Number(order.kind === 'reversed') },
      workgroups: [Math.ceil(panels / tile.panels), Math.ceil(rows / tile.rows), 1],
    };
  }
  const kernel = ORDER_KERNEL[order.kind];
  const overrides = { weight_dtype: WEIGHT_DTYPE[w.dtype], has_bias: hasBias };
  return { ...shared, kernel, overrides, workgroups: [Math.ceil(panels / 8), Math.ceil(rows / 8), 1] };
}

const ORDER_KERNEL = {
  pairwise: MATMUL_PAIRWISE,
  compensated: MATMUL_COMPENSATED,
  blocked: MATMUL_BLOCKED,
  splitK: MATMUL_BLOCKED,
} as const;

const SHARING = { register: 1, quad: 4, quadPairs: 4, shared: 8 } as const; // panels that read one input

/** The plan asked for, unless this product is not one for it: groups have no input in common, or chunks are odd. */
function fitting({ plan, xGroupStride, rows, w }: MatmulArgs, panelsOfGroup: number): ProductPlan {
  if (plan.family === 'quadPairs' && !takesPairs(w.rows)) return registerPlan(rows, 4, 1);
  const sharing = SHARING[plan.family];
  const fits = xGroupStride === 0 || panelsOfGroup % sharing === 0;
  return fits ? plan : registerPlan(rows, 4, 1);
}

type Tiled = {
  readonly kernels: ProductKernels;
  readonly overrides: Overrides;
  readonly tile: { readonly panels: number; readonly rows: number }; // of one workgroup
};

function tiled(plan: ProductPlan): Tiled {
  const kernels = FAMILIES[plan.family];
  if (plan.family === 'shared') return { kernels, overrides: {}, tile: { panels: 8, rows: 32 } };
  const { rows, workgroupPanels } = plan;
  if (plan.family === 'quad' || plan.family === 'quadPairs') {
    const overrides = { tile_rows: rows, workgroup_panels: workgroupPanels };
    return { kernels, overrides, tile: { panels: workgroupPanels, rows } };
  }
  const { workgroupTiles } = plan;
  return {
    kernels,
    overrides: { tile_rows: rows, workgroup_panels: workgroupPanels, workgroup_tiles: workgroupTiles },
    tile: { panels: workgroupPanels, rows: rows * workgroupTiles },
  };
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
