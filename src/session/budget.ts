// How many bytes the GPU may hold: the reader's choice for this machine. A model that lies otherwise under it is loaded again.
import { readByteCount } from '../engine/index.ts';
import { failureOf } from './failure.ts';
import { loadModel, loadNow, UNASKED_BYTES } from './loadModel.ts';
import { runWanted } from './running.ts';
import type { Sitting } from './sitting.ts';

/** Takes '2 GiB' and the like; an empty text is the adapter's own limit. */
export async function setBudget(sitting: Sitting, text: string): Promise<void> {
  const bytes = readByteCount(text);
  if (bytes === null && text.trim() !== '') {
    const problem = `${text.trim()} is no amount. Expected bytes, or a figure with KiB, MiB or GiB; nothing for the adapter's own limit.`;
    sitting.set({ budget: { ...sitting.state.budget, problem } });
    return;
  }
  try {
    const { loadAgain: isLaidOutAnew } = await sitting.client.ask({ kind: 'setBudget', budgetBytes: bytes });
    sitting.set({ budget: { bytes, problem: null } });
    const { status } = sitting.state.model;
    if (isLaidOutAnew) await loadAgain(sitting);
    else if (status === 'ready') await runWanted(sitting, 'replace');
    else if (status === 'failed' && (await loadModel(sitting, UNASKED_BYTES))) await runWanted(sitting, 'replace');
  } catch (error) {
    sitting.set({ budget: { ...sitting.state.budget, problem: failureOf(error).message } });
  }
}

/** Loads the model that the sitting had last, from where it came, and runs. */
export async function loadAgain(sitting: Sitting): Promise<void> {
  const from = sitting.loading.previous?.from;
  if (from && (await loadNow(sitting, from))) await runWanted(sitting, 'replace');
}
