// The part of the protocol about the instrument itself: what the adapter does, measured, the demo models in every mode, and what
// cases ask beside their runs.
import type { CanaryReport, Probe, ProbeKind, RunSpec, Verified } from '../engine/index.ts';

export type TrustRequest =
  | { readonly kind: 'measureAdapter' } // the canary: asked once the first result is shown
  | { readonly kind: 'probe'; readonly what: ProbeKind; readonly spec: RunSpec; readonly tokenIds: readonly number[] } // of a case
  | { readonly kind: 'verify' }; // takes a turn on the GPU for each mode, so that runs go on between them

export type TrustAnswers = {
  measureAdapter: CanaryReport;
  probe: Probe;
  verify: readonly Verified[];
};

export type TrustProgress = { readonly kind: 'verify'; readonly rows: readonly Verified[]; readonly total: number };
