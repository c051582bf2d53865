// Dispatches the comparison of tensor pairs: compare.wgsl, compareFinish.wgsl, ulpSelect.wgsl, ulpRefine.wgsl.
import type { AdapterDescription } from '../gpu/device.ts';
import type { BufferSlot } from '../gpu/gpuTensor.ts';
import type { Kernel } from '../gpu/pipelineCache.ts';
import type { Dispatch } from '../gpu/plan.ts';
import compareCode from './compare.wgsl?raw';
import finishCode from './compareFinish.wgsl?raw';
import pairRuleCode from './shared/pairRule.wgsl?raw';
import tallyCode from './shared/tally.wgsl?raw';
import tensorPairCode from './shared/tensorPair.wgsl?raw';
import ulpHistogramCode from './shared/ulpHistogram.wgsl?raw';
import widestCode from './shared/widest.wgsl?raw';
import ulpRefineCode from './ulpRefine.wgsl?raw';
import ulpSelectCode from './ulpSelect.wgsl?raw';

export const COMPARE: Kernel = {
  name: 'compare',
  code: [tensorPairCode, tallyCode, ulpHistogramCode, pairRuleCode, widestCode, compareCode].join('\n'),
  bindings: ['uniform', 'read', 'read', 'read', 'write', 'write', 'write'],
};
export const COMPARE_FINISH: Kernel = {
  name: 'compareFinish',
  code: [tallyCode, finishCode].join('\n'),
  bindings: ['uniform', 'read', 'read', 'write'],
};
export const ULP_SELECT: Kernel = {
  name: 'ulpSelect',
  code: ulpSelectCode,
  bindings: ['uniform', 'read', 'read', 'write'],
};
export const ULP_REFINE: Kernel = {
  name: 'ulpRefine',
  code: [tensorPairCode, ulpRefineCode].join('\n'),
  bindings: ['uniform', 'read', 'read', 'read', 'write'],
};

/** Words of one tally, as shared/tally.wgsl lays them out. */
export const TALLY_WORDS = 18;
/** Words of a pair's list of elements at the rule's edge: a count, then (a, b) of at most `LISTED`. */
export const LISTED = 16;
export const LIST_WORDS = 1 + 2 * LISTED;
/** Bins of the first histogram: the distances below `EXACT_BINS` each, then 64 an octave. */
export const ULP_BINS = 2432;
export const EXACT_BINS = 1024;
/** Bins of the closer one, of each of a pair's two ranks. */
export const FINE_BINS = 1024;
/** Most terms that compare.wgsl adds up before it adds the sum to others. */
export const SUMMED = 64;

/** How a comparison is dealt out. */
export type CompareShape = {
  readonly lanes: number; // invocations of a workgroup
  readonly ownHistograms: boolean; // a histogram a workgroup, added to the pair's at its end; else all count in the pair's
};

/** By measurement on the software adapter, where four lanes are a core's, and workgroup memory is dear to compile. */
export function compareShape({ isSoftware }: Pick<AdapterDescription, 'isSoftware'>): CompareShape {
  return isSoftware ? { lanes: 4, ownHistograms: false } : { lanes: 64, ownHistograms: true };
}

/** A kernel and its overrides, as it is compiled. */
type Pipeline = Pick<Dispatch, 'kernel' | 'overrides'>;

/** What a comparison dealt out like this compiles; `flat`: for pairs that are one run of memory each. */
export function comparePipelines({ lanes, ownHistograms }: CompareShape) {
  const overrides = (bins: number, is_flat: 0 | 1) => ({ lanes, is_flat, local_bins: ownHistograms ? bins : 1 });
  return {
    compare: { kernel: COMPARE, overrides: overrides(ULP_BINS, 0) },
    compareFlat: { kernel: COMPARE, overrides: overrides(ULP_BINS, 1) },
    finish: { kernel: COMPARE_FINISH, overrides: { lanes } },
    select: { kernel: ULP_SELECT, overrides: { lanes } },
    refine: { kernel: ULP_REFINE, overrides: overrides(2 * FINE_BINS, 0) },
    refineFlat: { kernel: ULP_REFINE, overrides: overrides(2 * FINE_BINS, 1) },
  } satisfies Readonly<Record<string, Pipeline>>;
}

export type PairSide = {
  readonly slot: BufferSlot;
  readonly offset: number;
  readonly strides: readonly [number, number, number, number]; // 0 broadcasts
};

/** Elements [x0, x1, x2, x3] of two tensors, row-major. */
export type TensorPair = {
  readonly label: string;
  readonly extents: readonly [number, number, number, number];
  readonly a: PairSide;
  readonly b: PairSide;
};

/** How a pair's elements are shared out: workgroups of `chunk` consecutive elements. */
export type PairWork = {
  readonly pair: TensorPair;
  readonly index: number; // of the pair in its comparison
  readonly firstPartial: number;
  readonly chunk: number;
  readonly workgroups: number;
};

export type CompareBuffers = {
  readonly rule: BufferSlot; // atol, rtol
  readonly tallies: BufferSlot; // [workgroups of all pairs, TALLY_WORDS]
  readonly histograms: BufferSlot; // [pairs, ULP_BINS]
  readonly lists: BufferSlot; // [pairs, LIST_WORDS]
};

/** Compares one pair: a tally a workgroup, its histogram, its list. */
export function compare(
  work: PairWork,
  { rule, tallies, histograms, lists }: CompareBuffers,
  shape: CompareShape,
): Dispatch {
  const { pair } = work;
  return {
    label: pair.label,
    ...pairPipeline(work, shape, 'compare'),
    dims: pairDims(work),
    buffers: [pair.a.slot, pair.b.slot, rule, tallies, histograms, lists],
    workgroups: [work.workgroups, 1, 1],
    multiplyAdds: 0,
  };
}

export type FinishArgs = {
  readonly pairs: number;
  readonly spans: BufferSlot; // [pairs] of (first tally, count)
  readonly tallies: BufferSlot;
  readonly totals: BufferSlot; // [pairs, TALLY_WORDS]
  readonly shape: CompareShape;
};

/** Merges each pair's tallies into one. */
export function compareFinish({ pairs, spans, tallies, totals, shape }: FinishArgs): Dispatch {
  return {
    label: 'comparison totals',
    ...comparePipelines(shape).finish,
    dims: [pairs],
    buffers: [spans, tallies, totals],
    workgroups: [pairs, 1, 1],
    multiplyAdds: 0,
  };
}

export type SelectArgs = {
  readonly count: number;
  readonly searches: BufferSlot; // [count] of (offset, bins, rank, 0)
  readonly histograms: BufferSlot;
  readonly found: BufferSlot; // [count] of (bin, elements before it)
  readonly shape: CompareShape;
};

/** Finds the bin that holds each search's rank. */
export function ulpSelect({ count, searches, histograms, found, shape }: SelectArgs): Dispatch {
  return {
    label: 'ULP ranks',
    ...comparePipelines(shape).select,
    dims: [count],
    buffers: [searches, histograms, found],
    workgroups: [count, 1, 1],
    multiplyAdds: 0,
  };
}

/** Counts one pair's ULP distances again, in its two windows. */
export function ulpRefine(work: PairWork, windows: BufferSlot, histograms: BufferSlot, shape: CompareShape): Dispatch {
  const { pair } = work;
  return {
    label: pair.label,
    ...pairPipeline(work, shape, 'refine'),
    dims: pairDims(work),
    buffers: [pair.a.slot, pair.b.slot, windows, histograms],
    workgroups: [work.workgroups, 1, 1],
    multiplyAdds: 0,
  };
}

function pairDims({ pair, index, firstPartial, chunk }: PairWork): number[] {
  const { extents, a, b } = pair;
  const n = extents.reduce((count, extent) => count * extent, 1);
  return [n, chunk, index, firstPartial, ...extents.slice(1), a.offset, ...a.strides, b.offset, ...b.strides];
}

function pairPipeline(
  { pair: { extents, a, b } }: PairWork,
  shape: CompareShape,
  name: 'compare' | 'refine',
): Pipeline {
  const [x0, x1, x2] = extents;
  const isFlat = x0 * x1 * x2 === 1 && a.strides[3] === 1 && b.strides[3] === 1;
  return comparePipelines(shape)[isFlat ? (`${name}Flat` as const) : name];
}
