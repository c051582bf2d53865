// Times a kept run's kernels for the Profile drawer, and measures the adapter's peak that they are set against, once a device.
import { type Gpu, type KernelTime, measurePeak, type Peak, type PreparedSide, timeKernels } from '../engine/index.ts';
import type { Profile } from './profileProtocol.ts';

/** Fewer than the bench's: the reader waits for it. */
const PEAK_RUNS = 2;

const peaks = new WeakMap<Gpu, Promise<Peak>>();

type Sides = { readonly a: PreparedSide | null; readonly b: PreparedSide | null };

/** Times both sides, those that our kernels ran, on the ids that they ran on. */
export async function profileOf({ a, b }: Sides, tokenIds: readonly number[]): Promise<Profile> {
  const timed: Profile = { a: await timesOf(a, tokenIds), b: await timesOf(b, tokenIds), peakGflops: null };
  const gpu = (a ?? b)?.run.request.model.gpu;
  if (!gpu || (timed.a === null && timed.b === null)) return timed;
  return { ...timed, peakGflops: (await peakOf(gpu)).gflops };
}

async function timesOf(side: PreparedSide | null, tokenIds: readonly number[]): Promise<KernelTime[] | null> {
  return side && timeKernels(side.run, tokenIds);
}

function peakOf(gpu: Gpu): Promise<Peak> {
  const known = peaks.get(gpu) ?? measurePeak(gpu, PEAK_RUNS);
  peaks.set(gpu, known);
  known.catch(() => peaks.delete(gpu)); // a lost device: asked again, it says so itself
  return known;
}
