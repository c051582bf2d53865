// Tries a canvas's WebGPU context where nothing is at stake: in a worker of its own, on a device of its own, within a time limit. It works
// if the bytes of a texture come out of a bitmap as they went in.
import { CANVAS } from './presenter.ts';

const WITHIN_MS = 2_000;
const [WIDTH, HEIGHT] = [64, 2]; // rows of 256 bytes

/** Starts the worker that tries, and says whether it could; false too where it does not answer in time. */
export function tryInWorker(): Promise<boolean> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./canvasTrialEntry.ts', import.meta.url), {
      type: 'module',
      name: 'canvas trial',
    });
    const end = (works: boolean): void => {
      clearTimeout(timer);
      worker.terminate();
      resolve(works);
    };
    const timer = setTimeout(() => end(false), WITHIN_MS);
    worker.onmessage = ({ data }: MessageEvent<unknown>) => end(data === true);
    worker.onerror = () => end(false);
  });
}

/** Whether a texture's bytes pass through a canvas. Rejects where there is no device, or it was lost. */
export async function passesThrough(gpu: GPU): Promise<boolean> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  const device = await adapter?.requestDevice({ label: 'canvas trial' });
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('webgpu');
  if (!device || !context) return false;
  context.configure({ device, ...CANVAS });
  const words = Uint32Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i === 0 ? 0 : ~(i * 0x010305)) >>> 0); // alpha 255, but for one
  const texture = context.getCurrentTexture();
  device.queue.writeTexture({ texture }, words, { bytesPerRow: 4 * WIDTH }, [WIDTH, HEIGHT]);
  const bitmap = canvas.transferToImageBitmap();
  const seen = new OffscreenCanvas(WIDTH, HEIGHT).getContext('2d');
  seen?.drawImage(bitmap, 0, 0);
  const bytes = seen?.getImageData(0, 0, WIDTH, HEIGHT).data.buffer ?? new ArrayBuffer();
  device.destroy();
  const got = new Uint32Array(bytes);
  return got.length === words.length && got.every((word, i) => word === words[i]);
}
