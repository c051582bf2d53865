// Capture: the activations of one run, HookName → tensor on the GPU, in running order. Reads back what is asked for.
import type { Gpu } from '../gpu/device.ts';
import { type GpuTensor, sliceOf, storedBytes } from '../gpu/gpuTensor.ts';
import { Readback, readTensors } from '../gpu/readback.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { Shape } from '../tensor/shape.ts';
import { type Activation, type Captured, notCaptured } from './captured.ts';

export class Capture implements Captured {
  readonly #gpu: Gpu;
  readonly #tensors: ReadonlyMap<HookName, GpuTensor>;

  constructor(gpu: Gpu, tensors: ReadonlyMap<HookName, GpuTensor>) {
    this.#gpu = gpu;
    this.#tensors = tensors;
  }

  /** The device that the activations lie on. */
  get gpu(): Gpu {
    return this.#gpu;
  }

  /** The captured hooks in running order. */
  get hooks(): readonly HookName[] {
    return [...this.#tensors.keys()];
  }

  /** The activations on the GPU by hook, in running order. */
  get tensors(): ReadonlyMap<HookName, GpuTensor> {
    return this.#tensors;
  }

  /** The tensor of a hook on the GPU; undefined where it was not captured. */
  tensor(hook: HookName): GpuTensor | undefined {
    return this.#tensors.get(hook);
  }

  shapeOf(hook: HookName): Shape | undefined {
    return this.#tensors.get(hook)?.shape;
  }

  /** Bytes of the captured activations; what heads share counts once. */
  get storedBytes(): number {
    return [...this.#tensors.values()].reduce((sum, tensor) => sum + storedBytes(tensor), 0);
  }

  /** Reads hooks back, dense and row-major, by one staging buffer. Throws where one was not captured. */
  async read(hooks: readonly HookName[]): Promise<Activation[]> {
    const tensors = hooks.map((hook) => this.#require(hook));
    const arrays = await readTensors(this.#gpu, tensors);
    return tensors.map((tensor, at) => ({ shape: tensor.shape, values: arrays[at] ?? new Float32Array() }));
  }

  /** Reads one index of an axis of a hook, and nothing else of it: a head of a pattern, a row of the logits. */
  async readSlice(hook: HookName, axis: number, index: number): Promise<Activation> {
    const slice = sliceOf(this.#require(hook), axis, index);
    const [values] = await readTensors(this.#gpu, [slice]);
    return { shape: slice.shape, values: values ?? new Float32Array() };
  }

  /** Reads what stands at each of these leading indices of a hook, and nothing else of it. */
  async readAt(hook: HookName, indices: readonly (readonly number[])[]): Promise<Float32Array<ArrayBuffer>[]> {
    const tensor = this.#require(hook);
    const views = indices.map((leading) => leading.reduce((view, index) => sliceOf(view, 0, index), tensor));
    return readTensors(this.#gpu, views);
  }

  /** Plans a readback of these hooks, to be encoded with every run. The caller destroys it. */
  planReadback(hooks: readonly HookName[]): Promise<Readback> {
    return Readback.make(
      this.#gpu,
      hooks.map((hook) => this.#require(hook)),
    );
  }

  #require(hook: HookName): GpuTensor {
    const tensor = this.#tensors.get(hook);
    if (tensor) return tensor;
    throw notCaptured(hook, this.hooks);
  }
}
