// Activations that were computed elsewhere (ONNX Runtime, a file), put on the GPU: from there they are a capture like any other, laid out
// as the forward pass lays out its own, whose kernels may then read them.
import type { Gpu } from '../gpu/device.ts';
import { BufferSlot, type GpuTensor, rowStrides, spanBytes } from '../gpu/gpuTensor.ts';
import { type HookName, parseHookName } from '../hooks/hookName.ts';
import { elementCount, formatShape } from '../tensor/shape.ts';
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
      const strides = rowStrides(shape, rowAxesOf(hook));
      const slot = new BufferSlot(hook, spanBytes(shape, strides));
      tensors.set(hook, { label: hook, slot, shape, strides, offset: 0 });
    }
    const slots = [...tensors.values()].map(({ slot }) => slot);
    await gpu.allocate(slots);
    for (const [hook, { values }] of activations) {
      const tensor = tensors.get(hook);
      if (!tensor || values.length === 0) continue;
      gpu.write(tensor.slot, inRows(values, tensor));
    }
    return new UploadedCapture(new Capture(gpu, tensors), slots);
  }

  destroy(): void {
    for (const slot of this.#slots) slot.destroy();
  }
}

const MATRICES: ReadonlySet<string> = new Set(['attn.hook_attn_scores', 'attn.hook_pattern']);

/** Axes that count rows: one, the position; of scores and patterns none. */
function rowAxesOf(hook: HookName): number {
  return MATRICES.has(parseHookName(hook)?.hook ?? '') ? 0 : 1;
}

/** Dense values with each row padded as the tensor has it; the very same where no row is. */
function inRows(values: Float32Array<ArrayBuffer>, { shape, strides }: GpuTensor): Float32Array<ArrayBuffer> {
  const [rows = 1, stride = values.length] = [shape[0], strides[0]];
  const width = values.length / rows;
  if (width === stride) return values;
  const padded = new Float32Array(rows * stride);
  for (let row = 0; row < rows; row++) padded.set(values.subarray(row * width, (row + 1) * width), row * stride);
  return padded;
}
