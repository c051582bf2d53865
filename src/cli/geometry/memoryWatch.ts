// Watches this process' memory while something runs. On a software adapter the GPU's buffers lie in the process as well: what the
// process holds beside them is its resident size less the bytes that we count on the GPU at that moment.
import type { Gpu } from '../../engine/index.ts';

export type MemoryPeaks = {
  readonly processBytes: number; // resident
  readonly besideGpuBytes: number; // resident, less the GPU's counted bytes where they lie in the process
  readonly gpuBytes: number; // counted
};

const EVERY_MS = 20;

/** Starts to watch; the result ends it and tells the peaks since. */
export function watchMemory(gpu: Gpu): () => MemoryPeaks {
  let [processBytes, besideGpuBytes] = [0, 0];
  gpu.memory.resetPeak();
  const look = (): void => {
    const rss = process.memoryUsage.rss();
    processBytes = Math.max(processBytes, rss);
    besideGpuBytes = Math.max(besideGpuBytes, rss - (gpu.adapter.isSoftware ? gpu.memory.liveBytes : 0));
  };
  look();
  const timer = setInterval(look, EVERY_MS).unref(); // what fails ends the process, though nobody ends the watch
  return () => {
    look();
    clearInterval(timer);
    return { processBytes, besideGpuBytes, gpuBytes: gpu.memory.peakBytes };
  };
}
