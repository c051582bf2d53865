// The pair of tensors that two captures of one hook make on the GPU, by align.ts's rule: head axes are broadcast by strides of 0.
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import type { PairSide, TensorPair } from '../kernels/compare.ts';
import { elementCount, type Shape, sameShape } from '../tensor/shape.ts';

export type AlignedTensors = { readonly shape: Shape; readonly pair: TensorPair };

type Axis = { readonly extent: number; readonly a: number; readonly b: number }; // strides of a and b

/** Pairs two tensors' elements; null where their shapes do not go together. */
export function alignTensors(label: string, a: GpuTensor, b: GpuTensor): AlignedTensors | null {
  const aligned = axesOf(a, b);
  if (!aligned) return null;
  const [w, x, y, z, ...more] = fourAxes(aligned.axes);
  if (!w || !x || !y || !z || more.length > 0) {
    throw new Error(`internal: ${label} of shape ${aligned.shape} has more than four axes that do not merge`);
  }
  const side = (tensor: GpuTensor, of: 'a' | 'b'): PairSide => ({
    slot: tensor.slot,
    offset: tensor.offset,
    strides: [w[of], x[of], y[of], z[of]],
  });
  const extents = [w.extent, x.extent, y.extent, z.extent] as const;
  return { shape: aligned.shape, pair: { label, extents, a: side(a, 'a'), b: side(b, 'b') } };
}

type Axes = { readonly shape: Shape; readonly axes: readonly Axis[] };

function axesOf(a: GpuTensor, b: GpuTensor): Axes | null {
  if (sameShape(a.shape, b.shape)) return { shape: a.shape, axes: together(a.shape, a.strides, b.strides) };
  const [slimA, slimB] = [withoutOnes(a), withoutOnes(b)];
  if (sameShape(slimA.shape, slimB.shape)) {
    return { shape: b.shape, axes: together(slimA.shape, slimA.strides, slimB.strides) };
  }
  if (elementCount(a.shape) < elementCount(b.shape)) {
    const axes = repeatHeads(a, b);
    return axes && { shape: b.shape, axes };
  }
  const swapped = repeatHeads(b, a);
  return swapped && { shape: a.shape, axes: swapped.map((axis) => ({ extent: axis.extent, a: axis.b, b: axis.a })) };
}

function together(shape: Shape, a: Shape, b: Shape): Axis[] {
  return shape.map((extent, axis) => ({ extent, a: a[axis] ?? 0, b: b[axis] ?? 0 }));
}

function withoutOnes({ shape, strides }: GpuTensor): { readonly shape: Shape; readonly strides: Shape } {
  const kept = shape.map((extent) => extent !== 1);
  return { shape: shape.filter((_, axis) => kept[axis]), strides: strides.filter((_, axis) => kept[axis]) };
}

/** [pos, d] or [pos, kv_heads, d] beside [pos, heads, d]: the small one as `a`. Null where that is not how they differ. */
function repeatHeads(small: GpuTensor, large: GpuTensor): Axis[] | null {
  const rank = large.shape.length;
  if (rank < 2) return null;
  const hasHeads = small.shape.length === rank;
  const smallHeads = hasHeads ? (small.shape[rank - 2] ?? 1) : 1;
  const [heads, width] = [large.shape[rank - 2] ?? 1, large.shape[rank - 1] ?? 1];
  const outer = large.shape.slice(0, rank - 2);
  const fits =
    heads % smallHeads === 0 &&
    small.shape.at(-1) === width &&
    sameShape(small.shape.slice(0, hasHeads ? rank - 2 : -1), outer);
  if (!fits) return null;
  const repeats = heads / smallHeads;
  const largeStride = large.strides[rank - 2] ?? 0;
  return [
    ...together(outer, small.strides, large.strides),
    { extent: smallHeads, a: hasHeads ? (small.strides[rank - 2] ?? 0) : 0, b: largeStride * repeats },
    { extent: repeats, a: 0, b: largeStride },
    { extent: width, a: small.strides.at(-1) ?? 0, b: large.strides.at(-1) ?? 0 },
  ];
}

/** Drops axes of extent 1, merges neighbours that both sides walk in one stride, and fills up to four from the outside. */
function fourAxes(axes: readonly Axis[]): Axis[] {
  const merged: Axis[] = [];
  for (const axis of axes) {
    if (axis.extent === 1) continue;
    const outer = merged.at(-1);
    if (outer && outer.a === axis.a * axis.extent && outer.b === axis.b * axis.extent) {
      merged[merged.length - 1] = { ...axis, extent: outer.extent * axis.extent };
    } else merged.push(axis);
  }
  const missing = Math.max(0, 4 - merged.length);
  const one: Axis = { extent: 1, a: 0, b: 0 };
  // The inner axes come last; a single row is the innermost, rows of one stride are [rows, 1, 1, width].
  const [first, ...rest] = merged;
  if (first && rest.length === 1) return [first, one, one, ...rest];
  return [...Array.from({ length: missing }, () => one), ...merged];
}
