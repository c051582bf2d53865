// Dispatches what the Inspector asks of one tensor or of a pair: tensorSums.wgsl, tensorBins.wgsl, differenceTally.wgsl, errorField.wgsl,
// topElements.wgsl. Each answers in a few KB, however large the tensors are.
import type { AdapterDescription } from '../gpu/device.ts';
import type { BufferSlot } from '../gpu/gpuTensor.ts';
import type { BindingKind, Kernel } from '../gpu/pipelineCache.ts';
import type { Dispatch } from '../gpu/plan.ts';
import { type PairWork, pairDims, type TensorPair } from './compare.ts';
import differenceTallyCode from './differenceTally.wgsl?raw';
import errorFieldCode from './errorField.wgsl?raw';
import exactGapCode from './shared/exactGap.wgsl?raw';
import f32BitsCode from './shared/f32Bits.wgsl?raw';
import onePairCode from './shared/onePair.wgsl?raw';
import tensorPairCode from './shared/tensorPair.wgsl?raw';
import tensorBinsCode from './tensorBins.wgsl?raw';
import tensorSumsCode from './tensorSums.wgsl?raw';
import topElementsCode from './topElements.wgsl?raw';

const PAIR = ['uniform', 'read', 'read'] as const satisfies readonly BindingKind[];

export const TENSOR_SUMS: Kernel = {
  name: 'tensorSums',
  code: [f32BitsCode, tensorPairCode, onePairCode, tensorSumsCode].join('\n'),
  bindings: [...PAIR, 'write'],
};
export const TENSOR_BINS: Kernel = {
  name: 'tensorBins',
  code: [f32BitsCode, tensorPairCode, onePairCode, tensorBinsCode].join('\n'),
  bindings: [...PAIR, 'read', 'write'],
};
export const DIFFERENCE_TALLY: Kernel = {
  name: 'differenceTally',
  code: [f32BitsCode, tensorPairCode, onePairCode, exactGapCode, differenceTallyCode].join('\n'),
  bindings: [...PAIR, 'write'],
};
export const ERROR_FIELD: Kernel = {
  name: 'errorField',
  code: [f32BitsCode, tensorPairCode, onePairCode, exactGapCode, errorFieldCode].join('\n'),
  bindings: [...PAIR, 'read', 'write'],
};
export const TOP_ELEMENTS: Kernel = {
  name: 'topElements',
  code: [f32BitsCode, tensorPairCode, onePairCode, exactGapCode, topElementsCode].join('\n'),
  bindings: [...PAIR, 'read', 'write'],
};

/** Words of tensorSums.wgsl's answer: a header, then eight of each exponent, 0 to 254. */
export const SUMS_HEADER = 4;
export const WORDS_AN_EXPONENT = 8;
export const SUMS_WORDS = SUMS_HEADER + WORDS_AN_EXPONENT * 255;
/** Bins of tensorBins.wgsl. */
export const VALUE_BINS = 48;
/** Bins of differenceTally.wgsl by ULP, and the words behind them. */
export const ULP_OCTAVES = 34;
export const DIFFERENCE_WORDS = ULP_OCTAVES + 3;
/** Elements that each workgroup of topElements.wgsl gives, and its lists. */
export const TOP = 20;
export const TOP_LISTS = { differing: 0, outside: 1, relative: 2 } as const;
export const TOP_WORDS = 3 * TOP;

/** How a tensor's elements are dealt out: enough workgroups to keep an adapter busy, few enough that their lists are some KB. */
export type InspectShape = {
  readonly lanes: number;
  readonly workgroups: number;
};

/** By measurement on the software adapter, of 1 to 64 workgroups and 4 to 64 lanes. */
export function inspectShape({ isSoftware }: Pick<AdapterDescription, 'isSoftware'>): InspectShape {
  return isSoftware ? { lanes: 16, workgroups: 4 } : { lanes: 64, workgroups: 64 };
}

/** Deals out a pair's elements. */
export function shareOut(pair: TensorPair, { lanes, workgroups }: InspectShape): PairWork {
  const n = pair.extents.reduce((count, extent) => count * extent, 1);
  const chunk = 4 * Math.max(lanes, Math.ceil(n / workgroups / 4));
  return { pair, index: 0, histogram: 0, firstPartial: 0, chunk, workgroups: Math.max(1, Math.ceil(n / chunk)) };
}

/** What an inspection compiles: of one run, and of two beside it. */
export function inspectPipelines({ lanes }: InspectShape) {
  const of = (kernel: Kernel) => ({ kernel, overrides: { lanes } });
  return {
    oneRun: [TENSOR_SUMS, TENSOR_BINS].map(of),
    comparison: [DIFFERENCE_TALLY, ERROR_FIELD, TOP_ELEMENTS].map(of),
  };
}

type Asked = { readonly work: PairWork; readonly shape: InspectShape };

/** A tensor's exact sums and extremes, [SUMS_WORDS]; the pair is the tensor beside itself. */
export function tensorSums({ work, shape }: Asked, sums: BufferSlot): Dispatch {
  return over(TENSOR_SUMS, work, shape, [sums]);
}

/** A tensor's histogram between `edges` [VALUE_BINS − 1], as keys: bins [VALUE_BINS]. */
export function tensorBins({ work, shape }: Asked, edges: BufferSlot, bins: BufferSlot): Dispatch {
  return over(TENSOR_BINS, work, shape, [edges, bins]);
}

/** A pair's ULP distances and extremes of its gaps, [DIFFERENCE_WORDS]. */
export function differenceTally({ work, shape }: Asked, tally: BufferSlot): Dispatch {
  return over(DIFFERENCE_TALLY, work, shape, [tally]);
}

/** A pair's elements by |a| and |b − a|. */
export function errorField({ work, shape }: Asked, edges: BufferSlot, cells: BufferSlot): Dispatch {
  return over(ERROR_FIELD, work, shape, [edges, cells]);
}

/** One list of a pair's elements that part most, [workgroups, TOP_WORDS], at its place among the three. */
export function topElements(
  { work, shape }: Asked,
  list: keyof typeof TOP_LISTS,
  { rule, lists }: { readonly rule: BufferSlot; readonly lists: BufferSlot },
): Dispatch {
  const index = TOP_LISTS[list];
  return over(TOP_ELEMENTS, { ...work, index, firstPartial: index * work.workgroups }, shape, [rule, lists]);
}

function over(kernel: Kernel, work: PairWork, { lanes }: InspectShape, own: readonly BufferSlot[]): Dispatch {
  const { pair } = work;
  return {
    label: `${kernel.name} of ${pair.label}`,
    kernel,
    overrides: { lanes },
    dims: pairDims(work),
    buffers: [pair.a.slot, pair.b.slot, ...own],
    workgroups: [work.workgroups, 1, 1],
    multiplyAdds: 0,
  };
}
