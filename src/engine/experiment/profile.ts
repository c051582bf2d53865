// Profile: what a run's time went to, kernel by kernel, measured on demand: the run's dispatches again, each in a pass of its own between
// two timestamps. The sum is longer than the run itself, in which dispatches follow each other without a pause.
import type { PreparedRun } from '../model/prepareRun.ts';

/** What one kernel did in one run: counted from the plan. */
export type KernelUse = { readonly kernel: string; readonly dispatches: number; readonly multiplyAdds: number };

export type KernelTime = KernelUse & { readonly gpuMs: number };

/** Counts dispatches and multiply-adds by kernel; most dispatches first. */
export function kernelUse({ plan }: PreparedRun): KernelUse[] {
  const byKernel = new Map<string, KernelUse>();
  for (const { kernel, multiplyAdds } of plan.dispatches) {
    const sum = byKernel.get(kernel.name);
    byKernel.set(kernel.name, {
      kernel: kernel.name,
      dispatches: (sum?.dispatches ?? 0) + 1,
      multiplyAdds: (sum?.multiplyAdds ?? 0) + multiplyAdds,
    });
  }
  return [...byKernel.values()].sort((x, y) => y.dispatches - x.dispatches);
}

/** Times each kernel of a run on these ids, longest first; null where the GPU has no timestamps. Its activations come out the same. */
export async function timeKernels(run: PreparedRun, tokenIds: readonly number[]): Promise<KernelTime[] | null> {
  const times = await run.time(tokenIds);
  if (times === null) return null;
  const sums = new Map<string, number>();
  run.plan.dispatches.forEach(({ kernel }, at) => {
    sums.set(kernel.name, (sums.get(kernel.name) ?? 0) + (times[at] ?? 0));
  });
  const timed = kernelUse(run).map((use) => ({ ...use, gpuMs: sums.get(use.kernel) ?? 0 }));
  return timed.sort((x, y) => y.gpuMs - x.gpuMs);
}
