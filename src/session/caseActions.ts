// Cases of the gallery: opened by name or by a link (#case=519-f32&step=2), a step at a time. Their texts are loaded with the first.
import type { Ask } from '../cases/case.ts';
import { runOnNow } from './asked.ts';
import { remember, sameSetup } from './edits.ts';
import { failureOf } from './failure.ts';
import { open } from './opening.ts';
import { readingActions } from './readingActions.ts';
import type { Session } from './session.ts';
import { showAmplification } from './showing.ts';
import type { Sitting } from './sitting.ts';

/** The actions of cases over a sitting. */
export function caseActions(sitting: Sitting): Pick<Session, 'openCase' | 'closeCase'> {
  return {
    openCase: (id, step) => {
      const { experiment, edits } = sitting.state;
      sitting.set({ edits: remember(edits, experiment) });
      sitting.track(openCase(sitting, id, step));
    },
    closeCase: () => sitting.set({ caseAt: null }),
  };
}

/** Opens the case that a link names; says whether it names one. What it names wrongly is told, and the default experiment runs. */
export async function openCaseLink(sitting: Sitting, hash: string): Promise<boolean> {
  const [, id, step = '1'] = /^#case=([\w-]+)(?:&step=(\d+))?$/.exec(hash) ?? [];
  if (id === undefined) return false;
  return openCase(sitting, id, Number(step) - 1);
}

async function openCase(sitting: Sitting, id: string, wanted: number): Promise<boolean> {
  const { findCase } = await import('../cases/cases.ts');
  const found = findCase(id);
  if (!found) return false;
  const at = Math.min(Math.max(0, wanted), found.steps.length - 1);
  const step = found.steps[at] ?? found.steps[0];
  sitting.set({ caseAt: { id, step: at }, probe: null });
  await open(sitting, { experiment: step.experiment, problems: [] });
  if (step.ask && sitting.state.run.status === 'done') await ask(sitting, step.ask);
  return true;
}

/** Asks what the open case asks beside its run, after a reload; nothing where there is none, or the reader had left its experiment. */
export async function askOfCase(sitting: Sitting): Promise<void> {
  const { caseAt, experiment, run } = sitting.state;
  if (!caseAt || run.status !== 'done') return;
  const { findCase } = await import('../cases/cases.ts');
  const step = findCase(caseAt.id)?.steps[caseAt.step];
  if (step?.ask && sameSetup(experiment, step.experiment)) await ask(sitting, step.ask);
}

async function ask(sitting: Sitting, asked: Ask): Promise<void> {
  const readings = readingActions(sitting);
  switch (asked.kind) {
    case 'scores':
      return readings.scoreHeads();
    case 'reading':
      sitting.set({ selectedPosition: sitting.state.tokens.length - 1 });
      return readings.readPrediction(asked.tokens);
    case 'probe':
      return probe(sitting, asked.what);
    case 'amplification':
      return showAmplification(sitting, asked.of);
    default:
      return asked satisfies never;
  }
}

async function probe(sitting: Sitting, what: Extract<Ask, { kind: 'probe' }>['what']): Promise<void> {
  const signal = sitting.jobs.begin('probe');
  const { spec, tokenIds } = runOnNow(sitting.state);
  try {
    const answer = await sitting.client.ask({ kind: 'probe', what, spec, tokenIds }, { signal });
    if (!signal.aborted) sitting.set({ probe: answer });
  } catch (error) {
    if (!signal.aborted) sitting.set({ notice: { text: failureOf(error).message, tone: 'bad' } });
  }
}
