// Opening an experiment that came from elsewhere: a link, a file, a case. Loads its model, runs it, and asks what it asks beside its runs.
import type { OpenedLink } from '../share/openedLink.ts';
import { endAsked } from './asked.ts';
import { runContinuation } from './continuationActions.ts';
import { fitToDevice } from './device.ts';
import { type KeptCells, NO_CELLS, showKept } from './keptCells.ts';
import { loadModel } from './loadModel.ts';
import { runFitted } from './modelActions.ts';
import { showOutputs } from './showing.ts';
import { NOTHING_READ, type Sitting } from './sitting.ts';
import { runPaths, runSweep } from './sweepActions.ts';

/** Opens it in place of what is there. */
export async function open(
  sitting: Sitting,
  { experiment, problems }: OpenedLink,
  cells: KeptCells = NO_CELLS, // of an earlier page of this tab
): Promise<void> {
  const linkProblem = problems.length === 0 ? null : problems.join(' ');
  endAsked(sitting); // it belongs to the experiment before
  const fitted = fitToDevice(sitting, experiment);
  sitting.set({ experiment: fitted, linkProblem, reproduction: null, opened: fitted, ...NOTHING_READ });
  if (!(await loadModel(sitting))) return;
  await runFitted(sitting, 'replace');
  askAgain(sitting, cells);
}

/** Asks what the link asks beside its runs, unless it is known. */
function askAgain(sitting: Sitting, cells: KeptCells): void {
  const { run, experiment } = sitting.state;
  if (run.status !== 'done') return;
  const looksAt = (experiment.sweep ?? experiment.paths)?.position;
  if (looksAt !== undefined && looksAt < sitting.state.tokens.length) {
    sitting.set({ selectedPosition: looksAt });
    sitting.track(showOutputs(sitting, looksAt));
  }
  if (experiment.sweep && !showKept(sitting, cells, 'sweep')) sitting.track(runSweep(sitting, experiment.sweep));
  if (experiment.paths && !showKept(sitting, cells, 'paths')) sitting.track(runPaths(sitting, experiment.paths));
  if (experiment.continuation) sitting.track(runContinuation(sitting, experiment.continuation));
}
