// What sweeps gave, kept by the tab through a reload: the same question to the same model on the same prompts, adapter and version of the
// page is answered by what came before; anything else is asked again. Too many cells for a tab's storage are asked again too.
import * as v from 'valibot';
import { sender, site } from '../share/schema/asked.ts';
import { runOnNow } from './asked.ts';
import type { Sitting } from './sitting.ts';
import type { CellRun, SessionState, SweepKind } from './state.ts';

const MAX_CELLS = 4096; // some 400 KB of the tab's 5 MB

const value = v.pipe(
  v.nullable(v.number()),
  v.transform((number) => number ?? Number.NaN), // JSON has no NaN: a metric of logits that overflowed
);
const place = v.nullable(v.number());

function runOf<Cell extends v.GenericSchema>(cell: Cell) {
  const run = v.object({
    key: v.string(),
    status: v.picklist(['done', 'cancelled']),
    clean: value,
    corrupted: v.nullable(v.number()),
    cells: v.array(cell),
    total: v.number(),
  });
  return v.nullable(run);
}

/** The schema of what is kept; what does not fit it is as nothing. */
export const keptCells = v.fallback(
  v.object({
    sweep: runOf(v.object({ site, layer: v.number(), head: place, position: place, value })),
    paths: runOf(v.object({ sender, value })),
  }),
  { sweep: null, paths: null },
);

export type KeptCells = v.InferOutput<typeof keptCells>;

export const NO_CELLS: KeptCells = { sweep: null, paths: null };

/** What there is to keep of the sweeps that have ended. */
export function cellsToKeep({ sweep, paths, shown }: SessionState): KeptCells {
  return { sweep: ended(sweep, shown), paths: ended(paths, shown) };
}

function ended<Asked, Cell>(run: CellRun<Asked, Cell> | null, shown: SessionState['shown']) {
  if (!run || run.status === 'running' || run.clean === null || run.cells.length > MAX_CELLS) return null;
  const { asked, on, status, clean, corrupted, cells, total } = run;
  return { key: keyOf(asked, on, shown), status, clean, corrupted, cells: [...cells], total };
}

/** Shows what an earlier page of this tab had of the wanted sweep; says whether it had that. */
export function showKept(sitting: Sitting, kept: KeptCells, kind: SweepKind): boolean {
  const { experiment, shown } = sitting.state;
  const on = runOnNow(sitting.state);
  const isSame = (run: { readonly key: string } | null) => run?.key === keyOf(experiment[kind], on, shown);
  if (kind === 'sweep' && experiment.sweep && kept.sweep && isSame(kept.sweep)) {
    const { key: _, ...run } = kept.sweep;
    sitting.set({ sweep: { ...run, asked: experiment.sweep, on } });
    return true;
  }
  if (kind === 'paths' && experiment.paths && kept.paths && isSame(kept.paths)) {
    const { key: _, ...run } = kept.paths;
    sitting.set({ paths: { ...run, asked: experiment.paths, on } });
    return true;
  }
  return false;
}

function keyOf(asked: unknown, on: unknown, shown: SessionState['shown']): string {
  const { modelHash, adapter, appVersion } = shown?.result.fingerprint ?? {};
  return JSON.stringify([asked, on, modelHash, adapter, appVersion]);
}
