// Dispatches what prepares one head's matrix, where it lies, to be looked at: matrixDifference.wgsl, poolMatrix.wgsl, matrixRange.wgsl.
import type { AdapterDescription } from '../gpu/device.ts';
import type { BufferSlot } from '../gpu/gpuTensor.ts';
import type { Kernel } from '../gpu/pipelineCache.ts';
import type { Dispatch } from '../gpu/plan.ts';
import differenceCode from './matrixDifference.wgsl?raw';
import rangeCode from './matrixRange.wgsl?raw';
import poolCode from './poolMatrix.wgsl?raw';
import exactGapCode from './shared/exactGap.wgsl?raw';
import f32BitsCode from './shared/f32Bits.wgsl?raw';

const MATRIX_DIFFERENCE: Kernel = {
  name: 'matrixDifference',
  code: [f32BitsCode, exactGapCode, differenceCode].join('\n'),
  bindings: ['uniform', 'read', 'read', 'write'],
};
const POOL_MATRIX: Kernel = {
  name: 'poolMatrix',
  code: [f32BitsCode, poolCode].join('\n'),
  bindings: ['uniform', 'read', 'write'],
};
const MATRIX_RANGE: Kernel = {
  name: 'matrixRange',
  code: [f32BitsCode, rangeCode].join('\n'),
  bindings: ['uniform', 'read', 'write'],
};

/** A square of cells [extent, extent], dense from `offset` elements on. */
export type Square = { readonly slot: BufferSlot; readonly offset: number; readonly extent: number };

/** B − A of two heads' matrices, as f64 has it, rounded once. */
export function matrixDifference(label: string, a: Square, b: Square, delta: BufferSlot): Dispatch {
  return {
    label,
    kernel: MATRIX_DIFFERENCE,
    overrides: {},
    dims: [a.extent, a.offset, b.offset],
    buffers: [a.slot, b.slot, delta],
    workgroups: [Math.ceil(a.extent / 64), a.extent, 1],
    multiplyAdds: 0,
  };
}

/** The next level: [⌈extent/2⌉, ⌈extent/2⌉]. */
export function poolMatrix(label: string, beneath: Square, level: BufferSlot): Dispatch {
  const groups = Math.ceil(Math.ceil(beneath.extent / 2) / 8);
  return {
    label,
    kernel: POOL_MATRIX,
    overrides: {},
    dims: [beneath.extent, beneath.offset],
    buffers: [beneath.slot, level],
    workgroups: [groups, groups, 1],
    multiplyAdds: 0,
  };
}

/** Words of one range, as matrixRange.wgsl lays them out, before the first cell. */
export const EMPTY_RANGE: readonly number[] = [0xffffffff, 0, 0xffffffff, 0, 0];

export type MatrixRangeArgs = {
  readonly label: string;
  readonly matrix: Square;
  readonly ranges: BufferSlot; // [matrices, 5], each EMPTY_RANGE
  readonly at: number; // which of them is this one's
  readonly adapter: Pick<AdapterDescription, 'isSoftware'>;
};

/** The range of a matrix, in words. */
export function matrixRange({ label, matrix, ranges, at, adapter }: MatrixRangeArgs): Dispatch {
  return {
    label,
    kernel: MATRIX_RANGE,
    overrides: { lanes: adapter.isSoftware ? 4 : 64 },
    dims: [matrix.extent, matrix.offset, at],
    buffers: [matrix.slot, ranges],
    workgroups: [matrix.extent, 1, 1],
    multiplyAdds: 0,
  };
}
