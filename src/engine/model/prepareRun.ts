// Prepares a run: everything that a forward pass of this length under this specification needs, made once and kept. Executing it
// writes the token ids, submits one command buffer and reads back what was asked for; a repeated run allocates nothing.

import { Capture } from '../capture/capture.ts';
import type { CaptureRequest } from '../capture/captureRequest.ts';
import { alibiSlopes } from '../checkpoint/alibiSlopes.ts';
import { rotaryTable } from '../checkpoint/rotaryTable.ts';
import type { Gpu } from '../gpu/device.ts';
import { GpuError } from '../gpu/gpuError.ts';
import { BufferSlot } from '../gpu/gpuTensor.ts';
import { Plan } from '../gpu/plan.ts';
import { timeDispatches } from '../gpu/timing.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { MatmulTile } from '../kernels/matmul.ts';
import { forward } from './forward.ts';
import type { Model } from './loadModel.ts';
import { Recorder } from './recorder.ts';
import type { ForwardSpec, RunContext } from './runContext.ts';

export type RunRequest = {
  readonly model: Model;
  readonly spec: ForwardSpec;
  readonly batch: number;
  readonly nPos: number;
  readonly capture: CaptureRequest;
  readonly headInputs: 'shared' | 'materialised';
  readonly tile?: MatmulTile; // left out: chosen for the device and the number of rows
};

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
  const { model, batch, nPos } = request;
  const { gpu, config } = model;
  checkLength(nPos, config.nCtx);
  const rows = batch * nPos;
  const inputs = inputSlots(request);
  const context: RunContext = {
    gpu,
    config,
    weights: model.weights,
    spec: request.spec,
    batch,
    nPos,
    rows,
    headInputs: request.headInputs,
    tile: request.tile ?? chooseTile(gpu, rows),
    lanes: gpu.adapter.isSoftware ? 4 : 64,
    none: inputs.none,
    rotaryTables: inputs.rotaryTables,
    alibiSlopes: inputs.alibiSlopes,
    recorder: new Recorder(request.capture),
  };
  forward(context, { tokenIds: inputs.tokenIds, positionIds: inputs.positionIds });
  const plan = await Plan.make(gpu, context.recorder.dispatches, [...context.recorder.slots, ...inputs.slots]);
  inputs.fill(gpu);
  return new PreparedRun(request, plan, new Capture(gpu, context.recorder.captured), inputs.tokenIds);
}

function checkLength(nPos: number, nCtx: number): void {
  if (nPos === 0) throw new Error('The prompt has no tokens. Type something, or turn the BOS token on.');
  if (nPos > nCtx)
    throw new Error(`The prompt has ${nPos} tokens, and the model's context holds ${nCtx}. Shorten the prompt.`);
}

/** Rows and invocations by measurement: 8 × 8 outputs an invocation where there are rows enough (NUMERICS: 39 % of peak). */
export function chooseTile(gpu: Gpu, rows: number): MatmulTile {
  const tileRows = rows >= 5 ? 8 : rows >= 3 ? 4 : rows === 2 ? 2 : 1;
  // A software adapter runs a subgroup of 4 on one core; a GPU wants a workgroup of 64.
  return gpu.adapter.isSoftware
    ? { rows: tileRows, workgroupPanels: 4, workgroupTiles: 1 }
    : { rows: tileRows, workgroupPanels: 16, workgroupTiles: 4 };
}

type InputSlots = {
  readonly tokenIds: BufferSlot;
  readonly positionIds: BufferSlot | null;
  readonly rotaryTables: readonly (BufferSlot | null)[];
  readonly alibiSlopes: BufferSlot | null; // [n_heads]
  readonly none: BufferSlot;
  readonly slots: readonly BufferSlot[];
  readonly fill: (gpu: Gpu) => void; // once allocated
};

/** What a run reads besides weights: ids, positions, one rotary table per distinct configuration. */
function inputSlots({ model, batch, nPos }: RunRequest): InputSlots {
  const { config } = model;
  const rows = batch * nPos;
  const tokenIds = new BufferSlot('token_ids', rows * 4);
  const none = new BufferSlot('none', 16);
  const positionIds = model.weights.W_pos ? new BufferSlot('position_ids', rows * 4) : null;
  const tables = new Map<string, { readonly slot: BufferSlot; readonly values: Float32Array<ArrayBuffer> }>();
  const rotaryTables = config.rotary.map((rotary) => {
    if (!rotary) return null;
    const key = JSON.stringify(rotary);
    const known = tables.get(key);
    if (known) return known.slot;
    const { cos, sin } = rotaryTable(rotary, nPos);
    const values = new Float32Array(cos.length * 2);
    cos.forEach((value, i) => {
      values[2 * i] = value;
      values[2 * i + 1] = sin[i] ?? 0;
    });
    const slot = new BufferSlot('rotary_table', values.byteLength);
    tables.set(key, { slot, values });
    return slot;
  });
  const positions = Uint32Array.from({ length: rows }, (_, row) => (row % nPos) + config.positionOffset);
  const slopes = config.positional === 'alibi' ? Float32Array.from(alibiSlopes(config.nHeads)) : null;
  const slopesSlot = slopes && new BufferSlot('alibi_slopes', slopes.byteLength);
  return {
    tokenIds,
    positionIds,
    rotaryTables,
    alibiSlopes: slopesSlot,
    none,
    slots: [
      tokenIds,
      none,
      ...[positionIds, slopesSlot].filter((slot) => slot !== null),
      ...[...tables.values()].map(({ slot }) => slot),
    ],
    fill: (gpu) => {
      for (const { slot, values } of tables.values()) gpu.device.queue.writeBuffer(slot.buffer, 0, values);
      if (slopes && slopesSlot) gpu.device.queue.writeBuffer(slopesSlot.buffer, 0, slopes);
      if (positionIds) gpu.device.queue.writeBuffer(positionIds.buffer, 0, positions);
    },
  };
}
