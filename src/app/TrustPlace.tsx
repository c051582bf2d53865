// The adapter's chip over the sitting, and what opens below it. The card is loaded when it is first opened.
import { lazy, Suspense } from 'react';
import { whyNotTrusted } from '../engine/index.ts';
import type { Session } from '../session/session.ts';
import type { SessionState } from '../session/state.ts';
import { AdapterChip, type ChipTone } from '../views/trust/AdapterChip.tsx';
import { trustOf } from './trustOf.ts';
import { useSlice } from './useSlice.ts';

const TrustCard = lazy(async () => ({ default: (await import('../views/trust/TrustCard.tsx')).TrustCard }));

export function TrustPlace({ session }: { readonly session: Session }) {
  const { label, tone } = useSlice(session, chipOf);
  const adapter = useSlice(session, ({ gate }) => (gate.status === 'open' ? gate.adapter : null));
  if (adapter === null) {
    return (
      <span className="adapter-chip" data-tone={tone}>
        {label}
      </span>
    );
  }
  const name = nameOf(adapter);
  return (
    <AdapterChip label={label} tone={tone}>
      <Suspense fallback={null}>
        <TrustCard adapter={{ name, canary: adapter.canary }} />
      </Suspense>
    </AdapterChip>
  );
}

/** No more than what was measured: a software adapter's numbers are called valid once the canary found nothing against them. */
function chipOf(state: SessionState): { readonly label: string; readonly tone: ChipTone } {
  const { gate } = state;
  if (gate.status === 'without') return { label: 'No WebGPU: on the processor', tone: 'warn' };
  if (gate.status !== 'open') return { label: gate.status === 'lost' ? 'GPU lost' : 'Opening GPU…', tone: 'plain' };
  const trust = trustOf(state);
  const distrusted = whyNotTrusted(trust) !== null;
  const { isSoftware } = gate.adapter;
  const what = isSoftware ? 'CPU emulation: slow' : nameOf(gate.adapter);
  if (distrusted) return { label: `${what}, bits not to be trusted`, tone: 'bad' };
  if (trust.verified === 'passes') return { label: `${what}, numbers verified`, tone: 'good' };
  if (!isSoftware) return { label: what, tone: 'plain' };
  return { label: trust.canary ? `${what}, numbers valid` : what, tone: 'warn' };
}

function nameOf({ vendor, architecture, description }: Extract<SessionState['gate'], { status: 'open' }>['adapter']) {
  return description || [vendor, architecture].join(' ');
}
