// The adapter's chip over the sitting, and what opens below it. The card is loaded when it is first opened.
import { lazy, Suspense } from 'react';
import { adapterName, whyNotTrusted } from '../engine/index.ts';
import type { Session } from '../session/session.ts';
import type { SessionState } from '../session/state.ts';
import { AdapterChip, type ChipTone } from '../views/trust/AdapterChip.tsx';
import { copyTrust } from './copyTrust.ts';
import { trustOf } from './trustOf.ts';
import type { UiStore } from './ui.ts';
import { useSlice } from './useSlice.ts';

const TrustCard = lazy(async () => ({ default: (await import('../views/trust/TrustCard.tsx')).TrustCard }));

export function TrustPlace({ session, ui }: { readonly session: Session; readonly ui: UiStore }) {
  const { label, tone } = useSlice(session, chipOf);
  const { adapter, verification } = useSlice(session, ({ gate, verification }) => ({
    adapter: gate.status === 'open' ? gate.adapter : null,
    verification,
  }));
  if (adapter === null) {
    return (
      <span className="adapter-chip" data-tone={tone}>
        {label}
      </span>
    );
  }
  return (
    <AdapterChip label={label} tone={tone}>
      {(close) => (
        <Suspense fallback={null}>
          <TrustCard
            name={adapterName(adapter)}
            limits={adapter.limits}
            features={adapter.features}
            canary={adapter.canary}
            verification={verification}
            onVerify={() => {
              close();
              ui.set({ dialog: 'verify' });
            }}
            onCopy={() => void copyTrust(session)}
          />
        </Suspense>
      )}
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
  const what = isSoftware ? 'CPU emulation: slow' : shortName(gate.adapter);
  if (distrusted) return { label: `${what}, bits not to be trusted`, tone: 'bad' };
  if (trust.verified === 'passes') return { label: `${what}, numbers verified`, tone: 'good' };
  if (!isSoftware) return { label: what, tone: 'plain' };
  return { label: trust.canary ? `${what}, numbers valid` : what, tone: 'warn' };
}

function shortName({ vendor, architecture, description }: AdapterReport): string {
  return description || [vendor, architecture].join(' ');
}

type AdapterReport = Extract<SessionState['gate'], { status: 'open' }>['adapter'];
