// Dispatches the comparison of tensor pairs: compare.wgsl, compareFinish.wgsl, ulpSelect.wgsl, ulpSelectAlone.wgsl, ulpRefine.wgsl.
import type { AdapterDescription } from '../gpu/device.ts';
import type { BufferSlot } from '../gpu/gpuTensor.ts';
import type { Kernel } from '../gpu/pipelineCache.ts';
import type { Dispatch } from '../gpu/plan.ts';
import compareCode from './compare.wgsl?raw';
import finishCode from './compareFinish.wgsl?raw';
import anyElementCode from './shared/anyElement.wgsl?raw';
import countInStorageCode from './shared/countInStorage.wgsl?raw';
import countInWorkgroupCode from './shared/countInWorkgroup.wgsl?raw';
import f32BitsCode from './shared/f32Bits.wgsl?raw';
import manyPairsCode from './shared/manyPairs.wgsl?raw';
import onePairCode from './shared/onePair.wgsl?raw';
import pairRuleCode from './shared/pairRule.wgsl?raw';
import tallyCode from './shared/tally.wgsl?raw';
import tensorPairCode from './shared/tensorPair.wgsl?raw';
import ulpHistogramCode from './shared/ulpHistogram.wgsl?raw';
import widestCode from './shared/widest.wgsl?raw';
import ulpRefineCode from './ulpRefine.wgsl?raw';
import ulpSelectCode from './ulpSelect.wgsl?raw';
import ulpSelectAloneCode from './ulpSelectAlone.wgsl?raw';

/** The comparison of a pair, by where it counts. */
const COMPARE = {
  inStorage: compareKernel('compareInStorage', countInStorageCode),
  inWorkgroup: compareKernel('compareInWorkgroup', countInWorkgroupCode),
} as const;
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
export const ULP_SELECT_ALONE: Kernel = {
  name: 'ulpSelectAlone',
  code: ulpSelectAloneCode,
  bindings: ['uniform', 'read', 'read', 'write'],
};
export const ULP_REFINE: Kernel = {
  name: 'ulpRefine',
  code: [f32BitsCode, tensorPairCode, onePairCode, ulpRefineCode].join('\n'),
  bindings: ['uniform', 'read', 'read', 'read', 'write'],
};

function compareKernel(name: string, countCode: string): Kernel {
  return {
    name,
    code: [
      f32BitsCode,
      tensorPairCode,
      manyPairsCode,
      tallyCode,
      ulpHistogramCode,
      countCode,
      pairRuleCode,
      anyElementCode,
      widestCode,
      compareCode,
    ].join('\n'),
    bindings: ['uniform', 'read', 'read', 'read', 'read', 'read', 'write', 'write', 'write'],
  };
}

/** Words of one tally, as shared/tally.wgsl lays them out. */
export const TALLY_WORDS = 18;
/** Words of a pair's list of elements at the rule's edge: a count, then (a, b) of at most `LISTED`. */
export const LISTED = 16;
export const LIST_WORDS = 1 + 2 * LISTED;
/** Bins of the closer one, of each of a pair's two ranks. */
export const FINE_BINS = 1024;
/** Words of a pair's two windows and the place of its closer histograms, as ulpRefine.wgsl reads them. */
export const WINDOW_WORDS = 6;
/** Most terms that compare.wgsl adds up before it adds the sum to others. */
export const SUMMED = 64;

/** How a comparison is dealt out. */
export type CompareShape = {
  readonly lanes: number; // invocations of a workgroup
  readonly ownHistograms: boolean; // a histogram and a tally a workgroup, in its memory; else all count in the pair's, a tally a lane
};

/** Tallies that a workgroup hands in. */
export function talliesOf({ lanes, ownHistograms }: CompareShape): number {
  return ownHistograms ? 1 : lanes;
}

/**
 * Bins of the first histogram: the distances below 2^exactOctave each, then 64 an octave. Noise of f32 lies below 4096 at p99; a
 * workgroup has 16 KiB of memory, though, for its tallies too.
 */
export function ulpBins({ ownHistograms }: CompareShape): { readonly exactOctave: number; readonly count: number } {
  const exactOctave = ownHistograms ? 10 : 12;
  return { exactOctave, count: 2 ** exactOctave + 64 * (32 - exactOctave) };
}

/** By measurement on the software adapter, where four lanes are a core's, and workgroup memory is dear to compile. */
export function compareShape({ isSoftware }: Pick<AdapterDescription, 'isSoftware'>): CompareShape {
  return isSoftware ? { lanes: 4, ownHistograms: false } : { lanes: 64, ownHistograms: true };
}

/** A kernel and its overrides, as it is compiled. */
type Pipeline = Pick<Dispatch, 'kernel' | 'overrides'>;

/** How quads of elements lie in a pair, as shared/tensorPair.wgsl walks them. */
const WALKS = { Scattered: 0, Rows: 1, Run: 2 } as const;

/** What a comparison dealt out like this compiles: both kernels that read pairs for each way that these lie. */
export function comparePipelines(shape: CompareShape) {
  const { lanes, ownHistograms } = shape;
  const kernel = ownHistograms ? COMPARE.inWorkgroup : COMPARE.inStorage;
  const compare = (walk: number) => ({ kernel, overrides: { lanes, walk, exact_octave: ulpBins(shape).exactOctave } });
  const local_bins = ownHistograms ? 2 * FINE_BINS : 1;
  const refine = (walk: number) => ({ kernel: ULP_REFINE, overrides: { lanes, walk, local_bins } });
  return {
    compareScattered: compare(WALKS.Scattered),
    compareRows: compare(WALKS.Rows),
    compareRun: compare(WALKS.Run),
    finish: { kernel: COMPARE_FINISH, overrides: { lanes } },
    select: { kernel: ownHistograms ? ULP_SELECT : ULP_SELECT_ALONE, overrides: { lanes } },
    refineScattered: refine(WALKS.Scattered),
    refineRows: refine(WALKS.Rows),
    refineRun: refine(WALKS.Run),
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
  readonly histogram: number; // which of the first histograms it counts in
  readonly firstPartial: number;
  readonly chunk: number; // a multiple of 4
  readonly workgroups: number;
};

export type CompareBuffers = {
  readonly rule: BufferSlot; // analysis/ruleWords.ts
  readonly works: BufferSlot; // [pairs, PAIR_WORDS]
  readonly groups: BufferSlot; // [workgroups of all dispatches] of (work, workgroup of it)
  readonly tallies: BufferSlot; // [workgroups of all pairs, talliesOf, TALLY_WORDS]
  readonly histograms: BufferSlot; // [pairs that count side by side, ulpBins]
  readonly lists: BufferSlot; // [pairs, LIST_WORDS]
};

/**
 * Compares pairs that lie in the same two buffers and the same way: a tally a workgroup, a histogram and a list a pair. `first`: where
 * their workgroups begin among all.
 */
export function compare(
  works: readonly PairWork[],
  first: number,
  { rule, works: table, groups, tallies, histograms, lists }: CompareBuffers,
  shape: CompareShape,
): Dispatch {
  const [work, ...others] = works;
  if (!work) throw new Error('internal: a comparison of no pairs is dispatched');
  const { label, a, b } = work.pair;
  return {
    label: others.length === 0 ? label : `${label} and ${others.length} more`,
    ...pairPipeline(work, shape, 'compare'),
    dims: [first],
    buffers: [a.slot, b.slot, rule, table, groups, tallies, histograms, lists],
    workgroups: [works.reduce((sum, { workgroups }) => sum + workgroups, 0), 1, 1],
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
  readonly first: number; // of the searches that are answered
  readonly count: number;
  readonly searches: BufferSlot; // [all searches] of (offset, bins, rank, 0)
  readonly histograms: BufferSlot;
  readonly found: BufferSlot; // [all searches] of (bin, elements before it)
  readonly shape: CompareShape;
};

/** Finds the bin that holds each search's rank. */
export function ulpSelect({ first, count, searches, histograms, found, shape }: SelectArgs): Dispatch {
  return {
    label: 'ULP ranks',
    ...comparePipelines(shape).select,
    dims: [first, count],
    buffers: [searches, histograms, found],
    workgroups: [shape.ownHistograms ? count : Math.ceil(count / shape.lanes), 1, 1],
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

/** Words of a pair's dims. */
export const PAIR_WORDS = 19;

/** The dims of shared/tensorPair.wgsl. */
export function pairDims({ pair, index, histogram, firstPartial, chunk }: PairWork): number[] {
  const { extents, a, b } = pair;
  const n = extents.reduce((count, extent) => count * extent, 1);
  return [
    n,
    chunk,
    index,
    histogram,
    firstPartial,
    ...extents.slice(1),
    a.offset,
    ...a.strides,
    b.offset,
    ...b.strides,
  ];
}

function pairPipeline({ pair }: PairWork, shape: CompareShape, name: 'compare' | 'refine'): Pipeline {
  return comparePipelines(shape)[`${name}${walkOf(pair)}` as const];
}

/** How a pair's quads lie: those of whole vec4s are read by one load. */
export function walkOf({ extents, a, b }: TensorPair): keyof typeof WALKS {
  const [x0, x1, x2, width] = extents;
  const steps = [a, b].flatMap(({ offset, strides }) => [offset, ...strides.slice(0, 3)]);
  const isRun = x0 * x1 * x2 === 1;
  const isDense = a.strides[3] === 1 && b.strides[3] === 1;
  if (!isDense || [a.offset, b.offset].some((offset) => offset % 4 !== 0)) return 'Scattered';
  if (isRun) return 'Run';
  return width % 4 === 0 && steps.every((step) => step % 4 === 0) ? 'Rows' : 'Scattered';
}
