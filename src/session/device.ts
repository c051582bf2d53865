// The device of a sitting: open the GPU, hear of a lost device.
import { failureOf } from './failure.ts';
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

/** From then on, a lost device stops the run and closes the gate with its reason. Returns the way to stop. */
export function watchDevice(sitting: Sitting): () => void {
  return sitting.client.onDeviceLost(({ reason, message }) => {
    sitting.abort();
    sitting.set({ gate: { status: 'lost', reason, message }, run: { status: 'idle' } });
    sitting.note({ text: `GPU lost (${reason}): ${message}`, tone: 'bad' });
  });
}
