// Actions of sweeps, of edits and of paths: run one over the prompts of now, end it. Cells are shown as they come.
import type { PathCell, PathSweep, Sweep, SweepCell } from '../engine/index.ts';
import { noteAsked, runOnNow } from './asked.ts';
import { failureOf } from './failure.ts';
import type { Session } from './session.ts';
import type { Sitting } from './sitting.ts';
import type { CellRun, RanOn, SweepKind } from './state.ts';

type SweepActions = Pick<
  Session,
  'runSweep' | 'prepareSweep' | 'cancelSweep' | 'runPaths' | 'preparePaths' | 'cancelPaths'
>;

/** The actions of sweeps over a sitting. */
export function sweepActions(sitting: Sitting): SweepActions {
  return {
    runSweep: (sweep) => {
      noteAsked(sitting, { sweep });
      sitting.track(runSweep(sitting, sweep));
    },
    prepareSweep: (sweep) => {
      const prepared = sitting.client.ask({ kind: 'compileSweep', ...runOnNow(sitting.state), sweep });
      sitting.track(prepared.catch(() => {})); // the sweep itself tells why it cannot run
    },
    cancelSweep: () => cancel(sitting, 'sweep'),
    runPaths: (paths) => {
      noteAsked(sitting, { paths });
      sitting.track(runPaths(sitting, paths));
    },
    preparePaths: (paths) => {
      const prepared = sitting.client.ask({ kind: 'compilePaths', ...runOnNow(sitting.state), sweep: paths });
      sitting.track(prepared.catch(() => {})); // the paths themselves tell why they cannot run
    },
    cancelPaths: () => cancel(sitting, 'paths'),
  };
}

/** Sweeps the prompts of now; a sweep that is under way ends. */
export function runSweep(sitting: Sitting, sweep: Sweep): Promise<void> {
  return run<Sweep, SweepCell>(sitting, sweep, {
    kind: 'sweep',
    show: (shown) => sitting.set({ sweep: shown }),
    fail: (problem) => sitting.set({ sweepProblem: problem }),
    ask: (on, { signal, onCells }) =>
      sitting.client.ask(
        { kind: 'sweep', ...on, sweep },
        { signal, onProgress: (progress) => progress.kind === 'sweep' && onCells(progress) },
      ),
    words: (n) => `Swept ${n} edits`,
  });
}

/** Asks what each sender tells the receivers, over the prompts of now; paths that are under way end. */
export function runPaths(sitting: Sitting, paths: PathSweep): Promise<void> {
  return run<PathSweep, PathCell>(sitting, paths, {
    kind: 'paths',
    show: (shown) => sitting.set({ paths: shown }),
    fail: (problem) => sitting.set({ pathsProblem: problem }),
    ask: (on, { signal, onCells }) =>
      sitting.client.ask(
        { kind: 'paths', ...on, sweep: paths },
        { signal, onProgress: (progress) => progress.kind === 'paths' && onCells(progress) },
      ),
    words: (n) => `Patched ${n} paths`,
  });
}

type Came<Cell> = { readonly clean: number; readonly corrupted: number | null; readonly cells: readonly Cell[] };

/** What a sweep of edits and one of paths differ in. */
type Way<Asked, Cell> = {
  readonly kind: SweepKind;
  readonly show: (shown: CellRun<Asked, Cell> | null) => void;
  readonly fail: (problem: string | null) => void;
  readonly ask: (
    on: RanOn,
    by: { readonly signal: AbortSignal; readonly onCells: (came: Came<Cell> & { readonly total: number }) => void },
  ) => Promise<Came<Cell>>;
  readonly words: (nCells: number) => string;
};

async function run<Asked, Cell>(
  sitting: Sitting,
  asked: Asked,
  { kind, show, fail, ask, words }: Way<Asked, Cell>,
): Promise<void> {
  const signal = sitting.jobs.begin(kind);
  const on = runOnNow(sitting.state);
  let shown: CellRun<Asked, Cell> = { asked, on, status: 'running', clean: null, corrupted: null, cells: [], total: 0 };
  const add = (patch: Partial<CellRun<Asked, Cell>>) => {
    shown = { ...shown, ...patch };
    show(shown);
  };
  fail(null);
  show(shown);
  try {
    const { clean, corrupted, cells } = await ask(on, {
      signal,
      onCells: ({ cells: came, ...own }) => {
        if (!signal.aborted)
          add({ clean: own.clean, corrupted: own.corrupted, total: own.total, cells: [...shown.cells, ...came] });
      },
    });
    if (signal.aborted) return;
    add({ status: 'done', clean, corrupted, cells, total: cells.length });
    sitting.set({ notice: { text: words(cells.length), tone: 'info' } });
  } catch (error) {
    if (signal.aborted) return;
    show(null);
    fail(failureOf(error).message);
  }
}

function cancel(sitting: Sitting, kind: SweepKind): void {
  sitting.jobs.end(kind);
  const { sweep, paths } = sitting.state;
  if (kind === 'sweep' && sweep?.status === 'running') sitting.set({ sweep: { ...sweep, status: 'cancelled' } });
  if (kind === 'paths' && paths?.status === 'running') sitting.set({ paths: { ...paths, status: 'cancelled' } });
}
