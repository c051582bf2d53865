// Runs an experiment on a loaded model: A, B or both, compared hook by hook. Prepared runs are kept, so that the same experiment
// again allocates and compiles nothing; captures stay on the GPU until the next length or specification needs the memory.
import type { LadderRow, StructuralFact } from '../analysis/comparison.ts';
import { PreparedFacts } from '../analysis/facts.ts';
import { PreparedLadder } from '../analysis/preparedLadder.ts';
import type { Capture } from '../capture/capture.ts';
import type { CaptureRequest } from '../capture/captureRequest.ts';
import type { UploadedCapture } from '../capture/uploadedCapture.ts';
import { countedSince } from '../gpu/counters.ts';
import { GpuError } from '../gpu/gpuError.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { Model } from '../model/model.ts';
import type { Experiment, Tolerance } from './experiment.ts';
import { type FingerprintSource, fingerprintOf } from './fingerprintOf.ts';
import { forwardSpecOf } from './forwardSpec.ts';
import { hookInfos } from './hookInfos.ts';
import { LocalRun, whyNoLocal } from './localRun.ts';
import { type OtherEngines, type OtherRequest, runElsewhere } from './otherEngines.ts';
import { PreparedSide } from './preparedSide.ts';
import { kernelUse } from './profile.ts';
import type { ExperimentResult, RunReport } from './result.ts';
import { whyNotRunnable } from './runSpec.ts';

export type RunSide = 'a' | 'b';

/** One side as it was run: its report, its activations on the GPU, and which of them interventions edited. */
export type SideRun = {
  readonly report: RunReport;
  readonly capture: Capture;
  readonly edited: ReadonlySet<HookName>;
  readonly prepared: PreparedSide | null; // null where another engine ran
};

export type ExperimentRun = {
  readonly result: Omit<ExperimentResult, 'runId'>;
  readonly a: SideRun | null;
  readonly b: SideRun | null;
};

export type RunOptions = {
  readonly capture?: CaptureRequest; // left out: 'standard'
  readonly note?: string | null; // what there is to say of the captures, for the report
  readonly corruptedTokenIds?: readonly number[] | null; // of the experiment's corrupted prompt; left out: there is none
  readonly keepsA?: boolean; // the run last made was of this A, on the same ids: it is not run again
  readonly onPhase?: (side: RunSide, phase: 'running' | 'comparing') => void;
  readonly signal?: AbortSignal;
};

/** Prepared runs of one model by specification, at the length last run. Whoever made it frees it by `destroy`. */
export class ExperimentRunner {
  readonly #model: Model;
  readonly #modelHash: string;
  readonly #appVersion: string;
  #ladder: PreparedLadder | null = null;
  #facts: PreparedFacts | null = null;
  #lastA: SideRun | null = null;
  readonly #engines: OtherEngines;
  #local: { readonly key: string; readonly run: LocalRun; isCurrent: boolean } | null = null;
  readonly #prepared = new Map<RunSide, { readonly key: string; readonly prepared: PreparedSide }>();
  readonly #uploaded = new Map<RunSide, UploadedCapture>();

  /** `engines`: what the host has besides our own kernels. */
  constructor(
    model: Model,
    about: { readonly modelHash: string; readonly appVersion: string },
    engines: OtherEngines = {},
  ) {
    this.#model = model;
    this.#engines = engines;
    this.#modelHash = about.modelHash;
    this.#appVersion = about.appVersion;
  }

  /**
   * Runs an experiment on these ids. An intervention that a side cannot carry out is left out there, and reported with its reason.
   * Throws with the reason where a specification cannot run or the prompts differ in length, and what `prepareRun` throws.
   */
  async run(experiment: Experiment, tokenIds: readonly number[], options: RunOptions = {}): Promise<ExperimentRun> {
    const { mode } = experiment;
    const kept = options.keepsA ? this.#lastA : null;
    this.#lastA = null;
    const a = mode === 'split' ? null : (kept ?? (await this.#side('a', experiment, tokenIds, options)));
    options.signal?.throwIfAborted();
    const b = mode === 'fused' ? null : await this.#side('b', experiment, tokenIds, options, a);
    options.signal?.throwIfAborted();
    options.onPhase?.('b', 'comparing');
    if (this.#local) this.#local.isCurrent = false; // its run is of what was captured before
    const ladder = a && b ? await this.compare(a.capture, b.capture, experiment.tolerance) : [];
    const { rows, whyNot } = await this.#withLocal(ladder, experiment, a, { ...options, tokenIds });
    const shown = b ?? a;
    const facts = shown ? await this.#checkFacts(shown) : [];
    const fingerprint = await fingerprintOf(this.#fingerprintSource(tokenIds, a, b));
    this.#lastA = a;
    const reportB = b && { ...b.report, notes: [...b.report.notes, ...(whyNot === null ? [] : [whyNot])] };
    return { result: { tokenIds, a: a?.report ?? null, b: reportB, ladder: rows, facts, fingerprint }, a, b };
  }

  /** Compares two runs' activations again; the comparison is kept for the next rule and the next run. */
  async compare(a: Capture, b: Capture, tolerance: Tolerance): Promise<LadderRow[]> {
    if (this.#ladder?.a !== a || this.#ladder.b !== b) {
      this.#ladder?.destroy();
      this.#ladder = null;
      this.#ladder = await PreparedLadder.make(a, b);
    }
    const rows = await this.#ladder.run(tolerance);
    return this.#local?.run.a === a && this.#local.isCurrent ? this.#local.run.addTo(rows, tolerance) : rows;
  }

  /**
   * Adds each hook's own difference, by one more run of B; there is none where all bits are equal, nor of another engine (`whyNoLocal`),
   * nor where there is no room for it, which is told.
   */
  async #withLocal(
    ladder: LadderRow[],
    experiment: Experiment,
    a: SideRun | null,
    request: RunOptions & { readonly tokenIds: readonly number[] },
  ): Promise<{ readonly rows: LadderRow[]; readonly whyNot: string | null }> {
    const isEqual = ladder.every(({ summary }) => summary.verdict === 'bit-identical');
    if (!a || isEqual || whyNoLocal(experiment.b)) return { rows: ladder, whyNot: null };
    try {
      const run = await this.#localOf(experiment, a.capture, request);
      await run.execute(request.tokenIds);
      return { rows: await run.addTo(ladder, experiment.tolerance), whyNot: null };
    } catch (error) {
      if (!(error instanceof GpuError) || (error.kind !== 'limit' && error.kind !== 'out-of-memory')) throw error;
      return { rows: ladder, whyNot: `No local differences: there was no room for one more run. ${error.message}` };
    }
  }

  /** B's operations on A's activations, kept while both sides stay the same. */
  async #localOf(
    { b: spec, interventions }: Experiment,
    a: Capture,
    { tokenIds, capture = 'standard' }: RunOptions & { readonly tokenIds: readonly number[] },
  ): Promise<LocalRun> {
    const key = JSON.stringify([spec, interventions, capture]);
    if (this.#local?.run.a !== a || this.#local.key !== key) {
      this.#local?.run.destroy();
      this.#local = null;
      const edits = this.#prepared.get('b')?.prepared.edits ?? {};
      const options = { nPos: tokenIds.length, edits, capture };
      const run = await LocalRun.make(this.#model, forwardSpecOf(spec), a, options);
      this.#local = { key, run, isCurrent: true };
    }
    this.#local.isCurrent = true;
    return this.#local.run;
  }

  /** B's operations on A's activations, where the run last made was run so too; null where it was not. */
  get local(): Capture | null {
    return this.#local?.isCurrent ? this.#local.run.capture : null;
  }

  /** Frees what reads captures, before they are freed themselves. */
  #dropReaders(): void {
    this.#ladder?.destroy();
    this.#facts?.destroy();
    this.#local?.run.destroy();
    this.#local = null;
    this.#ladder = null;
    this.#facts = null;
  }

  #dropUploaded(side: RunSide): void {
    const uploaded = this.#uploaded.get(side);
    if (!uploaded) return;
    this.#dropReaders();
    uploaded.destroy();
    this.#uploaded.delete(side);
  }

  destroy(): void {
    this.#dropReaders();
    for (const { prepared } of this.#prepared.values()) prepared.destroy();
    for (const uploaded of this.#uploaded.values()) uploaded.destroy();
    this.#prepared.clear();
    this.#uploaded.clear();
  }

  async #side(
    side: RunSide,
    experiment: Experiment,
    tokenIds: readonly number[],
    options: RunOptions,
    reference: SideRun | null = null,
  ): Promise<SideRun> {
    options.onPhase?.(side, 'running');
    const { gpu } = this.#model;
    this.#dropUploaded(side);
    if (experiment[side].engine !== 'webgpu') {
      const shapes = reference && new Map(reference.report.hooks.map(({ hook, shape }) => [hook, shape]));
      const { signal, corruptedTokenIds = null } = options;
      const { [side]: spec, interventions } = experiment;
      const request = { spec, tokenIds, corruptedTokenIds, interventions, reference: shapes };
      return this.#elsewhere(side, { ...request, ...(signal ? { signal } : {}) });
    }
    const before = { ...gpu.counters };
    const ready = await this.#prepare(side, experiment, tokenIds.length, options);
    const prepared = ready.run;
    const startedMs = performance.now();
    await ready.execute({ clean: tokenIds, corrupted: options.corruptedTokenIds ?? null }, options.signal);
    const elapsedMs = performance.now() - startedMs;
    const counted = countedSince(before, gpu.counters);
    const report: RunReport = {
      spec: experiment[side],
      elapsedMs,
      hooks: hookInfos(prepared.capture),
      counters: { ...counted, multiplyAdds: prepared.plan.multiplyAdds },
      kernels: kernelUse(prepared),
      notApplied: ready.notApplied,
      notes: options.note ? [options.note] : [],
      gpuBytes: prepared.memory,
    };
    return {
      report,
      capture: prepared.capture,
      edited: new Set(ready.applied.map(({ hook }) => hook)),
      prepared: ready,
    };
  }

  async #elsewhere(side: RunSide, request: OtherRequest): Promise<SideRun> {
    const why = whyNotRunnable(request.spec);
    if (why) throw new Error(why);
    const { report, uploaded } = await runElsewhere(this.#model.gpu, this.#engines, request);
    this.#uploaded.set(side, uploaded);
    return { report, capture: uploaded.capture, edited: new Set(), prepared: null };
  }

  /** The prepared side, kept while specification, lengths, captures and interventions stay the same. */
  async #prepare(
    side: RunSide,
    experiment: Experiment,
    nPos: number,
    { capture = 'standard', corruptedTokenIds = null }: RunOptions,
  ): Promise<PreparedSide> {
    const { [side]: spec, interventions } = experiment;
    const nCorrupted = corruptedTokenIds?.length ?? null;
    const key = JSON.stringify([spec, nPos, nCorrupted, capture, interventions]);
    const known = this.#prepared.get(side);
    if (known?.key === key) return known.prepared;
    this.#dropReaders();
    known?.prepared.destroy();
    this.#prepared.delete(side);
    const prepared = await PreparedSide.make({
      model: this.#model,
      spec: forwardSpecOf(spec),
      nPos,
      nCorrupted,
      capture,
      interventions,
    });
    this.#prepared.set(side, { key, prepared });
    return prepared;
  }

  async #checkFacts({ capture, report, edited }: SideRun): Promise<StructuralFact[]> {
    if (this.#facts?.run !== capture) {
      this.#facts?.destroy();
      this.#facts = null;
      this.#facts = await PreparedFacts.make(capture, {
        split: report.spec.qkv === 'split',
        repeated: report.spec.kv === 'repeat',
        nKeyValueHeads: this.#model.config.nKeyValueHeads,
        edited,
      });
    }
    return this.#facts.check();
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
