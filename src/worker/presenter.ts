// Shows what the GPU painted: by a canvas's WebGPU context, whose bitmap the page takes over without a copy of its bytes, or read back as
// pixels. The same pixels either way, out of one buffer. A context that fails can take every device of the page along (on Chromium's
// software adapter it does: docs/decisions/014), so that none is made there, and elsewhere only after one was tried where nothing was at
// stake but a device of its own; until that is known, pixels are read back, and no picture waits for it.
import { PAINTED_FORMAT, type PaintedMatrix } from '../engine/index.ts';

/** What is shown: a bitmap, or pixels [height_px, width_px, rgba]. */
export type Picture = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly content: ImageBitmap | Uint8ClampedArray<ArrayBuffer>;
};

/** auto: by a context where one works · context: also on a software adapter, once it was tried · readback: never */
export type Presentation = 'auto' | 'context' | 'readback';

/** The host's canvases. */
export type Canvases = {
  readonly make: (widthPx: number, heightPx: number) => OffscreenCanvas;
  readonly tryOne: () => Promise<boolean>; // whether a context works, found out apart from the engine; never rejects
};

type Shown = { readonly canvas: OffscreenCanvas; readonly context: GPUCanvasContext; readonly device: GPUDevice };

export class Presenter {
  readonly #canvases: Canvases | null; // null: this host has none
  #trial: Promise<boolean> | null = null;
  #works: boolean | null = null; // null: not known yet
  #shown: Shown | null = null; // the canvas last drawn on, for the next

  constructor(canvases: Canvases | null) {
    this.#canvases = canvases;
  }

  /** Shows a painting, and frees it. */
  async present(painted: PaintedMatrix, how: Presentation, isSoftware: boolean): Promise<Picture> {
    const { widthPx, heightPx } = painted;
    try {
      const byContext = await this.#mayUseContext(how, isSoftware);
      const content = (byContext ? this.#bitmap(painted) : null) ?? (await painted.read());
      return { widthPx, heightPx, content };
    } finally {
      painted.destroy();
    }
  }

  async #mayUseContext(how: Presentation, isSoftware: boolean): Promise<boolean> {
    if (!this.#canvases || how === 'readback' || (how === 'auto' && isSoftware)) return false;
    this.#trial ??= this.#canvases.tryOne().then((works) => {
      this.#works ??= works;
      return works;
    });
    if (how === 'context') await this.#trial;
    return this.#works === true;
  }

  /** The painting as a bitmap of a canvas; null where there is no context after all, and then never again. */
  #bitmap(painted: PaintedMatrix): ImageBitmap | null {
    const shown = this.#canvasFor(painted);
    if (!shown) {
      this.#works = false;
      return null;
    }
    painted.copyTo(shown.context.getCurrentTexture());
    return shown.canvas.transferToImageBitmap();
  }

  #canvasFor({ device, widthPx, heightPx }: PaintedMatrix): Shown | null {
    const kept = this.#shown;
    if (kept && kept.device === device) {
      [kept.canvas.width, kept.canvas.height] = [widthPx, heightPx];
      return kept;
    }
    const canvas = this.#canvases?.make(widthPx, heightPx);
    const context = canvas?.getContext('webgpu');
    if (!canvas || !context) return null;
    context.configure({ device, ...CANVAS });
    this.#shown = { canvas, context, device };
    return this.#shown;
  }
}

/** How a canvas is configured: filled by a copy, so that its pixels are the painting's bytes; between cells it is transparent. */
export const CANVAS = { format: PAINTED_FORMAT, usage: 0x2, alphaMode: 'premultiplied' } as const; // 0x2: GPUTextureUsage.COPY_DST
