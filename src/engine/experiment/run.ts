// Runs an experiment on a loaded model: A, B or both, compared hook by hook. Prepared runs are kept, so that the same experiment
// again allocates and compiles nothing; captures stay on the GPU until the next length or specification needs the memory.
import { structuralFacts } from '../analysis/facts.ts';
import { compareCaptures } from '../analysis/ladder.ts';
import type { Capture } from '../capture/capture.ts';
import type { CaptureRequest } from '../capture/captureRequest.ts';
import { countedSince } from '../gpu/counters.ts';
import { storedBytes } from '../gpu/gpuTensor.ts';
import type { Model } from '../model/model.ts';
import { type PreparedRun, prepareRun } from '../model/prepareRun.ts';
import type { Experiment } from './experiment.ts';
import { type FingerprintSource, fingerprintOf } from './fingerprintOf.ts';
import type { ExperimentResult, KernelTime, RunReport } from './result.ts';
import { parseOrder, type RunSpec, whyNotRunnable } from './runSpec.ts';

export type RunSide = 'a' | 'b';

/** One side as it was run: its report, and its activations on the GPU. */
export type SideRun = { readonly report: RunReport; readonly capture: Capture };

export type ExperimentRun = {
  readonly result: Omit<ExperimentResult, 'runId'>;
  readonly a: SideRun | null;
  readonly b: SideRun | null;
};

export type RunOptions = {
  readonly capture?: CaptureRequest; // left out: 'standard'
  readonly profile?: boolean; // also time each dispatch, in a second pass
  readonly onPhase?: (side: RunSide, phase: 'running' | 'comparing') => void;
  readonly signal?: AbortSignal;
};

/** Prepared runs of one model by specification, at the length last run. Whoever made it frees it by `destroy`. */
export class ExperimentRunner {
  readonly #model: Model;
  readonly #modelHash: string;
  readonly #appVersion: string;
  readonly #prepared = new Map<RunSide, { readonly key: string; readonly run: PreparedRun }>();

  constructor(model: Model, about: { readonly modelHash: string; readonly appVersion: string }) {
    this.#model = model;
    this.#modelHash = about.modelHash;
    this.#appVersion = about.appVersion;
  }

  /** Runs an experiment on these ids. Throws with the reason where a specification cannot run, and what `prepareRun` throws. */
  async run(experiment: Experiment, tokenIds: readonly number[], options: RunOptions = {}): Promise<ExperimentRun> {
    const { mode } = experiment;
    const a = mode === 'split' ? null : await this.#side('a', experiment.a, tokenIds, options);
    options.signal?.throwIfAborted();
    const b = mode === 'fused' ? null : await this.#side('b', experiment.b, tokenIds, options);
    options.signal?.throwIfAborted();
    options.onPhase?.('b', 'comparing');
    const ladder = a && b ? await compareCaptures(a.capture, b.capture, experiment.tolerance) : [];
    const shown = b ?? a;
    const facts = shown ? await this.#facts(shown) : [];
    const fingerprint = await fingerprintOf(this.#fingerprintSource(tokenIds, a, b));
    return { result: { tokenIds, a: a?.report ?? null, b: b?.report ?? null, ladder, facts, fingerprint }, a, b };
  }

  destroy(): void {
    for (const { run } of this.#prepared.values()) run.destroy();
    this.#prepared.clear();
  }

  async #side(side: RunSide, spec: RunSpec, tokenIds: readonly number[], options: RunOptions): Promise<SideRun> {
    options.onPhase?.(side, 'running');
    const { gpu } = this.#model;
    const before = { ...gpu.counters };
    const prepared = await this.#prepare(side, spec, tokenIds.length, options.capture ?? 'standard');
    const startedMs = performance.now();
    await prepared.execute(tokenIds, undefined, options.signal);
    const elapsedMs = performance.now() - startedMs;
    const counted = countedSince(before, gpu.counters);
    const times = options.profile ? await prepared.time(tokenIds) : null;
    const report: RunReport = {
      spec,
      elapsedMs,
      hooks: prepared.capture.hooks.flatMap((hook) => {
        const tensor = prepared.capture.tensor(hook);
        return tensor ? [{ hook, shape: tensor.shape, storedBytes: storedBytes(tensor) }] : [];
      }),
      counters: { ...counted, multiplyAdds: prepared.plan.multiplyAdds },
      kernels: kernelTimes(prepared, times),
      gpuBytes: prepared.memory,
    };
    return { report, capture: prepared.capture };
  }

  /** The prepared run of a side, kept while specification, length and captures stay the same. */
  async #prepare(side: RunSide, spec: RunSpec, nPos: number, capture: CaptureRequest): Promise<PreparedRun> {
    const why = whyNotRunnable(spec);
    const order = parseOrder(spec.order);
    if (why || !order || order.kind === 'compensated') throw new Error(why ?? `order=${spec.order} cannot run`);
    const key = JSON.stringify([spec, nPos, capture]);
    const known = this.#prepared.get(side);
    if (known?.key === key) return known.run;
    known?.run.destroy();
    this.#prepared.delete(side);
    const run = await prepareRun({
      model: this.#model,
      spec: { qkv: spec.qkv, kv: spec.kv, order },
      batch: 1,
      nPos,
      capture,
      headInputs: 'shared',
    });
    this.#prepared.set(side, { key, run });
    return run;
  }

  #facts({ capture, report }: SideRun) {
    return structuralFacts(capture, {
      split: report.spec.qkv === 'split',
      repeated: report.spec.kv === 'repeat',
      nKeyValueHeads: this.#model.config.nKeyValueHeads,
    });
  }

  #fingerprintSource(tokenIds: readonly number[], a: SideRun | null, b: SideRun | null): FingerprintSource {
    const { vendor, architecture, description } = this.#model.gpu.adapter;
    return {
      modelHash: this.#modelHash,
      appVersion: this.#appVersion,
      adapter: [vendor, architecture, description].filter((part) => part !== '').join(' '),
      nLayers: this.#model.config.nLayers,
      tokenIds,
      a: a?.capture ?? null,
      b: b?.capture ?? null,
    };
  }
}

/** Sums dispatches and, where they were timed, milliseconds by kernel; most dispatches first. */
function kernelTimes(run: PreparedRun, times: readonly number[] | null): KernelTime[] {
  const byKernel = new Map<string, { dispatches: number; gpuMs: number }>();
  run.plan.dispatches.forEach(({ kernel }, at) => {
    const sum = byKernel.get(kernel.name) ?? { dispatches: 0, gpuMs: 0 };
    byKernel.set(kernel.name, { dispatches: sum.dispatches + 1, gpuMs: sum.gpuMs + (times?.[at] ?? 0) });
  });
  return [...byKernel]
    .map(([kernel, { dispatches, gpuMs }]) => ({ kernel, dispatches, gpuMs: times ? gpuMs : null }))
    .sort((x, y) => y.dispatches - x.dispatches);
}
