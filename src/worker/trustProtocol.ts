// The part of the protocol about the instrument itself: what the adapter does, measured.
import type { CanaryReport } from '../engine/index.ts';

export type TrustRequest = { readonly kind: 'measureAdapter' }; // the canary: asked once the first result is shown

export type TrustAnswers = {
  measureAdapter: CanaryReport;
};
