// Prepares a run: everything that a forward pass of this length under this specification needs, made once and kept. Executing it
// writes the token ids, submits one command buffer and reads back what was asked for; a repeated run allocates nothing.
import { Capture } from '../capture/capture.ts';
import { GpuError } from '../gpu/gpuError.ts';
import { Plan } from '../gpu/plan.ts';
import { timeDispatches } from '../gpu/timing.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { InputSlots } from './inputSlots.ts';
import { checkMemory, type MemoryPlan, memoryPlan } from './memoryPlan.ts';
import type { Model } from './model.ts';
import type { Segment } from './recorder.ts';
import { type RecordRequest, recordRun } from './recordRun.ts';
import { whyNotInVocabulary } from './vocabulary.ts';

export type RunRequest = RecordRequest & { readonly model: Model };

type Parts = {
  readonly request: RunRequest;
  readonly plan: Plan;
  readonly segments: readonly Segment[];
  readonly capture: Capture;
  readonly inputs: InputSlots;
  readonly memory: MemoryPlan;
};

type Encode = (encoder: GPUCommandEncoder) => void;

/** A forward pass that is ready to run. Whoever prepared it frees it by `destroy`. */
export class PreparedRun {
  readonly request: RunRequest;
  readonly plan: Plan;
  readonly capture: Capture;
  readonly memory: MemoryPlan;
  readonly #segments: readonly Segment[];
  readonly #inputs: InputSlots;

  constructor(parts: Parts) {
    this.request = parts.request;
    this.plan = parts.plan;
    this.capture = parts.capture;
    this.memory = parts.memory;
    this.#segments = parts.segments;
    this.#inputs = parts.inputs;
  }

  /** Says where the first row stands, beside a cache: the runs that follow are of the positions from there on. */
  moveTo(position: number): void {
    const { model, nPos, cache } = this.request;
    if (!cache || position + nPos > cache.capacity) {
      throw new Error(`internal: ${nPos} positions from ${position} on, and the cache holds ${cache?.capacity ?? 0}`);
    }
    this.plan.moveTo(position);
    this.#inputs.moveTo(model.gpu, position);
  }

  /** Encodes nothing yet: puts the prompt's ids where the first kernel reads them. Throws where an id is not in the vocabulary. */
  #writeTokens(tokenIds: readonly number[]): void {
    const { model, batch, nPos } = this.request;
    if (tokenIds.length !== batch * nPos) {
      throw new Error(`internal: ${tokenIds.length} token ids for a run of ${batch} × ${nPos}`);
    }
    const wrong = whyNotInVocabulary(tokenIds, model.config.dVocab);
    if (wrong !== null) throw new Error(wrong);
    model.gpu.write(this.#inputs.tokenIds, Uint32Array.from(tokenIds));
  }

  /**
   * Runs once and waits for the GPU; activations stay there. `also` encodes more behind the pass. Where blocks are streamed, each is
   * submitted as its weights arrive, and `signal` ends the reading; else all is one submit.
   */
  async execute(tokenIds: readonly number[], also: Encode = () => {}, signal?: AbortSignal): Promise<void> {
    const { gpu, stream } = this.request.model;
    if (stream) {
      this.#writeTokens(tokenIds);
      const submit = (_: Segment, at: number) =>
        this.#submit(this.#range(at), at + 1 < this.#segments.length ? () => {} : also);
      await stream.walk(this.#segments, submit, signal);
    } else this.submit(tokenIds, also);
    await gpu.device.queue.onSubmittedWorkDone();
    if (gpu.isLost) throw new GpuError('device-lost', 'The GPU was lost during the run. The experiment is kept.');
  }

  /** Submits one run of resident weights and does not wait. */
  submit(tokenIds: readonly number[], also: Encode = () => {}): void {
    if (this.request.model.stream) throw new Error('internal: a streamed run is executed, not submitted');
    this.#writeTokens(tokenIds);
    this.#submit({ first: 0, end: this.plan.dispatches.length }, also);
  }

  /** Runs once with a timestamp around each dispatch: milliseconds, or null where the GPU has no timestamps. */
  async time(tokenIds: readonly number[]): Promise<readonly number[] | null> {
    const { gpu, stream } = this.request.model;
    this.#writeTokens(tokenIds);
    if (!stream) return timeDispatches(gpu, this.plan);
    const times: number[] = [];
    let isTimed = true;
    await stream.walk(this.#segments, async (_, at) => {
      const { first, end } = this.#range(at);
      const ofSegment = await timeDispatches(gpu, this.plan, first, end);
      isTimed &&= ofSegment !== null;
      times.push(...(ofSegment ?? []));
    });
    return isTimed ? times : null;
  }

  #range(at: number): { first: number; end: number } {
    return { first: this.#segments[at]?.first ?? 0, end: this.#segments[at + 1]?.first ?? this.plan.dispatches.length };
  }

  #submit({ first, end }: { first: number; end: number }, also: Encode): void {
    const { gpu } = this.request.model;
    const encoder = gpu.device.createCommandEncoder({ label: 'forward' });
    this.plan.encode(encoder, first, end);
    also(encoder);
    gpu.submit(encoder);
  }

  get logitsHook(): HookName {
    return 'unembed.hook_out';
  }

  destroy(): void {
    this.plan.destroy();
  }
}

/**
 * Plans a forward pass. Throws `limit` where its memory plan is beyond the budget, and `limit` or `out-of-memory` naming the tensor,
 * before anything is run.
 */
export async function prepareRun(request: RunRequest): Promise<PreparedRun> {
  const { model } = request;
  const recorded = recordRun(request);
  const memory = memoryPlan(model, recorded);
  checkMemory(memory);
  const { recorder, inputs } = recorded;
  const plan = await Plan.make(model.gpu, recorder.dispatches, [...recorder.slots, ...inputs.slots]);
  inputs.fill(model.gpu);
  const capture = new Capture(model.gpu, recorder.captured);
  return new PreparedRun({ request, plan, segments: recorder.segments, capture, inputs, memory });
}
