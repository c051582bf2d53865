// The engines that are not ours, as ports: whoever has ONNX Runtime, or a file of captures, hands over how to get activations from it.
// The engine itself imports neither.
import type { Activation } from '../capture/captured.ts';
import { UploadedCapture } from '../capture/uploadedCapture.ts';
import { countedSince, type GpuCounters } from '../gpu/counters.ts';
import type { Gpu } from '../gpu/device.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { MemoryPlan } from '../model/memoryPlan.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Experiment } from './experiment.ts';
import { hookInfos } from './hookInfos.ts';
import type { RunReport } from './result.ts';
import type { RunSpec } from './runSpec.ts';

export type OtherRequest = {
  readonly spec: RunSpec;
  readonly tokenIds: readonly number[]; // [pos]
  readonly corruptedTokenIds: readonly number[] | null; // where interventions read it
  readonly interventions: Experiment['interventions'];
  readonly reference: ReadonlyMap<HookName, Shape> | null; // of the run that it will be compared with, where that ran before
  readonly signal?: AbortSignal;
};

/** A run's activations in running order, batch axis left out; and what the reader should know of them, in sentences. */
export type OtherCaptures = {
  readonly activations: ReadonlyMap<HookName, Activation>;
  readonly notes: readonly string[];
  readonly notApplied?: RunReport['notApplied']; // left out: this engine carries out no interventions
};

export type OtherEngine = (request: OtherRequest) => Promise<OtherCaptures>;

export type OtherEngines = Partial<Record<Exclude<RunSpec['engine'], 'webgpu'>, OtherEngine>>;

export type OtherRun = { readonly report: RunReport; readonly uploaded: UploadedCapture };

/** Runs one side elsewhere and puts what comes back on the GPU. Throws where this host has no such engine, and what it throws. */
export async function runElsewhere(gpu: Gpu, engines: OtherEngines, request: OtherRequest): Promise<OtherRun> {
  const before = { ...gpu.counters };
  const answered = await askEngine(engines, request);
  const uploaded = await UploadedCapture.make(gpu, answered.captures.activations);
  const { capture } = uploaded;
  const report = reportOf(request, answered, {
    hooks: hookInfos(capture),
    counters: countedSince(before, gpu.counters),
    gpuBytes: memoryOf(gpu, capture.storedBytes),
  });
  return { report, uploaded };
}

export type Answered = { readonly captures: OtherCaptures; readonly elapsedMs: number };

/** Runs one side on the engine that it names. Throws where this host has none of that name, and what it throws. */
export async function askEngine(engines: OtherEngines, request: OtherRequest): Promise<Answered> {
  const { spec, signal } = request;
  const engine = spec.engine === 'webgpu' ? undefined : engines[spec.engine];
  if (!engine) throw new Error(`engine=${spec.engine} is not available here: ${howToGet(spec)}`);
  const startedMs = performance.now();
  const captures = await engine(request);
  const elapsedMs = performance.now() - startedMs;
  signal?.throwIfAborted();
  return { captures, elapsedMs };
}

/** The report of a run elsewhere; `held`: how its captures lie here. */
export function reportOf(
  { spec, interventions }: OtherRequest,
  { captures: { notes, notApplied }, elapsedMs }: Answered,
  { hooks, counters, gpuBytes }: Pick<RunReport, 'hooks' | 'gpuBytes'> & { readonly counters: GpuCounters },
): RunReport {
  return {
    spec,
    elapsedMs,
    hooks,
    counters: { ...counters, multiplyAdds: 0 },
    kernels: [],
    notApplied:
      notApplied ??
      interventions.flatMap(({ enabled }, index) =>
        enabled ? [{ index, why: `engine=${spec.engine} carries out no interventions; use engine=webgpu` }] : [],
      ),
    notes,
    gpuBytes,
  };
}

/** What a run elsewhere takes on the GPU: its captures alone. */
function memoryOf(gpu: Gpu, captures: number): MemoryPlan {
  const { liveBytes, budgetBytes } = gpu.memory;
  const none = { weights: 0, activations: 0, staging: 0, streamed: false };
  return { ...none, captures, others: liveBytes - captures, total: liveBytes, budget: budgetBytes };
}

function howToGet({ engine }: RunSpec): string {
  if (engine === 'webgpu') return 'there is no WebGPU; use engine=onnx, f64 or ieee';
  if (engine === 'file') return 'drop a capture file into the page first';
  return engine.startsWith('onnx') ? 'this host brings no ONNX Runtime' : 'this host did not keep the checkpoint';
}
