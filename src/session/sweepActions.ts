// Actions of sweeps: run one over the prompts of now, end it. Cells are shown as they come.
import type { Sweep, SweepCell } from '../engine/index.ts';
import type { Progress } from '../worker/protocol.ts';
import { failureOf } from './failure.ts';
import type { Session } from './session.ts';
import type { Sitting } from './sitting.ts';
import type { RanOn, SessionState, SweepRun } from './state.ts';

/** What a sweep or a reading runs now: A's specification, or B's where B runs alone. */
export function runOnNow({ experiment, tokens, corruptedTokens }: SessionState): RanOn {
  return {
    spec: experiment.mode === 'split' ? experiment.b : experiment.a,
    tokenIds: tokens.map(({ id }) => id),
    corruptedTokenIds: corruptedTokens?.map(({ id }) => id) ?? null,
  };
}

/** The actions of sweeps over a sitting. */
export function sweepActions(sitting: Sitting): Pick<Session, 'runSweep' | 'cancelSweep'> {
  let controller = new AbortController();
  return {
    runSweep: (sweep) => {
      controller.abort();
      controller = new AbortController();
      sitting.track(run(sitting, sweep, controller.signal));
    },
    cancelSweep: () => {
      controller.abort();
      const { sweep } = sitting.state;
      if (sweep?.status === 'running') sitting.set({ sweep: { ...sweep, status: 'cancelled' } });
    },
  };
}

async function run(sitting: Sitting, sweep: Sweep, signal: AbortSignal): Promise<void> {
  const on = runOnNow(sitting.state);
  const begun: SweepRun = { sweep, on, status: 'running', clean: null, corrupted: null, cells: [], total: 0 };
  let cells: readonly SweepCell[] = [];
  sitting.set({ sweep: begun, sweepProblem: null });
  const onProgress = (progress: Progress) => {
    if (progress.kind !== 'sweep' || signal.aborted) return;
    const { clean, corrupted, total } = progress;
    cells = [...cells, ...progress.cells];
    sitting.set({ sweep: { ...begun, clean, corrupted, total, cells } });
  };
  try {
    const done = await sitting.client.ask({ kind: 'sweep', ...on, sweep }, { signal, onProgress });
    if (signal.aborted) return;
    const { clean, corrupted } = done;
    sitting.set({
      sweep: { ...begun, status: 'done', clean, corrupted, cells: done.cells, total: done.cells.length },
      notice: { text: `Swept ${done.cells.length} edits in ${done.dispatches} dispatches`, tone: 'info' },
    });
  } catch (error) {
    if (!signal.aborted) sitting.set({ sweep: null, sweepProblem: failureOf(error).message });
  }
}
