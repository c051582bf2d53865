// What the page asks about where the time of a run goes.
import type { KernelTime } from '../engine/index.ts';

export type ProfileRequest = { readonly kind: 'profile'; readonly runId: number }; // runs the sides again, their kernels timed

export type ProfileAnswers = { profile: Profile };

/** What the time of a run went to; null where the GPU has no timestamps, and for a side that our kernels did not run. */
export type Profile = {
  readonly a: readonly KernelTime[] | null; // longest first
  readonly b: readonly KernelTime[] | null;
  readonly peakGflops: number | null; // the adapter's, by a loop of multiply-adds; null where nothing was timed
};
