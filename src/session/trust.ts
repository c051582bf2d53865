// Trust in the instrument: the canary is asked for once the first result is shown, so that it delays none, and again on another device.
import { failureOf } from './failure.ts';
import type { Sitting } from './sitting.ts';

/** Measures each device that opens, when its first run is shown. Returns the way to stop. */
export function followAdapter(sitting: Sitting): () => void {
  let asked: object | null = null; // the adapter last asked about
  return sitting.store.subscribe(({ gate, run, stale }) => {
    if (gate.status !== 'open' || run.status !== 'done' || stale || gate.adapter === asked) return;
    asked = gate.adapter;
    if (gate.adapter.canary === null) sitting.track(measure(sitting, gate.adapter));
  });
}

async function measure(sitting: Sitting, adapter: object): Promise<void> {
  try {
    const canary = await sitting.client.ask({ kind: 'measureAdapter' });
    const { gate } = sitting.state;
    if (gate.status === 'open' && gate.adapter === adapter) {
      sitting.set({ gate: { status: 'open', adapter: { ...gate.adapter, canary } } });
    }
  } catch (error) {
    const { kind, message } = failureOf(error);
    if (kind !== 'device-lost') sitting.note({ text: `The canary failed: ${message}`, tone: 'bad' }); // a lost device has its own banner
  }
}
