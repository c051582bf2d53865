// Records a forward pass before it is run: where each activation lies, which dispatch makes it, which hooks are kept.
// The forward pass says `at(hook, tensor)` and goes on; what is kept gets memory of its own, the rest shares it between layers.
import { type CaptureRequest, isCaptured } from '../capture/captureRequest.ts';
import { BufferSlot, type GpuTensor, rowStrides, spanBytes } from '../gpu/gpuTensor.ts';
import type { Dispatch } from '../gpu/plan.ts';
import { type HookName, isHookName } from '../hooks/hookName.ts';
import type { Shape } from '../tensor/shape.ts';

/** Dispatches from `first` on, up to the next segment's; `layer`: the block whose weights they read, null where they read none. */
export type Segment = { readonly first: number; readonly layer: number | null };

export class Recorder {
  readonly dispatches: Dispatch[] = [];
  readonly segments: Segment[] = [{ first: 0, layer: null }];
  readonly captured = new Map<HookName, GpuTensor>();
  readonly #request: CaptureRequest;
  readonly #kept: BufferSlot[] = [];
  readonly #scratch = new Map<string, BufferSlot>();

  constructor(request: CaptureRequest) {
    this.#request = request;
  }

  /** All buffers of the pass, each once. */
  get slots(): BufferSlot[] {
    return [...this.#kept, ...this.#scratch.values()];
  }

  get scratchBytes(): number {
    return [...this.#scratch.values()].reduce((sum, slot) => sum + slot.byteLength, 0);
  }

  /** Bytes of the activations that are kept, each in memory of its own. */
  get keptBytes(): number {
    return this.#kept.reduce((sum, slot) => sum + slot.byteLength, 0);
  }

  /** What is emitted from here on belongs to this block, or to the model's own steps: null. */
  beginSegment(layer: number | null): void {
    this.segments.push({ first: this.dispatches.length, layer });
  }

  /**
   * Gives memory to an activation whose first `rowAxes` axes count rows (padded to whole vec4s); 0: dense throughout.
   * `heldBy` names the hooks that show it (a fused q | k | v shows three); left out: its own label.
   */
  allocate(label: string, shape: Shape, rowAxes: number, heldBy: readonly string[] = [label]): GpuTensor {
    const strides = rowStrides(shape, rowAxes);
    const bytes = spanBytes(shape, strides);
    return { label, slot: this.#slot(label, bytes, heldBy), shape, strides, offset: 0 };
  }

  emit(dispatch: Dispatch): void {
    this.dispatches.push(dispatch);
  }

  /** Passes a hook: keeps the activation where it was asked for, and hands it on. */
  at(hook: HookName, tensor: GpuTensor): GpuTensor {
    const named = { ...tensor, label: hook };
    if (!isCaptured(this.#request, hook)) return named;
    if (this.#isShared(tensor.slot)) {
      throw new Error(`internal: ${hook} is to be kept, and its memory ${tensor.slot.label} is another layer's next`);
    }
    this.captured.set(hook, named);
    return named;
  }

  /** Scratch memory of a block is written again two blocks on; that of the model's own steps is not. */
  #isShared(slot: BufferSlot): boolean {
    return slot.label.startsWith('blocks.') && this.#scratch.get(slot.label) === slot;
  }

  #slot(label: string, bytes: number, heldBy: readonly string[]): BufferSlot {
    if (heldBy.some((name) => isHookName(name) && isCaptured(this.#request, name))) {
      const slot = new BufferSlot(label, bytes);
      this.#kept.push(slot);
      return slot;
    }
    // Layers take turns at two sets of scratch memory: a block reads the stream that the one before it wrote.
    const key = label.replace(/^blocks\.(\d+)\./, (_, layer) => `blocks.${Number(layer) % 2}.`);
    const shared = this.#scratch.get(key);
    if (shared && shared.byteLength >= bytes) return shared;
    const slot = new BufferSlot(key, bytes);
    this.#scratch.set(key, slot);
    return slot;
  }
}
