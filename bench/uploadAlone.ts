// What loading cannot be faster than: reading every byte of the weights and handing it to the GPU, in pieces of the same size, as many
// at a time as a browser asks one host for, and nothing else.
import type { Checkpoint, Gpu } from '../src/engine/index.ts';

const PIECE_BYTES = 4 << 20;
const LANES = 6;

/** Reads and uploads a checkpoint's bytes, each tensor into a buffer of its own; milliseconds from the start to the last copy. */
export async function uploadAlone({ device }: Gpu, checkpoint: Checkpoint): Promise<number> {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
  const startMs = performance.now();
  const queue = piecesOf(checkpoint)[Symbol.iterator]();
  const buffers = new Map<string, GPUBuffer>();
  for (const { name, byteLength } of checkpoint.tensors.values()) {
    buffers.set(name, device.createBuffer({ size: Math.ceil(byteLength / 4) * 4, usage }));
  }
  const lane = async (): Promise<void> => {
    let settled: Promise<unknown> = Promise.resolve();
    for (const { entry, byteOffset, byteLength } of queue) {
      const piece = await entry.source.read(entry.byteOffset + byteOffset, byteLength);
      await settled;
      const buffer = buffers.get(entry.name);
      if (!buffer) throw new Error(`internal: ${entry.name} has no buffer`);
      device.queue.writeBuffer(buffer, byteOffset, piece, 0, byteLength - (byteLength % 4));
      settled = device.queue.onSubmittedWorkDone();
    }
    await settled;
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const elapsedMs = performance.now() - startMs;
  for (const buffer of buffers.values()) buffer.destroy();
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
