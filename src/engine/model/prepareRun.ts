// Prepares a run: everything that a forward pass of this length under this specification needs, made once and kept. Executing it
// writes the token ids, submits one command buffer and reads back what was asked for; a repeated run allocates nothing.
import { Capture } from '../capture/capture.ts';
import { GpuError } from '../gpu/gpuError.ts';
import type { BufferSlot } from '../gpu/gpuTensor.ts';
import { Plan } from '../gpu/plan.ts';
import { timeDispatches } from '../gpu/timing.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { Model } from './model.ts';
import { type RecordRequest, recordRun } from './recordRun.ts';

export type RunRequest = RecordRequest & { readonly model: Model };

/** A forward pass that is ready to run. Whoever prepared it frees it by `destroy`. */
export class PreparedRun {
  readonly request: RunRequest;
  readonly plan: Plan;
  readonly capture: Capture;
  readonly activationBytes: number;
  readonly #tokenIds: BufferSlot;

  constructor(request: RunRequest, plan: Plan, capture: Capture, tokenIds: BufferSlot) {
    this.request = request;
    this.plan = plan;
    this.capture = capture;
    this.activationBytes = plan.ownedBytes;
    this.#tokenIds = tokenIds;
  }

  /** Encodes nothing yet: puts the prompt's ids where the first kernel reads them. Throws where an id is not in the vocabulary. */
  #writeTokens(tokenIds: readonly number[]): void {
    const { model, batch, nPos } = this.request;
    if (tokenIds.length !== batch * nPos) {
      throw new Error(`internal: ${tokenIds.length} token ids for a run of ${batch} × ${nPos}`);
    }
    const wrong = tokenIds.find((id) => !Number.isInteger(id) || id < 0 || id >= model.config.dVocab);
    if (wrong !== undefined) {
      throw new Error(
        `Token id ${wrong} is not in the vocabulary of ${model.config.dVocab} tokens (0 to ${model.config.dVocab - 1}).`,
      );
    }
    model.gpu.device.queue.writeBuffer(this.#tokenIds.buffer, 0, Uint32Array.from(tokenIds));
    model.gpu.counters.uploadedBytes += tokenIds.length * 4;
  }

  /** Runs once and waits for the GPU; activations stay there. `also` encodes more into the same submit. */
  async execute(tokenIds: readonly number[], also: (encoder: GPUCommandEncoder) => void = () => {}): Promise<void> {
    const { gpu } = this.request.model;
    this.submit(tokenIds, also);
    await gpu.device.queue.onSubmittedWorkDone();
    if (gpu.isLost) throw new GpuError('device-lost', 'The GPU was lost during the run. The experiment is kept.');
  }

  /** Submits one run and does not wait. */
  submit(tokenIds: readonly number[], also: (encoder: GPUCommandEncoder) => void = () => {}): void {
    const { gpu } = this.request.model;
    this.#writeTokens(tokenIds);
    const encoder = gpu.device.createCommandEncoder({ label: 'forward' });
    this.plan.encode(encoder);
    also(encoder);
    gpu.device.queue.submit([encoder.finish()]);
    gpu.counters.submits += 1;
  }

  /** Runs once with a timestamp around each dispatch: milliseconds, or null where the GPU has no timestamps. */
  async time(tokenIds: readonly number[]): Promise<readonly number[] | null> {
    this.#writeTokens(tokenIds);
    return timeDispatches(this.request.model.gpu, this.plan);
  }

  get logitsHook(): HookName {
    return 'unembed.hook_out';
  }

  destroy(): void {
    this.plan.destroy();
  }
}

/** Plans a forward pass. Throws `limit` or `out-of-memory` naming the tensor, before anything is run. */
export async function prepareRun(request: RunRequest): Promise<PreparedRun> {
  const { gpu } = request.model;
  const { recorder, inputs } = recordRun(request);
  const plan = await Plan.make(gpu, recorder.dispatches, [...recorder.slots, ...inputs.slots]);
  inputs.fill(gpu);
  return new PreparedRun(request, plan, new Capture(gpu, recorder.captured), inputs.tokenIds);
}
