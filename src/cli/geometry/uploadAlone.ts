// What loading cannot be faster than: reading every byte of the weights and handing it to the GPU, in pieces of the same size, as many
// at a time as a browser asks one host for, and nothing else.
import type { Checkpoint, Gpu } from '../../engine/index.ts';

const PIECE_BYTES = 4 << 20;
const LANES = 6;

/**
 * Reads and uploads a checkpoint's bytes; milliseconds from the start to the last copy. They end `kept` on the GPU, each tensor in a
 * buffer of its own, or pass through a few buffers, over and over, where all of them would not fit.
 */
export async function uploadAlone(gpu: Gpu, checkpoint: Checkpoint, bytes: 'kept' | 'passing'): Promise<number> {
  const { device } = gpu;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
  const bufferOf = (byteLength: number) => device.createBuffer({ size: Math.ceil(byteLength / 4) * 4, usage });
  const startMs = performance.now();
  const entries = [...checkpoint.tensors.values()];
  const own = new Map(bytes === 'kept' ? entries.map((entry) => [entry, bufferOf(entry.byteLength)]) : []);
  const queue = piecesOf(checkpoint)[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    const shared = bytes === 'kept' ? null : bufferOf(PIECE_BYTES);
    let settled: Promise<unknown> = Promise.resolve();
    for (const { entry, byteOffset, byteLength } of queue) {
      const piece = await entry.source.read(entry.byteOffset + byteOffset, byteLength);
      await settled;
      const [buffer, at] = shared ? [shared, 0] : [own.get(entry), byteOffset];
      if (!buffer) throw new Error(`internal: ${entry.name} has no buffer`);
      device.queue.writeBuffer(buffer, at, piece, 0, byteLength - (byteLength % 4));
      settled = device.queue.onSubmittedWorkDone();
    }
    await settled;
    shared?.destroy();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const elapsedMs = performance.now() - startMs;
  for (const buffer of own.values()) buffer.destroy();
  return elapsedMs;
}

function piecesOf({ tensors }: Checkpoint) {
  return [...tensors.values()].flatMap((entry) =>
    Array.from({ length: Math.ceil(entry.byteLength / PIECE_BYTES) }, (_, at) => {
      const byteOffset = at * PIECE_BYTES;
      return { entry, byteOffset, byteLength: Math.min(PIECE_BYTES, entry.byteLength - byteOffset) };
    }),
  );
}
