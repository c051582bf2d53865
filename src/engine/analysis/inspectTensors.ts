// Everything that the Inspector shows of one hook, from tensors that stay on the GPU: a few KB are read back, however large they are.
// First what is added up and found, then what is counted between edges that follow from it. What the CPU makes of the same values
// (ladder.ts) is equal to the last bit, but for the sums of the summary strip, which are f32 here (comparisonTotals.ts).
import type { Gpu } from '../gpu/device.ts';
import { BufferSlot, type GpuTensor, wholeSlot } from '../gpu/gpuTensor.ts';
import { type Paper, paperBytes, runOnce } from '../gpu/paper.ts';
import type { Dispatch } from '../gpu/plan.ts';
import { readTensors } from '../gpu/readback.ts';
import {
  DIFFERENCE_WORDS,
  differenceTally,
  errorField,
  type InspectShape,
  inspectShape,
  SUMS_WORDS,
  shareOut,
  TOP_WORDS,
  tensorBins,
  tensorSums,
  topElements,
  ULP_OCTAVES,
  VALUE_BINS,
} from '../kernels/inspect.ts';
import { bitsOf, f32OfBits } from '../tensor/bits.ts';
import { elementCount } from '../tensor/shape.ts';
import { type AlignedTensors, alignTensors } from './alignTensors.ts';
import type { Rule } from './compare.ts';
import type { DifferenceShape, Inspection } from './comparison.ts';
import { differenceShape, ulpBins } from './differenceShape.ts';
import { type ExactSums, readSums } from './exactSums.ts';
import { binsOf, decadesOf, innerEdges, type Magnitudes, WIDEST } from './fieldAxes.ts';
import { comparisonBytes, PreparedComparison } from './preparedComparison.ts';
import { edgeKeys, sharedEdges, statisticsOfSums } from './statistics.ts';
import { greatestOf, worstOf } from './topElements.ts';

const LABEL = 'inspection';

type Sides = { readonly a: GpuTensor | null; readonly b: GpuTensor | null };

/** Inspects a hook's tensors, of which there is at least one; how they are dealt out changes nothing but time. */
export async function inspectTensors(
  gpu: Gpu,
  sides: Sides,
  rule: Rule,
  shape: InspectShape = inspectShape(gpu.adapter),
): Promise<Omit<Inspection, 'hook' | 'shapeA' | 'shapeB' | 'capturedBytes'>> {
  const asked = { gpu, shape };
  const { a, b } = sides;
  const aligned = a && b && alignTensors(a.label, a, b);
  const [summary, first] = await Promise.all([
    a && b ? summaryOf(gpu, { a, b }, rule) : null,
    addUp(asked, sides, aligned),
  ]);
  const parting = summary && summary.verdict !== 'bit-identical' ? first.difference : null;
  const edges = sharedEdges([first.a, first.b].filter((sums) => sums !== null));
  const axes = parting && axesOf(parting, first.a);
  const second = await countBetween(asked, sides, edges, aligned && axes && { aligned, axes, rule });
  return {
    statisticsA: a && first.a && statisticsOfSums(first.a, elementCount(a.shape)),
    statisticsB: b && first.b && statisticsOfSums(first.b, elementCount(b.shape)),
    histogram: { edges, a: second.a ?? [], b: second.b },
    summary,
    worst: aligned && second.parted ? worstOf(second.parted.lists, aligned.shape) : [],
    difference:
      a && b && aligned && parting && axes && second.parted
        ? {
            ...fieldOf(second.parted.cells, axes),
            ulps: parting.ulps,
            ...(await greatest(gpu, { a, b, aligned, rule, lists: second.parted.lists })),
          }
        : null,
  };
}

/** The most bytes that inspecting these tensors, which may be on paper, will hold on the GPU at a time. */
export function inspectionBytes(gpu: Gpu, sides: Sides, shape: InspectShape = inspectShape(gpu.adapter)): number {
  const { a, b } = sides;
  const aligned = a && b && alignTensors(a.label, a, b);
  const widest = { decadesX: WIDEST, decadesY: WIDEST };
  const pair = aligned && { aligned, axes: widest, rule: { atol: 0, rtol: 0 } };
  const [first, second] = [
    firstHalf(sides, aligned, shape),
    secondHalf(sides, new Array<number>(VALUE_BINS + 1).fill(0), pair, shape),
  ];
  const summary = a && b ? comparisonBytes(gpu, [{ label: a.label, a, b }]) : 0;
  return Math.max(summary + paperBytes(first.paper), paperBytes(second.paper));
}

async function summaryOf(gpu: Gpu, { a, b }: { a: GpuTensor; b: GpuTensor }, rule: Rule) {
  const comparison = await PreparedComparison.make(gpu, [{ label: a.label, a, b }]);
  try {
    return (await comparison.run(rule))[0] ?? null;
  } finally {
    comparison.destroy();
  }
}

type Asked = { readonly gpu: Gpu; readonly shape: InspectShape };

/** How a pair's elements part: apart by so many ULP, and by gaps within these bounds. */
type Parting = Pick<DifferenceShape, 'ulps'> & { readonly gaps: Magnitudes };

type First = {
  readonly a: ExactSums | null;
  readonly b: ExactSums | null;
  readonly difference: Parting | null;
};

/** Both tensors' sums, and how their elements part. */
async function addUp({ gpu, shape }: Asked, sides: Sides, aligned: AlignedTensors | null): Promise<First> {
  const { a, b } = sides;
  const [sumsA, sumsB, counts] = (await runOnce(gpu, LABEL, firstHalf(sides, aligned, shape).paper)).map(bitsOf);
  return {
    a: a && sumsA ? readSums(sumsA) : null,
    b: b && sumsB ? readSums(sumsB) : null,
    difference: aligned && counts ? readTally(counts) : null,
  };
}

function firstHalf({ a, b }: Sides, aligned: AlignedTensors | null, shape: InspectShape) {
  const sums = (tensor: GpuTensor | null) => {
    const slot = new BufferSlot(`sums of ${tensor?.label ?? 'nothing'}`, tensor ? SUMS_WORDS * 4 : 0);
    return { slot, dispatches: tensor ? [tensorSums({ work: alone(tensor, shape), shape }, slot)] : [] };
  };
  const [left, right] = [sums(a), sums(b)];
  const tally = new BufferSlot('tally of a difference', DIFFERENCE_WORDS * 4);
  const both = aligned ? [differenceTally({ work: shareOut(aligned.pair, shape), shape }, tally)] : [];
  return { paper: onceOf([...left.dispatches, ...right.dispatches, ...both], [], [left.slot, right.slot, tally]) };
}

function readTally(words: Uint32Array): Parting {
  const [unordered = 0, most = 0, least = 0] = words.subarray(ULP_OCTAVES);
  return {
    ulps: ulpBins({ counts: [...words.subarray(0, ULP_OCTAVES)], unordered }),
    gaps: { least: least === 0 ? 0 : f32OfBits(~least >>> 0), most: f32OfBits(most) },
  };
}

type Axes = Pick<DifferenceShape['field'], 'decadesX' | 'decadesY'>;

function axesOf({ gaps }: Parting, a: ExactSums | null): Axes {
  const most = a ? Math.max(Math.abs(a.min), Math.abs(a.max)) : 0;
  return { decadesX: decadesOf({ least: a?.smallest ?? 0, most }), decadesY: decadesOf(gaps) };
}

type Parted = { readonly cells: Uint32Array; readonly lists: Uint32Array };

type Between = { readonly a: number[] | null; readonly b: number[] | null; readonly parted: Parted | null };

type ToTell = { readonly aligned: AlignedTensors; readonly rule: Rule };

/** Both tensors' histograms; of a pair that parts the field of errors against magnitudes, and the elements that part most. */
async function countBetween(
  { gpu, shape }: Asked,
  sides: Sides,
  edges: readonly number[],
  pair: ToPart | null,
): Promise<Between> {
  const { paper, listWords } = secondHalf(sides, edges, pair, shape);
  const [binsA, binsB, cells, lists] = (await runOnce(gpu, LABEL, paper)).map(bitsOf);
  return {
    a: sides.a && binsA ? [...binsA] : null,
    b: sides.b && binsB ? [...binsB] : null,
    parted: cells && lists ? { cells, lists: lists.subarray(0, listWords) } : null,
  };
}

type ToPart = ToTell & { readonly axes: Axes };

function secondHalf({ a, b }: Sides, edges: readonly number[], pair: ToPart | null, shape: InspectShape) {
  const keys = edgeKeys(edges);
  const inner = new BufferSlot('edges of values', keys.byteLength);
  const bins = (tensor: GpuTensor | null) => {
    const slot = new BufferSlot(`histogram of ${tensor?.label ?? 'nothing'}`, VALUE_BINS * 4);
    return { slot, dispatches: tensor ? [tensorBins({ work: alone(tensor, shape), shape }, inner, slot)] : [] };
  };
  const [left, right, apart] = [bins(a), bins(b), pair && planParted(pair, shape)];
  const dispatches = [...left.dispatches, ...right.dispatches, ...(apart?.dispatches ?? [])];
  const results = [left.slot, right.slot, ...(apart?.results ?? [])];
  return {
    paper: onceOf(dispatches, [[inner, keys], ...(apart?.uploads ?? [])], results),
    listWords: apart?.listWords,
  };
}

/** The second half of a pair that parts: where its elements lie in the field, and which part most. */
function planParted({ aligned, axes, rule: { atol, rtol } }: ToPart, shape: InspectShape) {
  const work = shareOut(aligned.pair, shape);
  const [x, y] = [innerEdges(axes.decadesX), innerEdges(axes.decadesY)];
  const both = Uint32Array.from([x.length, y.length, ...bitsOf(x), ...bitsOf(y)]);
  const edges = new BufferSlot('edges of the field', both.byteLength);
  const cells = new BufferSlot('field', 4 * (cellsOf(axes) + 2));
  const listWords = 3 * work.workgroups * TOP_WORDS;
  const lists = new BufferSlot('elements that part most', 4 * listWords);
  const rule = new BufferSlot('rule', 8);
  const most = 3e38; // f32's end; the rule's edge is judged in f64
  const top = (list: 'differing' | 'outside' | 'relative') => topElements({ work, shape }, list, { rule, lists });
  const uploads: Paper['uploads'] = [
    [edges, both],
    [rule, new Float32Array([Math.min(atol, most), Math.min(rtol, most)])],
  ];
  const dispatches = [errorField({ work, shape }, edges, cells), top('differing'), top('outside'), top('relative')];
  return { dispatches, uploads, results: [cells, lists], listWords };
}

function cellsOf({ decadesX, decadesY }: Axes): number {
  return binsOf(decadesX) * binsOf(decadesY);
}

function fieldOf(cells: Uint32Array, axes: Axes): Pick<DifferenceShape, 'field'> {
  const count = cellsOf(axes);
  const [equal = 0, apart = 0] = cells.subarray(count);
  const [columns, rows] = [binsOf(axes.decadesX), binsOf(axes.decadesY)];
  return { field: { ...axes, columns, rows, counts: [...cells.subarray(0, count)], equal, apart } };
}

type Ended = ToTell & { readonly a: GpuTensor; readonly b: GpuTensor; readonly lists: Uint32Array };

/** The greatest differences of what fails. Where twenty elements at the rule's very edge hide them, both tensors are read. */
async function greatest(gpu: Gpu, { a, b, aligned, rule, lists }: Ended) {
  const told = greatestOf(lists, aligned.shape, rule);
  if (told) return told;
  const [left, right] = await readTensors(gpu, [a, b]);
  const shape =
    left && right && differenceShape({ shape: a.shape, values: left }, { shape: b.shape, values: right }, rule);
  if (!shape) throw new Error(`internal: ${a.label} was paired on the GPU and does not go together on the CPU`);
  const { greatestAbsolute, greatestRelative } = shape;
  return { greatestAbsolute, greatestRelative };
}

/** A tensor beside itself: what the kernels of one tensor walk. */
function alone(tensor: GpuTensor, shape: InspectShape) {
  const aligned = alignTensors(tensor.label, tensor, tensor);
  if (!aligned) throw new Error(`internal: ${tensor.label} does not go with itself`);
  return shareOut(aligned.pair, shape);
}

/** Dispatches that are run once: all buffers are theirs, and their results are read whole. */
function onceOf(dispatches: readonly Dispatch[], uploads: Paper['uploads'], results: readonly BufferSlot[]): Paper {
  const owned = [...new Set([...uploads.map(([slot]) => slot), ...results])];
  return { dispatches, owned, uploads, read: results.map(wholeSlot) };
}
