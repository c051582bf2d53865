// Records a run: every buffer and dispatch of a forward pass of this length under this specification, known before anything is
// allocated, compiled or read. The weights need not be there yet.
import type { CaptureRequest } from '../capture/captureRequest.ts';
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import { whyTooLong } from '../checkpoint/promptLength.ts';
import type { Gpu } from '../gpu/device.ts';
import type { ProductPlan } from '../kernels/productPlan.ts';
import { forward } from './forward.ts';
import type { GpuWeights } from './gpuWeights.ts';
import { type BatchIntervention, RunEdits, type RunSources } from './hookEdits.ts';
import { type InputSlots, inputSlots } from './inputSlots.ts';
import type { KvCache } from './kvCache.ts';
import type { LogitPositions } from './logitPositions.ts';
import { type Feed, Recorder } from './recorder.ts';
import type { EarlierKeys, ForwardSpec, RunContext } from './runContext.ts';

/** What is to be run, on which weights: planned slots will do. */
export type RecordRequest = {
  readonly model: { readonly gpu: Gpu; readonly config: ModelConfig; readonly weights: GpuWeights };
  readonly spec: ForwardSpec;
  readonly batch: number;
  readonly nPos: number;
  readonly capture: CaptureRequest;
  readonly headInputs: 'shared' | 'materialised';
  readonly logits?: LogitPositions; // left out: all
  readonly interventions?: readonly BatchIntervention[]; // that can apply; left out: none
  readonly sources?: RunSources; // what interventions read of other runs; they must outlive this one
  readonly cache?: KvCache; // of a batch of 1: where this run puts its keys and values, and reads those before; left out: none
  readonly feed?: Feed; // after each hook that is kept, what goes on in its place; must outlive this run
  readonly productPlan?: ProductPlan; // left out: chosen for the adapter and each product's shape
};

/** A run on paper. */
export type RecordedRun = { readonly recorder: Recorder; readonly inputs: InputSlots };

/** Records the forward pass. Throws where the prompt is empty or longer than the model's context. */
export function recordRun(request: RecordRequest): RecordedRun {
  checkLength(request);
  const inputs = inputSlots(request);
  const edits = new RunEdits(request);
  const recorder = new Recorder(request.capture, edits, request.spec.numerics, request.feed);
  forward(runContext(request, inputs, recorder), { tokenIds: inputs.tokenIds, positionIds: inputs.positionIds });
  return { recorder, inputs: withEdits(inputs, edits) };
}

/** What the code of the forward pass is given to record into `recorder`. */
export function runContext(
  request: Omit<RecordRequest, 'capture'>,
  inputs: Pick<InputSlots, 'none' | 'rotaryTables' | 'alibiSlopes'>,
  recorder: Recorder,
): RunContext {
  const { model, batch, nPos } = request;
  const { gpu, config } = model;
  const rows = batch * nPos;
  return {
    gpu,
    config,
    weights: model.weights,
    spec: request.spec,
    batch,
    nPos,
    rows,
    headInputs: request.headInputs,
    logits: request.logits ?? 'all',
    forcedProductPlan: request.productPlan ?? null,
    none: inputs.none,
    rotaryTables: inputs.rotaryTables,
    alibiSlopes: inputs.alibiSlopes,
    cache: request.cache ?? null,
    keys: request.cache ? keysOf(request.cache, nPos) : null,
    recorder,
  };
}

/** A cache's keys, those of the run among them, wherever it stands. */
function keysOf({ capacity }: KvCache, nPos: number): EarlierKeys {
  const firstPosition = { base: 0, perPosition: 1 };
  return { nKey: { ...firstPosition, base: nPos }, keyStride: capacity, firstPosition };
}

/** What interventions read, masks and vectors, is filled with the other inputs. */
function withEdits(inputs: InputSlots, edits: RunEdits): InputSlots {
  return {
    ...inputs,
    slots: [...inputs.slots, ...edits.slots],
    fill: (gpu) => {
      inputs.fill(gpu);
      edits.fill(gpu);
    },
    moveTo: (gpu, position) => {
      inputs.moveTo(gpu, position);
      edits.moveTo(gpu, position);
    },
  };
}

function checkLength({ batch, nPos, cache, model: { config } }: RecordRequest): void {
  const { maxPositions } = config;
  if (cache && (batch > 1 || nPos > cache.capacity || cache.capacity > (maxPositions ?? cache.capacity))) {
    throw new Error(
      `internal: a run of ${batch} × ${nPos} positions beside a cache of ${cache.capacity}, positions ${maxPositions}`,
    );
  }
  if (nPos === 0) throw new Error('The prompt has no tokens. Type something, or turn the BOS token on.');
  const why = whyTooLong(config, nPos);
  if (why !== null) throw new Error(why);
}
