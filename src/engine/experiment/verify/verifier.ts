// Verifies this GPU on a demo model, one mode at a time: in portable arithmetic every hook's bits against those known beforehand; in
// native arithmetic every hook against its own operation in f64 within the derived bound, the recorded hooks against transformers in
// f64, and the layouts of canonical order against each other, bit for bit. Names the first hook, in running order, that departs.
import type { Activation } from '../../capture/captured.ts';
import type { CheckpointFolder } from '../../checkpoint/byteSource.ts';
import { openCheckpoint } from '../../checkpoint/openCheckpoint.ts';
import type { Gpu } from '../../gpu/device.ts';
import type { HookName } from '../../hooks/hookName.ts';
import { finalLogits } from '../../model/finalLogits.ts';
import { loadModel } from '../../model/loadModel.ts';
import type { Model } from '../../model/model.ts';
import { prepareRun } from '../../model/prepareRun.ts';
import { operationAt } from '../../reference/bounded/operationAt.ts';
import { worstShare } from '../../reference/bounded/worstShare.ts';
import { readReferenceWeights } from '../../reference/loadWeights.ts';
import { digest } from '../../tensor/digest.ts';
import { largest, largestGap } from '../../tensor/gap.ts';
import { sameShape } from '../../tensor/shape.ts';
import { recordedBound } from '../../tensor/tolerances.ts';
import { forwardSpecOf } from '../forwardSpec.ts';
import { roundingOfSpec } from '../roundingOfSpec.ts';
import { type Recording, readRecording } from './recording.ts';
import type { Departure, Verified, WorstError } from './verification.ts';
import { modesOf, type VerifyMode } from './verifyModes.ts';

type Activations = ReadonlyMap<HookName, Activation>; // in running order
type Weights = Awaited<ReturnType<typeof readReferenceWeights>>;

/** A demo model on the GPU beside what is known of it. Whoever opened it frees it by `destroy`. */
export class Verifier {
  readonly modes: readonly VerifyMode[];
  readonly #name: string;
  readonly #model: Model;
  readonly #weights: Weights;
  readonly #recording: Recording;
  #fused: Activations | null = null; // of the first prompt, in canonical order

  private constructor(name: string, model: Model, weights: Weights, recording: Recording) {
    this.#name = name;
    this.#model = model;
    this.#weights = weights;
    this.#recording = recording;
    this.modes = modesOf(model.config, weights, recording.prompts.length);
  }

  /** Loads a demo model from its folder, with its recordings. Throws what loading throws. */
  static async open(gpu: Gpu, folder: CheckpointFolder, signal?: AbortSignal): Promise<Verifier> {
    const checkpoint = await openCheckpoint(folder, signal);
    const recording = await readRecording(folder, checkpoint.config.nLayers, signal);
    const weights = await readReferenceWeights(checkpoint, signal);
    const model = await loadModel(gpu, checkpoint, signal ? { signal } : {});
    return new Verifier(folder.name.split(/[\\/]/).at(-1) ?? folder.name, model, weights, recording);
  }

  /** Runs one mode and judges it. Throws what running throws; a departure is in the answer. */
  async verify(mode: VerifyMode, signal?: AbortSignal): Promise<Verified> {
    const startedMs = performance.now();
    const run = await this.#run(mode, signal);
    const isPortable = mode.spec.arithmetic === 'portable';
    const judged = isPortable ? this.#judgeBits(mode, run) : this.#judgeErrors(mode, run);
    const elements = [...run.values()].reduce((sum, { values }) => sum + values.length, 0);
    const elapsedMs = performance.now() - startedMs;
    return { model: this.#name, mode: mode.name, ...judged, elements, passes: judged.departure === null, elapsedMs };
  }

  destroy(): void {
    this.#model.destroy();
  }

  async #run({ spec, prompt }: VerifyMode, signal?: AbortSignal): Promise<Activations> {
    const tokenIds = this.#recording.prompts[prompt]?.tokenIds;
    if (!tokenIds) throw new Error(`internal: ${this.#name} has no recorded prompt ${prompt}`);
    const wanted = { batch: 1, nPos: tokenIds.length, capture: 'standard', headInputs: 'shared' } as const;
    const run = await prepareRun({ model: this.#model, spec: forwardSpecOf(spec), ...wanted });
    try {
      await run.execute(tokenIds, undefined, signal);
      const { hooks } = run.capture;
      const read = await run.capture.read(hooks);
      return new Map(hooks.flatMap((hook, at) => (read[at] ? [[hook, read[at]] as const] : [])));
    } finally {
      run.destroy();
    }
  }

  #judgeBits(mode: VerifyMode, run: Activations): Judged {
    const digests = this.#recording.expected.get(mode.name)?.digests ?? new Map<HookName, string>();
    const hooks = digests.size;
    if (hooks === 0)
      return { check: 'bits', hooks, worst: null, departure: { hook: null, why: 'no bits are recorded' } };
    for (const [hook, wanted] of digests) {
      const own = run.get(hook);
      const why = own ? 'has other bits than those recorded' : 'is missing';
      if (!own || digest(own.values) !== wanted) return { check: 'bits', hooks, worst: null, departure: { hook, why } };
    }
    return { check: 'bits', hooks, worst: null, departure: null };
  }

  #judgeErrors(mode: VerifyMode, run: Activations): Judged {
    const { spec, prompt } = mode;
    const errors = [...this.#operationErrors(mode, run), ...this.#recordedErrors(mode, run)];
    const worst = errors.reduce<WorstError | null>((most, next) => (shareOf(next) > shareOf(most) ? next : most), null);
    const beyond = errors.find(({ error, bound }) => error > bound);
    const isLayout = spec.precision === 'f32' && spec.softmax === 'materialised' && spec.order === 'canonical';
    const other = isLayout && prompt === 0 ? this.#otherBits(run) : null;
    const why = beyond && `is off by ${beyond.error.toExponential(2)}, allowed ${beyond.bound.toExponential(2)}`;
    const departure =
      beyond && why ? { hook: beyond.hook, why } : other && { hook: other, why: 'has other bits than in fused' };
    const hooks = new Set(errors.map(({ hook }) => hook)).size;
    return { check: 'operations', hooks, worst, departure: departure ?? null };
  }

  /** Each hook against its own operation in f64 on this run's inputs, in running order. */
  #operationErrors({ spec, prompt }: VerifyMode, run: Activations): WorstError[] {
    const { qkv, kv } = spec;
    const captured = new Map(
      [...run].map(([hook, { shape, values }]) => [hook, { shape, values: Float64Array.from(values) }]),
    );
    const tokenIds = this.#recording.prompts[prompt]?.tokenIds ?? [];
    const rounding = roundingOfSpec(spec);
    const place = { config: this.#model.config, weights: this.#weights, tokenIds, qkv, kv, captured, rounding };
    return [...run].map(([hook, { values }]) => {
      const estimate = operationAt(hook, place);
      if (typeof estimate === 'string') throw new Error(`internal: ${estimate}`);
      const { error, bound } = worstShare(estimate, values);
      return { hook, error, bound };
    });
  }

  /** The recorded hooks against transformers in f64. */
  #recordedErrors(mode: VerifyMode, run: Activations): WorstError[] {
    const recorded = this.#recording.recorded[mode.prompt] ?? new Map();
    const theirs = this.#recording.expected.get(mode.name)?.errors;
    return [...recorded].map(([hook, { values: truth }]) => {
      const own = run.get(hook)?.values ?? new Float32Array(truth.length).fill(Number.NaN);
      const values = hook === 'unembed.hook_out' ? finalLogits(this.#model.config, own) : own;
      const bound = recordedBound(theirs?.get(hook) ?? 0, largest(truth), mode.spec.precision);
      return { hook, error: largestGap(values, truth), bound };
    });
  }

  /** The first hook whose bits are not those of the fused run, of those that both shape alike; keeps the fused run. */
  #otherBits(run: Activations): HookName | null {
    this.#fused ??= run;
    for (const [hook, { shape, values }] of run) {
      const fused = this.#fused.get(hook);
      if (fused && sameShape(fused.shape, shape) && digest(fused.values) !== digest(values)) return hook;
    }
    return null;
  }
}

type Judged = Pick<Verified, 'check' | 'hooks' | 'worst'> & { readonly departure: Departure | null };

function shareOf(error: WorstError | null): number {
  return error === null ? -1 : error.error === 0 ? 0 : error.error / error.bound;
}
