// Activations that were computed elsewhere (ONNX Runtime, a file), put on the GPU: from there they are a capture like any other.
import type { Gpu } from '../gpu/device.ts';
import { BufferSlot, type GpuTensor } from '../gpu/gpuTensor.ts';
import type { HookName } from '../hooks/hookName.ts';
import { elementCount, formatShape, type Shape } from '../tensor/shape.ts';
import { Capture } from './capture.ts';
import type { Activation } from './captured.ts';

/** A capture that owns its buffers. Whoever made it frees it by `destroy`. */
export class UploadedCapture {
  readonly capture: Capture;
  readonly #slots: readonly BufferSlot[];

  private constructor(capture: Capture, slots: readonly BufferSlot[]) {
    this.capture = capture;
    this.#slots = slots;
  }

  /** Throws where values do not fill their shape, and `out-of-memory`, having freed what it got. */
  static async make(gpu: Gpu, activations: ReadonlyMap<HookName, Activation>): Promise<UploadedCapture> {
    const tensors = new Map<HookName, GpuTensor>();
    for (const [hook, { shape, values }] of activations) {
      if (values.length !== elementCount(shape)) {
        throw new Error(
          `${hook} has ${values.length} values, expected ${elementCount(shape)} for ${formatShape(shape)}`,
        );
      }
      const slot = new BufferSlot(hook, values.byteLength);
      tensors.set(hook, { label: hook, slot, shape, strides: denseStrides(shape), offset: 0 });
    }
    const slots = [...tensors.values()].map(({ slot }) => slot);
    await gpu.allocate(slots);
    for (const [hook, { values }] of activations) {
      const tensor = tensors.get(hook);
      if (!tensor || values.length === 0) continue;
      gpu.device.queue.writeBuffer(tensor.slot.buffer, 0, values);
      gpu.counters.uploadedBytes += values.byteLength;
    }
    return new UploadedCapture(new Capture(gpu, tensors), slots);
  }

  destroy(): void {
    for (const slot of this.#slots) slot.destroy();
  }
}

/** Row-major, without padding. */
function denseStrides(shape: Shape): number[] {
  return shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
}
