// TransformerLens #661 the other way round: a prompt in a batch with others, against the same prompt alone, at every hook and to the bit.
import type { HookName } from '../../hooks/hookName.ts';
import type { Model } from '../../model/model.ts';
import { prepareRun } from '../../model/prepareRun.ts';
import { forwardSpecOf } from '../forwardSpec.ts';
import type { RunSpec } from '../runSpec.ts';
import type { BatchProbe } from './probe.ts';

const BATCH = 3;

/** Runs the prompt and two others of its length as one batch, then each alone, and counts the elements whose bits differ. */
export async function batchProbe(model: Model, spec: RunSpec, tokenIds: readonly number[]): Promise<BatchProbe> {
  const { dVocab } = model.config;
  const prompts = Array.from({ length: BATCH }, (_, at) => tokenIds.map((id) => (id * (2 * at + 1) + 7 * at) % dVocab));
  const together = await bitsOf(model, spec, prompts.flat(), BATCH);
  let [elements, differing] = [0, 0];
  for (const [at, prompt] of prompts.entries()) {
    const alone = await bitsOf(model, spec, prompt, 1);
    for (const [hook, words] of alone) {
      const batched = together.get(hook)?.subarray(at * words.length, (at + 1) * words.length);
      elements += words.length;
      differing += words.filter((word, i) => word !== batched?.[i]).length;
    }
  }
  return { kind: 'batch', prompts: BATCH, hooks: together.size, elements, differing };
}

async function bitsOf(model: Model, spec: RunSpec, tokenIds: readonly number[], batch: number) {
  const wanted = { batch, nPos: tokenIds.length / batch, capture: 'standard', headInputs: 'shared' } as const;
  const run = await prepareRun({ model, spec: forwardSpecOf(spec), ...wanted });
  try {
    await run.execute(tokenIds);
    const { hooks } = run.capture;
    const read = await run.capture.read(hooks);
    return new Map<HookName, Uint32Array>(
      hooks.map((hook, at) => [hook, new Uint32Array(read[at]?.values.buffer ?? new ArrayBuffer(0))]),
    );
  } finally {
    run.destroy();
  }
}
