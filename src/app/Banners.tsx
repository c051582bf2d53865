// What must be said above the workbench: a lost device, a failure, a link's problem, what became of the sender's result, the tour.
import { lazy, Suspense, useState } from 'react';
import { useStore } from 'zustand';
import type { RunReport } from '../engine/index.ts';
import type { Session } from '../session/session.ts';
import { FailureBanner, LostBanner, WithoutBanner } from '../views/gate/Gate.tsx';
import { ReproductionCard } from '../views/share/ReproductionCard.tsx';
import { TourStrip } from '../views/tour/TourStrip.tsx';
import { prefer, preferences } from './preferences.ts';
import { TOUR } from './tour.ts';
import { trustOf } from './trustOf.ts';
import { UpdateBanner } from './UpdateBanner.tsx';
import type { UiStore } from './ui.ts';
import { useSlice } from './useSlice.ts';

type Props = { readonly session: Session };

// The cases and their texts come with the first that is opened.
const CasePlace = lazy(async () => ({ default: (await import('./CasePlace.tsx')).CasePlace }));

export function Banners({ session, ui }: Props & { readonly ui: UiStore }) {
  const hasCase = useSlice(session, ({ caseAt }) => caseAt !== null);
  const { gate, runFailure, modelFailure, linkProblem, reproduction, reportB } = useSlice(
    session,
    ({ gate, run, model, linkProblem, reproduction, shown }) => ({
      gate,
      runFailure: run.status === 'failed' ? run.failure : null,
      modelFailure: model.status === 'failed' ? model.failure : null,
      linkProblem,
      reproduction,
      reportB: shown?.result.b ?? null,
    }),
  );
  return (
    <>
      <UpdateBanner />
      {gate.status === 'lost' ? (
        <LostBanner reason={gate.reason} message={gate.message} onReload={() => void session.reloadDevice()} />
      ) : null}
      {gate.status === 'without' ? <WithoutBanner {...gate.failure} /> : null}
      {modelFailure ? (
        <FailureBanner message={modelFailure.message} onRetry={() => void session.reloadDevice()} />
      ) : null}
      {runFailure ? <FailureBanner message={runFailure.message} onRetry={() => session.rerun()} /> : null}
      {linkProblem ? (
        <aside className="link-problem" aria-label="About the opened link">
          {linkProblem}
        </aside>
      ) : null}
      {reproduction ? <ReproductionCard reproduction={reproduction} /> : null}
      <NotesOf report={reportB} />
      {hasCase ? (
        <Suspense fallback={null}>
          <CasePlace session={session} ui={ui} />
        </Suspense>
      ) : (
        <Tour session={session} />
      )}
    </>
  );
}

/** What another engine says of its captures: what of a file was found, what goes with nothing. */
function NotesOf({ report }: { readonly report: RunReport | null }) {
  const [first, ...others] = report?.notes ?? [];
  if (!first) return null;
  return (
    <details className="link-problem">
      <summary>
        Run B: {first} {others.length > 0 ? `${others.length} more notes` : ''}
      </summary>
      <ul>
        {others.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </details>
  );
}

/** Offered on the bundled demo model, until it was taken or dismissed. */
function Tour({ session }: Props) {
  const isDemo = useSlice(
    session,
    ({ model, experiment }) => model.status === 'ready' && experiment.model.source === 'bundled',
  );
  const measured = useSlice(session, ({ gate, verification }) => ({ gate, verification }));
  const { tourSeen } = useStore(preferences);
  const [step, setStep] = useState<number | null>(null);
  if (tourSeen || !isDemo) return null;
  const end = () => {
    setStep(null);
    prefer({ tourSeen: true });
  };
  return <TourStrip steps={TOUR(session, trustOf(measured))} step={step} onStep={setStep} onEnd={end} />;
}
