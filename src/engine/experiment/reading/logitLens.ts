// The logit lens: what the model would say if it stopped after each block. The residual stream of one position, as it is before each
// block and behind the last, goes through the final norm and the unembedding in one pass of as many rows.
// nostalgebraist 2020, "interpreting GPT: the logit lens".
import type { Capture } from '../../capture/capture.ts';
import type { GpuTensor } from '../../gpu/gpuTensor.ts';
import { runOnce } from '../../gpu/paper.ts';
import { blockHook, type HookName } from '../../hooks/hookName.ts';
import { finalLogits } from '../../model/finalLogits.ts';
import { unembedded } from '../../model/forward.ts';
import { inputSlots } from '../../model/inputSlots.ts';
import type { Model } from '../../model/model.ts';
import { Recorder } from '../../model/recorder.ts';
import { runContext } from '../../model/recordRun.ts';
import { type ForwardSpec, rowTensor } from '../../model/runContext.ts';

/** The stream at one place of the run, read as logits [d_vocab], the architecture's soft cap applied. */
export type LensRow = { readonly hook: HookName; readonly logits: Float32Array<ArrayBuffer> };

/** The hooks that the lens reads: hook_resid_pre of each block, hook_resid_post of the last. */
export function lensHooks(nLayers: number): HookName[] {
  const before = Array.from({ length: nLayers }, (_, layer) => blockHook(layer, 'hook_resid_pre'));
  return [...before, blockHook(nLayers - 1, 'hook_resid_post')];
}

/** Reads the stream of a run at one position, block by block. Throws where the run has not kept it or has no such position. */
export async function logitLens(
  model: Model,
  run: { readonly capture: Capture; readonly spec: ForwardSpec },
  position: number,
): Promise<LensRow[]> {
  const { gpu, config } = model;
  const hooks = lensHooks(config.nLayers);
  const streams = hooks.map((hook) => rowOf(run.capture, hook, position));
  const recorder = new Recorder('none');
  const inputs = inputSlots({ model, batch: 1, nPos: hooks.length });
  const request = { model, spec: run.spec, batch: 1, nPos: hooks.length, headInputs: 'shared' } as const;
  const context = runContext(request, inputs, recorder);
  const rows = rowTensor(context, 'logit_lens', [config.dModel]);
  const logits = unembedded(context, rows);
  const paper = {
    dispatches: recorder.dispatches,
    owned: [...recorder.slots, ...inputs.slots],
    uploads: [],
    read: [logits],
  };
  const rowBytes = (rows.strides[0] ?? config.dModel) * 4;
  const [all = new Float32Array()] = await runOnce(gpu, 'logit lens', paper, (encoder, plan) => {
    streams.forEach(({ slot, offset }, row) => {
      encoder.copyBufferToBuffer(slot.buffer, offset * 4, rows.slot.buffer, row * rowBytes, config.dModel * 4);
    });
    plan.encode(encoder);
  });
  return hooks.map((hook, row) => {
    return { hook, logits: finalLogits(config, all.slice(row * config.dVocab, (row + 1) * config.dVocab)) };
  });
}

/** One position of a captured stream [pos, d_model], as a view. */
function rowOf(capture: Capture, hook: HookName, position: number): GpuTensor {
  const tensor = capture.tensor(hook);
  if (!tensor)
    throw new Error(`The logit lens reads ${hook}, which this run has not kept. Run again with it captured.`);
  const [nPos = 0] = tensor.shape;
  if (position < 0 || position >= nPos)
    throw new Error(`There is no position ${position}: the prompt has ${nPos} tokens.`);
  return { ...tensor, offset: tensor.offset + position * (tensor.strides[0] ?? 0) };
}
