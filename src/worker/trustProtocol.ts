// The part of the protocol about the instrument itself: what the adapter does, measured, and the demo models in every mode.
import type { CanaryReport, Verified } from '../engine/index.ts';

export type TrustRequest =
  | { readonly kind: 'measureAdapter' } // the canary: asked once the first result is shown
  | { readonly kind: 'verify' }; // takes a turn on the GPU for each mode, so that runs go on between them

export type TrustAnswers = {
  measureAdapter: CanaryReport;
  verify: readonly Verified[];
};

export type TrustProgress = { readonly kind: 'verify'; readonly rows: readonly Verified[]; readonly total: number };
