// Activations in memory: of a host without a GPU.
import type { HookName } from '../hooks/hookName.ts';
import { elementCount, type Shape } from '../tensor/shape.ts';
import { type Activation, type Captured, notCaptured } from './captured.ts';

export class HeldCapture implements Captured {
  readonly #activations: ReadonlyMap<HookName, Activation>;

  constructor(activations: ReadonlyMap<HookName, Activation>) {
    this.#activations = activations;
  }

  get hooks(): readonly HookName[] {
    return [...this.#activations.keys()];
  }

  get storedBytes(): number {
    return [...this.#activations.values()].reduce((sum, { values }) => sum + values.byteLength, 0);
  }

  shapeOf(hook: HookName): Shape | undefined {
    return this.#activations.get(hook)?.shape;
  }

  /** The activation itself, not a copy; undefined where it was not captured. */
  get(hook: HookName): Activation | undefined {
    return this.#activations.get(hook);
  }

  /** Copies, so that they can be handed on to another thread. */
  async read(hooks: readonly HookName[]): Promise<Activation[]> {
    return hooks.map((hook) => {
      const { shape, values } = this.#require(hook);
      return { shape, values: values.slice() };
    });
  }

  async readSlice(hook: HookName, axis: number, index: number): Promise<Activation> {
    const { shape, values } = this.#require(hook);
    const extent = this.#extent(hook, shape, axis, index);
    const inner = elementCount(shape.slice(axis + 1));
    const outer = elementCount(shape.slice(0, axis));
    const slice = new Float32Array(outer * inner);
    for (let at = 0; at < outer; at++) {
      const from = (at * extent + index) * inner;
      slice.set(values.subarray(from, from + inner), at * inner);
    }
    return { shape: shape.toSpliced(axis, 1), values: slice };
  }

  async readAt(hook: HookName, indices: readonly (readonly number[])[]): Promise<Float32Array<ArrayBuffer>[]> {
    const { shape, values } = this.#require(hook);
    return indices.map((leading) => {
      const place = leading.reduce((at, index, axis) => at * this.#extent(hook, shape, axis, index) + index, 0);
      const inner = elementCount(shape.slice(leading.length));
      return values.slice(place * inner, (place + 1) * inner);
    });
  }

  /** The extent of an axis; throws where it has no such index. */
  #extent(hook: HookName, shape: Shape, axis: number, index: number): number {
    const extent = shape[axis] ?? 0;
    if (Number.isInteger(index) && index >= 0 && index < extent) return extent;
    throw new Error(`${hook} of shape [${shape.join(', ')}] has no index ${index} on axis ${axis}`);
  }

  #require(hook: HookName): Activation {
    const activation = this.#activations.get(hook);
    if (activation) return activation;
    throw notCaptured(hook, this.hooks);
  }
}
