// What was measured of the adapter, as the claims of the page read it.
import { type Trust, verdictOf } from '../engine/index.ts';
import type { SessionState } from '../session/state.ts';

const UNMEASURED: Trust = { canary: null, verified: null };

/** The sitting's trust in its adapter. */
export function trustOf({ gate, verification }: Pick<SessionState, 'gate' | 'verification'>): Trust {
  if (gate.status !== 'open') return UNMEASURED;
  return { canary: gate.adapter.canary, verified: verdictOf(verification) };
}
