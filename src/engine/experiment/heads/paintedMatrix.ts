// A painted window of a matrix: pixels in a GPU buffer, to be copied into a texture that a canvas shows, or read back.
import type { Gpu } from '../../gpu/device.ts';
import { BufferSlot } from '../../gpu/gpuTensor.ts';
import { Plan } from '../../gpu/plan.ts';
import { readTensors } from '../../gpu/readback.ts';
import type { Square } from '../../kernels/heldMatrix.ts';
import { type MatrixPainting, paintMatrix, paintTables, rowPixels } from '../../kernels/paintMatrix.ts';

export type { MatrixPainting } from '../../kernels/paintMatrix.ts';

/** The format in which the pixels' bytes lie; whoever shows them configures a canvas with it. */
export const PAINTED_FORMAT = 'rgba8unorm';

/** Whoever makes one frees it by `destroy`. */
export class PaintedMatrix {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly #gpu: Gpu;
  readonly #plan: Plan;
  readonly #pixels: BufferSlot;

  private constructor(gpu: Gpu, plan: Plan, pixels: BufferSlot, { columns, rows }: MatrixPainting) {
    this.#gpu = gpu;
    this.#plan = plan;
    this.#pixels = pixels;
    [this.widthPx, this.heightPx] = [columns.length, rows.length];
  }

  /** Paints; does not wait for it. Throws `limit` or `out-of-memory`. */
  static async make(gpu: Gpu, cells: Square, painting: MatrixPainting): Promise<PaintedMatrix> {
    const words = paintTables(painting);
    const tables = new BufferSlot('tables of a painting', words.byteLength);
    const pixels = new BufferSlot('pixels', 4 * rowPixels(painting.columns.length) * painting.rows.length);
    const dispatch = paintMatrix({ label: pixels.label, cells, painting, tables, pixels });
    const plan = await Plan.make(gpu, [dispatch], [tables, pixels]);
    gpu.write(tables, words);
    const encoder = gpu.device.createCommandEncoder({ label: 'painting' });
    plan.encode(encoder);
    gpu.submit(encoder);
    return new PaintedMatrix(gpu, plan, pixels, painting);
  }

  /** The device that a canvas must be configured with. */
  get device(): GPUDevice {
    return this.#gpu.device;
  }

  /** Copies the pixels into a texture of `PAINTED_FORMAT` and of this size, as a canvas's current one is. */
  copyTo(texture: GPUTexture): void {
    const encoder = this.device.createCommandEncoder({ label: 'show' });
    const bytesPerRow = 4 * rowPixels(this.widthPx);
    encoder.copyBufferToTexture({ buffer: this.#pixels.buffer, bytesPerRow }, { texture }, [
      this.widthPx,
      this.heightPx,
    ]);
    this.#gpu.submit(encoder);
  }

  /** Reads the pixels back: [height_px, width_px, rgba]. */
  async read(): Promise<Uint8ClampedArray<ArrayBuffer>> {
    const shape = [this.heightPx, this.widthPx] as const;
    const strides = [rowPixels(this.widthPx), 1] as const;
    const [pixels] = await readTensors(this.#gpu, [{ label: 'pixels', slot: this.#pixels, shape, strides, offset: 0 }]);
    if (!pixels) throw new Error('internal: a painting was read back as nothing');
    return new Uint8ClampedArray(pixels.buffer); // copied as words: a pixel is no number
  }

  destroy(): void {
    this.#plan.destroy();
  }
}
