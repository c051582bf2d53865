// Hooks as edit.wgsl reads them: [batch, pos, heads, width], whatever the order of their axes and whatever they share.
import { type GpuTensor, paddedRow } from '../gpu/gpuTensor.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { EditShape, EditView } from '../kernels/edit.ts';
import type { Recorder } from './recorder.ts';

/** Scores and patterns are planes, [heads, query_pos, key_pos]; all other hooks are rows. */
export function isPlane(hook: HookName): boolean {
  return hook.endsWith('.hook_attn_scores') || hook.endsWith('.hook_pattern');
}

/** The extents of a hook's tensor: a stream without heads counts as one head. */
export function editShape(hook: HookName, { shape }: GpuTensor, batch: number): EditShape {
  const axes = batch === 1 ? [1, ...shape] : shape;
  const width = axes.at(-1) ?? 1;
  if (isPlane(hook)) return { batch, nPos: axes[2] ?? 1, heads: axes[1] ?? 1, width };
  return { batch, nPos: axes[1] ?? 1, heads: axes.length === 4 ? (axes[2] ?? 1) : 1, width };
}

/** The strides of a hook's tensor. One of a single prompt serves every element of a batch; a stream serves every head. */
export function editView(hook: HookName, tensor: GpuTensor, hasBatchAxis: boolean): EditView {
  const strides = hasBatchAxis ? tensor.strides : [0, ...tensor.strides];
  const [batchStride, first, second] = [strides[0] ?? 0, strides[1] ?? 0, strides[2] ?? 0];
  if (isPlane(hook)) return { tensor, batchStride, headStride: first, posStride: second };
  return { tensor, batchStride, posStride: first, headStride: strides.length === 4 ? second : 0 };
}

/** Gives every head of the edited hook one head of the source; null: head for head. */
export function ofHead(view: EditView, head: number | null): EditView {
  if (head === null) return view;
  const offset = view.tensor.offset + head * view.headStride;
  return { ...view, tensor: { ...view.tensor, offset }, headStride: 0 };
}

export type EditedMemory = { readonly label: string; readonly batch: number; readonly heldBy: readonly string[] };

/** Allocates what an edit writes: laid out as x, but heads that share memory come apart, each padded to whole vec4s. */
export function editedTensor(
  recorder: Recorder,
  hook: HookName,
  x: GpuTensor,
  { label, batch, heldBy }: EditedMemory,
): GpuTensor {
  const { shape, strides } = x;
  if (isPlane(hook)) return recorder.allocate(label, shape, 0, heldBy);
  const rowAxes = batch === 1 ? 1 : 2;
  const width = shape.at(-1) ?? 1;
  const apart = shape.length === rowAxes + 2 && strides[rowAxes] !== width;
  if (!apart) return recorder.allocate(label, shape, rowAxes, heldBy);
  return { ...recorder.allocate(label, [...shape.slice(0, -1), paddedRow(width)], rowAxes, heldBy), shape };
}
