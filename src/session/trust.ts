// Trust in the instrument: the canary is asked for once the first result is shown, so that it delays none, and again on another device;
// the verification when the reader wants it.
import { type Verification, verificationWords } from '../engine/index.ts';
import { failureOf } from './failure.ts';
import type { Session } from './session.ts';
import type { Sitting } from './sitting.ts';

/** The actions of the verification over a sitting. */
export function trustActions(sitting: Sitting): Pick<Session, 'verifyGpu' | 'cancelVerification'> {
  let controller = new AbortController();
  return {
    verifyGpu: () => {
      controller.abort();
      controller = new AbortController();
      sitting.track(verify(sitting, controller.signal));
    },
    cancelVerification: () => {
      controller.abort();
      const { verification } = sitting.state;
      if (verification?.status === 'running') sitting.set({ verification: { ...verification, status: 'cancelled' } });
    },
  };
}

async function verify(sitting: Sitting, signal: AbortSignal): Promise<void> {
  let now: Verification = { status: 'running', rows: [], total: 0, problem: null };
  const put = (patch: Partial<Verification>) => {
    if (signal.aborted) return;
    now = { ...now, ...patch };
    sitting.set({ verification: now });
  };
  put({});
  try {
    await sitting.client.ask(
      { kind: 'verify' },
      {
        signal,
        onProgress: (progress) => {
          if (progress.kind === 'verify') put({ rows: [...now.rows, ...progress.rows], total: progress.total });
        },
      },
    );
    put({ status: 'done' });
  } catch (error) {
    put({ status: 'failed', problem: failureOf(error).message });
  }
  if (signal.aborted) return;
  const tone = now.status === 'done' && now.rows.every(({ passes }) => passes) ? 'good' : 'bad';
  const notice = { text: `GPU verified. ${verificationWords(now)}`, tone } as const;
  sitting.set({ notice });
  sitting.note(notice);
}

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
