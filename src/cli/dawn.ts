// Opens a GPU in Node by Dawn (the `webgpu` package). scripts/cli.mjs has set the driver's environment before this process began.
import { create, globals } from 'webgpu';
import { type Gpu, openGpu } from '../engine/index.ts';

// Dawn crashes at process exit if its instance is collected before its device: kept for as long as the process lives.
const alive: unknown[] = [];
const opened: Gpu[] = [];

/** Opens the GPU that Dawn finds. Throws with what to install where it finds none. */
export async function openDawn(): Promise<Gpu> {
  Object.assign(globalThis, globals);
  const instance = create([]);
  alive.push(instance);
  const gpu = await openGpu(instance);
  opened.push(gpu);
  return gpu;
}

/** Lets go of every GPU that was opened, also where a command failed before it could: a live device keeps the process from ending. */
export function closeDawn(): void {
  for (const gpu of opened) gpu.destroy();
}
