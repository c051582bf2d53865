// Runs an experiment where there is no GPU: each side on one of the other engines, captures in memory, compared on the processor.
import { compareTensors } from '../analysis/compare.ts';
import type { LadderRow } from '../analysis/comparison.ts';
import { HeldCapture } from '../capture/heldCapture.ts';
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import { zeroCounters } from '../gpu/counters.ts';
import type { MemoryPlan } from '../model/memoryPlan.ts';
import type { Experiment, Tolerance } from './experiment.ts';
import { fingerprintOf } from './fingerprintOf.ts';
import { askEngine, type OtherEngines, reportOf } from './otherEngines.ts';
import type { ExperimentResult, HookInfo, RunReport } from './result.ts';
import type { RunOptions, RunSide } from './run.ts';
import { whyNotRunnable } from './runSpec.ts';

export type HeldSide = { readonly report: RunReport; readonly capture: HeldCapture };

export type HeldRun = {
  readonly result: Omit<ExperimentResult, 'runId'>;
  readonly a: HeldSide | null;
  readonly b: HeldSide | null;
};

type About = { readonly config: ModelConfig; readonly modelHash: string; readonly appVersion: string };

const NOTHING_ON_GPU: MemoryPlan = {
  weights: 0,
  activations: 0,
  captures: 0,
  staging: 0,
  others: 0,
  total: 0,
  budget: null,
  streamed: false,
};

export class ProcessorRunner {
  readonly #about: About;
  readonly #engines: OtherEngines;
  #lastA: HeldSide | null = null;

  constructor(about: About, engines: OtherEngines) {
    this.#about = about;
    this.#engines = engines;
  }

  /** Runs an experiment on these ids. Throws where a specification cannot run here, with the reason, and what its engine throws. */
  async run(experiment: Experiment, tokenIds: readonly number[], options: RunOptions = {}): Promise<HeldRun> {
    const { mode, tolerance } = experiment;
    const kept = options.keepsA ? this.#lastA : null;
    this.#lastA = null;
    const a = mode === 'split' ? null : (kept ?? (await this.#side('a', experiment, tokenIds, options, null)));
    const b = mode === 'fused' ? null : await this.#side('b', experiment, tokenIds, options, a);
    options.onPhase?.('b', 'comparing');
    const { modelHash, appVersion, config } = this.#about;
    const captures = { a: a?.capture ?? null, b: b?.capture ?? null };
    const about = { modelHash, appVersion, adapter: 'no WebGPU: the processor', nLayers: config.nLayers };
    const fingerprint = await fingerprintOf({ ...about, tokenIds, ...captures });
    const ladder = a && b ? compareHeld(a.capture, b.capture, tolerance) : [];
    const result = { tokenIds, a: a?.report ?? null, b: b?.report ?? null, ladder, facts: [], fingerprint };
    this.#lastA = a;
    return { result, a, b };
  }

  async #side(
    side: RunSide,
    experiment: Experiment,
    tokenIds: readonly number[],
    { signal, corruptedTokenIds = null, onPhase }: RunOptions,
    reference: HeldSide | null,
  ): Promise<HeldSide> {
    onPhase?.(side, 'running');
    const { [side]: spec, interventions } = experiment;
    const why = whyNotRunnable(spec);
    if (why !== null) throw new Error(why);
    const shapes = reference && new Map(reference.report.hooks.map(({ hook, shape }) => [hook, shape]));
    const request = { spec, tokenIds, corruptedTokenIds, interventions, reference: shapes, ...(signal && { signal }) };
    const answered = await askEngine(this.#engines, request);
    const capture = new HeldCapture(answered.captures.activations);
    const held = { hooks: infosOf(answered.captures.activations), counters: zeroCounters(), gpuBytes: NOTHING_ON_GPU };
    return { report: reportOf(request, answered, held), capture };
  }
}

/** Compares every hook that both captures have, in A's running order; those whose shapes do not go together are left out. */
export function compareHeld(a: HeldCapture, b: HeldCapture, tolerance: Tolerance): LadderRow[] {
  return a.hooks.flatMap((hook) => {
    const [left, right] = [a.get(hook), b.get(hook)];
    const summary = left && right && compareTensors(left, right, tolerance);
    return summary ? [{ hook, shapeA: left.shape, shapeB: right.shape, summary, local: null }] : [];
  });
}

function infosOf(activations: ConstructorParameters<typeof HeldCapture>[0]): HookInfo[] {
  return [...activations].map(([hook, { shape, values }]) => ({ hook, shape, storedBytes: values.byteLength }));
}
