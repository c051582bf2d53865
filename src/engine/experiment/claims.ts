// What may be said of a run's bits, given what was measured of this adapter. The page claims nothing of bits but by these sentences:
// where the canary or the verification fails, the claim fails with it.
import { type CanaryReport, whyNotPortable } from '../gpu/canary.ts';
import { isRunElsewhere, type RunSpec } from './runSpec.ts';

/** What was measured of the adapter: null where it was not, yet. */
export type Trust = {
  readonly canary: CanaryReport | null;
  readonly verified: 'passes' | 'fails' | null; // the recorded runs, of the whole model
};

export type Claim = { readonly text: string; readonly tone: 'good' | 'note' | 'bad' };

/** Whether another GPU may be expected to give the bits of these runs. */
export function travelClaim(specs: readonly RunSpec[], trust: Trust): Claim {
  if (specs.some(({ engine }) => isRunElsewhere(engine))) {
    return { text: 'Another program’s bits: nothing is promised of them elsewhere.', tone: 'note' };
  }
  if (!specs.every(isPortable)) {
    return {
      text: 'Native arithmetic: another GPU may differ in the last bits. Portable arithmetic is the one to share.',
      tone: 'note',
    };
  }
  const why = whyNotTrusted(trust);
  if (why !== null) return { text: `Portable arithmetic, but not on this adapter: ${why}.`, tone: 'bad' };
  if (trust.canary === null) return { text: 'Portable arithmetic; this adapter is not measured yet.', tone: 'note' };
  const seen = trust.verified === 'passes' ? 'this GPU gave the recorded bits' : 'the canary found nothing against it';
  return { text: `Portable arithmetic, and ${seen}: a GPU of which that holds too gives the same bits.`, tone: 'good' };
}

/** Whether split and fused, in canonical order, may be expected to have the same bits on this adapter. */
export function layoutClaim(trust: Trust): Claim {
  if (trust.canary === null) {
    return { text: 'In canonical order both add the same terms in the same order.', tone: 'note' };
  }
  if (trust.canary.reassociates) {
    return { text: 'This adapter reorders sums, so both may part even in canonical order.', tone: 'bad' };
  }
  if (trust.verified === 'fails') {
    return { text: 'On this GPU the recorded runs failed: read “Verify this GPU” before trusting a bit.', tone: 'bad' };
  }
  return { text: 'In canonical order both give the same bits on this adapter.', tone: 'good' };
}

/** Whether the numbers of a software adapter, or of any, may be called valid. */
export function whyNotTrusted({ canary, verified }: Trust): string | null {
  if (verified === 'fails') return 'the recorded runs failed on it';
  return canary && whyNotPortable(canary);
}

function isPortable({ engine, arithmetic }: RunSpec): boolean {
  return engine === 'ieee' || (engine === 'webgpu' && arithmetic === 'portable');
}
