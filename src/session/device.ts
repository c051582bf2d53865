// Device and model of a sitting: open the GPU, load the experiment's model, hear of a lost device.
import type { Progress } from '../worker/protocol.ts';
import { failureOf } from './failure.ts';
import { milliseconds } from './notices.ts';
import type { Sitting } from './sitting.ts';

/** Opens the device; says whether there is one. */
export async function openDevice(sitting: Sitting): Promise<boolean> {
  try {
    sitting.set({ gate: { status: 'open', adapter: await sitting.client.ask({ kind: 'openDevice' }) } });
    return true;
  } catch (error) {
    sitting.set({ gate: { status: 'closed', failure: failureOf(error) } });
    return false;
  }
}

/** Loads the experiment's model, unless it is the one that is there; says whether it is there. */
export async function loadModel(sitting: Sitting): Promise<boolean> {
  const { model, experiment } = sitting.state;
  const reference = experiment.model;
  if (model.status === 'ready' && JSON.stringify(model.model.reference) === JSON.stringify(reference)) return true;
  const name = reference.source === 'hub' ? reference.repo : reference.name;
  sitting.set({ model: { status: 'loading', name, progress: null } });
  try {
    const startedMs = performance.now();
    const onProgress = (progress: Progress) => sitting.set({ model: { status: 'loading', name, progress } });
    const loaded = await sitting.client.ask({ kind: 'loadModel', reference }, { onProgress });
    sitting.set({ model: { status: 'ready', model: loaded } });
    sitting.note({ text: `Loaded ${name} in ${milliseconds(performance.now() - startedMs)} ms`, tone: 'info' });
    return true;
  } catch (error) {
    const failure = failureOf(error);
    sitting.set({ model: { status: 'failed', name, failure } });
    sitting.note({ text: `Could not load ${name}: ${failure.message}`, tone: 'bad' });
    return false;
  }
}

/** From then on, a lost device stops the run and closes the gate with its reason. Returns the way to stop. */
export function watchDevice(sitting: Sitting): () => void {
  return sitting.client.onDeviceLost(({ reason, message }) => {
    sitting.abort();
    sitting.set({ gate: { status: 'lost', reason, message }, run: { status: 'idle' } });
    sitting.note({ text: `GPU lost (${reason}): ${message}`, tone: 'bad' });
  });
}
