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
  const { gate, askedBytes, runFailure, modelFailure, linkProblem, reproduction, reports } = useSlice(
    session,
    ({ gate, memory, run, model, linkProblem, reproduction, shown }) => ({
      gate,
      askedBytes: memory?.total ?? null,
      runFailure: run.status === 'failed' ? run.failure : null,
      modelFailure: model.status === 'failed' ? model.failure : null,
      linkProblem,
      reproduction,
      reports: shown?.result ?? null,
    }),
  );
  return (
    <>
      <UpdateBanner />
      {gate.status === 'lost' ? (
        <LostBanner {...gate} askedBytes={askedBytes} onReload={() => void session.reloadDevice()} />
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
      {notesOf(reports?.a ?? null, reports?.b ?? null).map((said) => (
        <Notes key={said.who} {...said} />
      ))}
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

type Said = { readonly who: string; readonly notes: readonly string[] };

/** What each run says of its captures; once where both say the same. */
function notesOf(a: RunReport | null, b: RunReport | null): readonly Said[] {
  const [ofA, ofB] = [a?.notes ?? [], b?.notes ?? []];
  const isSame = ofA.length === ofB.length && ofA.every((note, at) => note === ofB[at]);
  const said = isSame
    ? [{ who: 'Both runs', notes: ofA }]
    : [
        { who: 'Run A', notes: ofA },
        { who: 'Run B', notes: ofB },
      ];
  return said.filter(({ notes }) => notes.length > 0);
}

/** What was not kept of a long prompt, what was rounded, what of a file goes with nothing. */
function Notes({ who, notes: [first, ...others] }: Said) {
  if (others.length === 0) {
    return (
      <p className="link-problem">
        {who}: {first}
      </p>
    );
  }
  return (
    <details className="link-problem">
      <summary>
        {who}: {first} {others.length === 1 ? '1 more note' : `${others.length} more notes`}
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
