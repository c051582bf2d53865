// The router's two hooks, as TransformerLens names them: shown and edited on the GPU as in the reference, bit for bit in portable
// arithmetic.
import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { randomArchitecture } from '../../../test/support/randomModel.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { Intervention } from '../hooks/intervention.ts';
import { NATIVE_F32 } from '../kernels/numerics.ts';
import { ieee } from '../reference/arithmetic.ts';
import { type ReferenceRun, referenceForward } from '../reference/forward.ts';
import { readReferenceWeights } from '../reference/loadWeights.ts';
import { loadModel } from './loadModel.ts';
import type { Model } from './model.ts';
import { prepareRun } from './prepareRun.ts';

const ORDER = { kind: 'canonical' } as const;
const PROMPT = [3, 200, 77, 5, 161];
const WEIGHTS = 'blocks.0.mlp.hook_expert_weights';
const INDICES = 'blocks.0.mlp.hook_expert_indices';

let model: Model;
let twin: Omit<ReferenceRun, 'qkv' | 'interventions'>;
beforeAll(async () => {
  const gpu: Gpu = gpuOf(await testDevice());
  const checkpoint = await randomArchitecture('mixtral'); // 4 experts, 2 a token
  model = await loadModel(gpu, checkpoint);
  twin = {
    config: checkpoint.config,
    weights: await readReferenceWeights(checkpoint),
    tokenIds: PROMPT,
    kv: 'broadcast',
    arithmetic: ieee({ precision: 'f32', bias: 'inside', order: ORDER, softmaxBlock: null }),
  };
});

type Values = ReadonlyMap<HookName, readonly number[]>;

async function onGpu(qkv: 'fused' | 'split', interventions: readonly Intervention[]): Promise<Values> {
  const numerics = { ...NATIVE_F32, arithmetic: 'portable' } as const;
  const spec = { qkv, kv: 'broadcast', order: ORDER, numerics } as const;
  const shape = { batch: 1, nPos: PROMPT.length, capture: 'standard', headInputs: 'shared' } as const;
  const run = await prepareRun({ model, spec, ...shape, interventions });
  await run.execute(PROMPT);
  const { hooks } = run.capture;
  const read = await run.capture.read(hooks);
  run.destroy();
  return new Map(hooks.map((hook, at) => [hook, Array.from(read[at]?.values ?? [])]));
}

/** Runs both, and holds them to the same bits at every hook. */
async function run(qkv: 'fused' | 'split', interventions: readonly Intervention[] = []): Promise<Values> {
  const ours = await onGpu(qkv, interventions);
  const theirs = referenceForward({ ...twin, qkv, interventions });
  for (const [hook, values] of ours) {
    expect([hook, values]).toEqual([hook, Array.from(Float32Array.from(theirs.get(hook)?.values ?? []))]);
  }
  return ours;
}

function edit(hook: HookName, values: readonly number[]): Intervention {
  return { hook, heads: 'all', positions: [2], operation: { kind: 'set', values }, enabled: true };
}

test('weights are those of all experts and sum to 1, indices those of the two largest', async () => {
  for (const qkv of ['fused', 'split'] as const) {
    const shown = await run(qkv);
    const [weights = [], indices = []] = [shown.get(WEIGHTS), shown.get(INDICES)];
    PROMPT.forEach((_, pos) => {
      const row = weights.slice(4 * pos, 4 * pos + 4);
      expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
      const largest = [0, 1, 2, 3].sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0)).slice(0, 2);
      expect(indices.slice(2 * pos, 2 * pos + 2)).toEqual(largest);
    });
  }
});

test('an edited weight changes who is chosen; an edited index alone where the share goes', async () => {
  const plain = await run('fused');
  const weighed = await run('fused', [edit(WEIGHTS, [0, 0.25, 0.25, 0.5])]);
  expect(weighed.get(INDICES)?.slice(4, 6)).toEqual([3, 1]); // of equals the lower
  const sent = await run('split', [edit(INDICES, [0, 0])]);
  expect(sent.get(WEIGHTS)).toEqual(plain.get(WEIGHTS));
  expect(sent.get('blocks.0.hook_mlp_out')).not.toEqual(plain.get('blocks.0.hook_mlp_out'));
  const own = plain.get(INDICES)?.slice(4, 6) ?? [];
  const nothing = await run('fused', [edit(INDICES, own)]);
  expect(nothing).toEqual(plain);
});
