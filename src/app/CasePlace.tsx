// The open case over the sitting: its step's text told of the run that is shown. Loaded when a case is first opened.
import { useEffect } from 'react';
import type { Came, Case, CaseStep, Live } from '../cases/case.ts';
import { findCase } from '../cases/cases.ts';
import type { DifferenceOf } from '../engine/index.ts';
import { sameSetup } from '../session/edits.ts';
import type { Session } from '../session/session.ts';
import type { CellRun, SessionState } from '../session/state.ts';
import { CaseStrip } from '../views/cases/CaseStrip.tsx';
import { copyCaseLink } from './copyCaseLink.ts';
import type { UiStore } from './ui.ts';
import { useSlice } from './useSlice.ts';

type Props = { readonly session: Session; readonly ui: UiStore };

export function CasePlace({ session, ui }: Props) {
  const state = useSlice(session, (all) => all); // a text may speak of any part of it; drawn only while a case is open
  const { caseAt } = state;
  const found = caseAt && findCase(caseAt.id);
  const step = found?.steps[caseAt?.step ?? 0];
  useEffect(() => {
    if (!step) return;
    ui.reveal(step.panel);
    ui.set(step.shows ? { ladderShows: step.shows, difference: null } : { ladderShows: 'hooks' });
  }, [step, ui]);
  if (!caseAt || !found || !step) return null;
  return <Told {...{ session, ui, found, step, state }} at={caseAt.step} />;
}

type ToldProps = Props & {
  readonly found: Case;
  readonly step: CaseStep;
  readonly at: number;
  readonly state: SessionState;
};

function Told({ session, ui, found, step, at, state }: ToldProps) {
  const stands = standing(state, step);
  const live = stands === 'told' ? liveOf(state, step) : null;
  return (
    <CaseStrip
      title={found.title}
      steps={found.steps.map(({ label }) => label)}
      step={at}
      state={live || stands !== 'told' ? stands : 'running'}
      paragraphs={live ? step.tell(live) : []}
      onStep={(next) => session.openCase(found.id, next)}
      onCopy={() => void copyCaseLink(session, found.id, at)}
      onGallery={() => ui.set({ dialog: 'cases' })}
      onClose={() => session.closeCase()}
    />
  );
}

/** A text is told of the case's own experiment alone, and once it has run. */
function standing({ experiment, run, model, stale, shown }: SessionState, step: CaseStep) {
  if (!sameSetup(unpinned(experiment), step.experiment)) return 'own';
  if (run.status === 'failed' || model.status === 'failed') return 'failed';
  return shown && !stale && run.status === 'done' && model.status === 'ready' ? 'told' : 'running';
}

/** Ids that stand for the case's own text count as that text. */
function unpinned(experiment: SessionState['experiment']) {
  return { ...experiment, prompt: { ...experiment.prompt, tokenIds: null } };
}

function liveOf({ shown, sweep, paths, repeatedScores, reading, probe }: SessionState, { ask }: CaseStep): Live | null {
  if (!shown) return null;
  const { result, ladder } = shown;
  return {
    result,
    ladder,
    sweep: cameOf(sweep),
    paths: cameOf(paths),
    scores: repeatedScores.value,
    attribution: ask?.kind === 'reading' && reads(reading.value, ask.tokens) ? reading.value.attribution : null,
    probe,
    amplification: ask?.kind === 'amplification' ? measuredOf(shown, ask.of) : null,
  };
}

/** Another difference may have been asked about since. */
function measuredOf({ amplification: { value } }: NonNullable<SessionState['shown']>, of: DifferenceOf) {
  return JSON.stringify(value?.of) === JSON.stringify(of) ? value : null;
}

function cameOf<Cell>(run: CellRun<unknown, Cell> | null): Came<Cell> | null {
  if (!run) return null;
  const { clean, corrupted, cells, status } = run;
  return { clean, corrupted, cells, isDone: status === 'done' };
}

/** The Reading may have been asked for other tokens since. */
function reads(value: SessionState['reading']['value'], wanted: readonly number[]): value is NonNullable<typeof value> {
  return value !== null && value.tokens.map(({ id }) => id).join() === wanted.join();
}
