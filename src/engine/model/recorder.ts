// Records a forward pass before it is run: where each activation lies, which dispatch makes it, which hooks are kept.
// The forward pass says `at(hook, tensor)` and goes on; what interventions make of the activation is what it goes on with. What is
// kept gets memory of its own, the rest shares it between layers.
import { type CaptureRequest, isCaptured } from '../capture/captureRequest.ts';
import { BufferSlot, type GpuTensor, rowStrides, spanBytes } from '../gpu/gpuTensor.ts';
import type { Dispatch } from '../gpu/plan.ts';
import { type HookName, isHookName } from '../hooks/hookName.ts';
import { NATIVE_F32, type Numerics, withNumerics } from '../kernels/numerics.ts';
import { type Shape, sameShape } from '../tensor/shape.ts';

/** Dispatches from `first` on, up to the next segment's; `layer`: the block whose weights they read, null where they read none. */
export type Segment = { readonly first: number; readonly layer: number | null };

/** What a run's interventions do at its hooks. */
export interface HookEdits {
  /** Tells whether interventions edit this hook, or read it in the same run. */
  concerns(hook: HookName): boolean;
  /** Records the edits of a hook, each into memory of its own; the very same tensor where there is none. */
  apply(hook: HookName, tensor: GpuTensor, recorder: Recorder): GpuTensor;
}

/** Activations of another run that this one's operations are fed in place of its own; undefined: its own. */
export type Feed = { tensor(hook: HookName): GpuTensor | undefined };

const NO_EDITS: HookEdits = { concerns: () => false, apply: (_, tensor) => tensor };

export class Recorder {
  readonly dispatches: Dispatch[] = [];
  readonly segments: Segment[] = [{ first: 0, layer: null }];
  readonly #request: CaptureRequest;
  readonly #numerics: Numerics;
  readonly #edits: HookEdits;
  readonly #feed: Feed | null;
  readonly #passed = new Map<HookName, GpuTensor>(); // those that are kept
  readonly #kept: BufferSlot[] = [];
  readonly #scratch = new Map<string, BufferSlot>();

  constructor(
    request: CaptureRequest,
    edits: HookEdits = NO_EDITS,
    numerics: Numerics = NATIVE_F32,
    feed: Feed | null = null,
  ) {
    this.#numerics = numerics;
    this.#request = request;
    this.#edits = edits;
    this.#feed = feed;
  }

  /** The captured activations, in running order. */
  get captured(): Map<HookName, GpuTensor> {
    return new Map([...this.#passed].filter(([hook]) => isCaptured(this.#request, hook)));
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

  /** Tells whether a hook is to be captured, edited or read: those that are made only on request are made then. */
  isWanted(hook: HookName): boolean {
    return isCaptured(this.#request, hook) || this.#edits.concerns(hook);
  }

  /** A hook that was passed and kept; undefined where it was not. */
  passed(hook: HookName): GpuTensor | undefined {
    return this.#passed.get(hook);
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
    this.dispatches.push(withNumerics(dispatch, this.#numerics));
  }

  /** Passes a hook: edits the activation, keeps it where it was asked for, and hands it on. */
  at(hook: HookName, tensor: GpuTensor): GpuTensor {
    const named = this.edited(hook, tensor);
    if (!this.isWanted(hook)) return named;
    if (this.#isShared(named.slot)) {
      throw new Error(`internal: ${hook} is to be kept, and its memory ${named.slot.label} is another layer's next`);
    }
    this.#passed.set(hook, named);
    const fed = this.#feed?.tensor(hook);
    return fed && sameShape(fed.shape, named.shape) ? { ...fed, label: hook } : named;
  }

  /** Edits an activation as its hook is, and does not show it: one that a hook of the same name follows. */
  edited(hook: HookName, tensor: GpuTensor): GpuTensor {
    return this.#edits.apply(hook, { ...tensor, label: hook }, this);
  }

  /** Scratch memory of a block is written again two blocks on; that of the model's own steps is not. */
  #isShared(slot: BufferSlot): boolean {
    return slot.label.startsWith('blocks.') && this.#scratch.get(slot.label) === slot;
  }

  #slot(label: string, bytes: number, heldBy: readonly string[]): BufferSlot {
    if (heldBy.some((name) => isHookName(name) && this.isWanted(name))) {
      const slot = new BufferSlot(label, bytes);
      this.#kept.push(slot);
      return slot;
    }
    // Layers take turns at two sets of scratch memory: a block reads the stream that the one before it wrote.
    const key = label.replace(/^blocks\.(\d+)\./, (_, layer) => `blocks.${Number(layer) % 2}.`);
    const shared = this.#scratch.get(key);
    if (shared && shared.byteLength >= bytes) return shared;
    const slot = new BufferSlot(key, bytes);
    if (shared) this.#kept.push(shared); // dispatches before this one have it already
    this.#scratch.set(key, slot);
    return slot;
  }
}
