// What loading cannot be faster than: reading every byte of the weights and handing it to the GPU, in pieces of the same size, as many
// at a time, and nothing else.
import type { Checkpoint, Gpu } from '../../engine/index.ts';

const PIECE_BYTES = 4 << 20;
const LANES = 4;

/** Reads and uploads a checkpoint's bytes into a few buffers, over and over; milliseconds from the first read to the last copy. */
export async function uploadAlone(gpu: Gpu, checkpoint: Checkpoint): Promise<number> {
  const startMs = performance.now();
  const queue = piecesOf(checkpoint)[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    const buffer = gpu.device.createBuffer({
      size: PIECE_BYTES,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
    let settled: Promise<unknown> = Promise.resolve();
    for (const { entry, byteOffset, byteLength } of queue) {
      const bytes = await entry.source.read(entry.byteOffset + byteOffset, byteLength);
      await settled;
      gpu.device.queue.writeBuffer(buffer, 0, bytes, 0, byteLength - (byteLength % 4));
      settled = gpu.device.queue.onSubmittedWorkDone();
    }
    await settled;
    buffer.destroy();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return performance.now() - startMs;
}

function piecesOf({ tensors }: Checkpoint) {
  return [...tensors.values()].flatMap((entry) =>
    Array.from({ length: Math.ceil(entry.byteLength / PIECE_BYTES) }, (_, at) => {
      const byteOffset = at * PIECE_BYTES;
      return { entry, byteOffset, byteLength: Math.min(PIECE_BYTES, entry.byteLength - byteOffset) };
    }),
  );
}
