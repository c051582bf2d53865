// What a tab keeps through a reload: the experiment, its edits, the log and the cells of sweeps, in a storage of the tab's own, so that two tabs do
// not disturb each other. What is read back is checked as a stranger's link is.
import * as v from 'valibot';
import type { Experiment } from '../engine/index.ts';
import { experimentSchema } from '../share/experiment.ts';
import { fingerprint } from '../share/schema/fingerprint.ts';
import type { Edits } from './edits.ts';
import { cellsToKeep, type KeptCells, keptCells, NO_CELLS } from './keptCells.ts';
import type { LogEntry } from './logEntry.ts';
import type { Sitting } from './sitting.ts';
import type { SessionState } from './state.ts';

/** The host's storage of one text; `save` may throw where the storage is full or closed. */
export type Memory = { load(): string | null; save(text: string): void };

export type Kept = {
  readonly address: string; // the fragment that the address bar last followed to
  readonly earlierAddresses: readonly string[]; // those before it, newest first
  readonly experiment: Experiment;
  readonly selectedPosition: number;
  readonly edits: Edits;
  readonly log: readonly LogEntry[];
  readonly cells: KeptCells;
  readonly caseAt: SessionState['caseAt'];
};

const SAVE_DELAY_MS = 300;

const notice = v.object({ text: v.string(), tone: v.picklist(['info', 'good', 'bad']) });
const elapsed = v.nullable(v.number());
const entry = v.variant('kind', [
  v.object({ kind: v.literal('event'), id: v.number(), atMs: v.number(), notice }),
  v.object({
    kind: v.literal('run'),
    id: v.number(),
    atMs: v.number(),
    experiment: experimentSchema,
    nTokens: v.number(),
    elapsedMs: v.object({ a: elapsed, b: elapsed }),
    next: v.nullable(v.object({ text: v.string(), probability: v.number() })),
    notice,
    fingerprint,
  }),
]);
const kept = v.object({
  address: v.string(),
  earlierAddresses: v.optional(v.array(v.string()), []),
  experiment: experimentSchema,
  selectedPosition: v.number(),
  edits: v.object({ past: v.array(experimentSchema), future: v.array(experimentSchema) }),
  log: v.array(entry),
  cells: keptCells,
  caseAt: v.optional(v.nullable(v.object({ id: v.string(), step: v.pipe(v.number(), v.integer()) })), null),
});

/** Reads what an earlier page of this tab kept; null where there is nothing, or nothing that can be used. */
export function recall(memory: Memory): Kept | null {
  try {
    const text = memory.load();
    const parsed = text === null ? null : v.safeParse(kept, JSON.parse(text));
    return parsed?.success ? parsed.output : null;
  } catch {
    return null; // closed storage or cut text: the sitting begins anew, its link still holds the experiment
  }
}

/** Keeps the sitting from now on, a moment after each change. Returns the way to write at once, as before the page goes. */
export function keep(sitting: Sitting, memory: Memory): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    const { experiment, selectedPosition, edits, log, caseAt } = sitting.state;
    const cells = cellsToKeep(sitting.state);
    const { address, earlierAddresses } = sitting;
    save(memory, { address, earlierAddresses, experiment, selectedPosition, edits, log, cells, caseAt });
  };
  sitting.store.subscribe((now, before) => {
    const isSame =
      now.experiment === before.experiment &&
      now.edits === before.edits &&
      now.log === before.log &&
      now.sweep === before.sweep &&
      now.paths === before.paths &&
      now.caseAt === before.caseAt &&
      now.selectedPosition === before.selectedPosition;
    if (!isSame) timer ??= setTimeout(write, SAVE_DELAY_MS);
  });
  return write;
}

/** Saves; where the storage is full, what can be asked again is left out, then the older half of edits and log, until it fits. */
function save(memory: Memory, state: Kept): void {
  try {
    memory.save(JSON.stringify(state));
  } catch {
    const { edits, log, cells } = state;
    if (cells.sweep || cells.paths) {
      save(memory, { ...state, cells: NO_CELLS });
      return;
    }
    if (edits.past.length + log.length === 0) return; // storage is closed to this page
    const half = <T>(list: readonly T[]) => list.slice(Math.ceil(list.length / 2));
    save(memory, { ...state, edits: { past: half(edits.past), future: [] }, log: half(log) });
  }
}
