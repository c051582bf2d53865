// The device of a sitting: open the GPU, or go on without one; hear of a lost device.
import { DEFAULT_RUN_SPEC, type Experiment, type RunSpec } from '../engine/index.ts';
import { endAsked } from './asked.ts';
import { failureOf } from './failure.ts';
import type { Sitting } from './sitting.ts';

/** Opens the device; says whether the sitting can go on, on it or on the processor. */
export async function openDevice(sitting: Sitting): Promise<boolean> {
  try {
    const adapter = await sitting.client.ask({ kind: 'openDevice' });
    sitting.set({ gate: { status: 'open', adapter }, verification: null }); // another device is verified anew
    return true;
  } catch (error) {
    return goWithout(sitting, error);
  }
}

/** Where there is no GPU the other engines still run. */
async function goWithout(sitting: Sitting, error: unknown): Promise<boolean> {
  const failure = failureOf(error);
  const hasNone = failure.kind === 'no-webgpu' || failure.kind === 'no-adapter';
  if (hasNone) await sitting.client.ask({ kind: 'openDevice', on: 'processor' });
  sitting.set({ gate: { status: hasNone ? 'without' : 'closed', failure } });
  return hasNone;
}

/** An experiment as this sitting's device can run it: without a GPU our own kernels give way to ONNX Runtime. */
export function fitToDevice({ state: { gate } }: Sitting, experiment: Experiment): Experiment {
  if (gate.status !== 'without') return experiment;
  const { a, b } = experiment;
  return { ...experiment, a: onProcessor(a), b: onProcessor(b) };
}

function onProcessor(spec: RunSpec): RunSpec {
  if (spec.engine !== 'webgpu') return spec;
  return { ...DEFAULT_RUN_SPEC, engine: 'onnx', qkv: spec.qkv, kv: spec.kv };
}

/** From then on, a lost device stops the run and closes the gate with its reason. Returns the way to stop. */
export function watchDevice(sitting: Sitting): () => void {
  return sitting.client.onDeviceLost(({ reason, message }) => {
    sitting.abort();
    endAsked(sitting);
    sitting.set({ gate: { status: 'lost', reason, message }, run: { status: 'idle' } });
    sitting.note({ text: `GPU lost (${reason}): ${message}`, tone: 'bad' });
  });
}
