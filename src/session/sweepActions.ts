// Actions of sweeps, of edits and of paths: run one over the prompts of now, end it. Cells are shown as they come.
import type { PathSweep, Sweep } from '../engine/index.ts';
import { noteAsked, runOnNow } from './asked.ts';
import { failureOf } from './failure.ts';
import type { Session } from './session.ts';
import type { Sitting } from './sitting.ts';
import type { PathRun, SweepRun } from './state.ts';

type SweepActions = Pick<Session, 'runSweep' | 'cancelSweep' | 'runPaths' | 'cancelPaths'>;

/** The actions of sweeps over a sitting. */
export function sweepActions(sitting: Sitting): SweepActions {
  return {
    runSweep: (sweep) => {
      noteAsked(sitting, { sweep });
      sitting.track(runSweep(sitting, sweep));
    },
    cancelSweep: () => {
      sitting.jobs.end('sweep');
      const { sweep } = sitting.state;
      if (sweep?.status === 'running') sitting.set({ sweep: { ...sweep, status: 'cancelled' } });
    },
    runPaths: (paths) => {
      noteAsked(sitting, { paths });
      sitting.track(runPaths(sitting, paths));
    },
    cancelPaths: () => {
      sitting.jobs.end('paths');
      const { paths } = sitting.state;
      if (paths?.status === 'running') sitting.set({ paths: { ...paths, status: 'cancelled' } });
    },
  };
}

/** Sweeps the prompts of now; a sweep that is under way ends. */
export async function runSweep(sitting: Sitting, sweep: Sweep): Promise<void> {
  const signal = sitting.jobs.begin('sweep');
  const on = runOnNow(sitting.state);
  let shown: SweepRun = { sweep, on, status: 'running', clean: null, corrupted: null, cells: [], total: 0 };
  const show = (patch: Partial<SweepRun>) => {
    shown = { ...shown, ...patch };
    sitting.set({ sweep: shown });
  };
  sitting.set({ sweep: shown, sweepProblem: null });
  try {
    const done = await sitting.client.ask(
      { kind: 'sweep', ...on, sweep },
      {
        signal,
        onProgress: (progress) => {
          if (progress.kind !== 'sweep' || signal.aborted) return;
          const { clean, corrupted, total, cells } = progress;
          show({ clean, corrupted, total, cells: [...shown.cells, ...cells] });
        },
      },
    );
    if (signal.aborted) return;
    const { clean, corrupted, cells } = done;
    show({ status: 'done', clean, corrupted, cells, total: cells.length });
    sitting.set({ notice: { text: `Swept ${cells.length} edits`, tone: 'info' } });
  } catch (error) {
    if (!signal.aborted) sitting.set({ sweep: null, sweepProblem: failureOf(error).message });
  }
}

/** Asks what each sender tells the receivers, over the prompts of now. */
export async function runPaths(sitting: Sitting, paths: PathSweep): Promise<void> {
  const signal = sitting.jobs.begin('paths');
  const on = runOnNow(sitting.state);
  let shown: PathRun = { paths, on, status: 'running', clean: null, corrupted: null, cells: [], total: 0 };
  const show = (patch: Partial<PathRun>) => {
    shown = { ...shown, ...patch };
    sitting.set({ paths: shown });
  };
  sitting.set({ paths: shown, pathsProblem: null });
  try {
    const done = await sitting.client.ask(
      { kind: 'paths', ...on, sweep: paths },
      {
        signal,
        onProgress: (progress) => {
          if (progress.kind !== 'paths' || signal.aborted) return;
          const { clean, corrupted, total, cell } = progress;
          show({ clean, corrupted, total, cells: [...shown.cells, cell] });
        },
      },
    );
    if (signal.aborted) return;
    show({ status: 'done', ...done, total: done.cells.length });
    sitting.set({ notice: { text: `Patched ${done.cells.length} paths`, tone: 'info' } });
  } catch (error) {
    if (!signal.aborted) sitting.set({ paths: null, pathsProblem: failureOf(error).message });
  }
}
