import { expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { randomCheckpoint } from '../../../test/support/randomModel.ts';
import { PreparedLadder } from '../analysis/preparedLadder.ts';
import { gpuOf } from '../gpu/device.ts';
import { parseHookName } from '../hooks/hookName.ts';
import { loadModel } from '../model/loadModel.ts';
import { prepareRun } from '../model/prepareRun.ts';
import { cpuEngines } from './cpuEngines.ts';
import { DEFAULT_EXPERIMENT } from './experiment.ts';
import { LocalRun, whyNoLocal } from './localRun.ts';
import { ExperimentRunner } from './run.ts';
import { DEFAULT_RUN_SPEC } from './runSpec.ts';

const TOKENS = Array.from({ length: 17 }, (_, i) => (i * 131 + 7) % 509);
const EXACT = { atol: 0, rtol: 0 };
const PRODUCTS = new Set([
  'attn.hook_q',
  'attn.hook_k',
  'attn.hook_v',
  'hook_attn_out',
  'mlp.hook_pre',
  'mlp.hook_pre_linear',
  'hook_mlp_out',
  'unembed.hook_out',
]);

test.each(['fused', 'split'] as const)(
  'fed the inputs of A, only the products of a reversed run differ: %s',
  async (qkv) => {
    const shape = { dHead: 16, nHeads: 4, nKeyValueHeads: 2, nLayers: 3, dVocab: 509, dMlp: 53 };
    const model = await loadModel(gpuOf(await testDevice()), await randomCheckpoint(shape));
    const base = { model, batch: 1, nPos: TOKENS.length, capture: 'standard', headInputs: 'shared' } as const;
    const a = await prepareRun({ ...base, spec: { qkv: 'fused', kv: 'broadcast', order: { kind: 'canonical' } } });
    const spec = { qkv, kv: 'broadcast', order: { kind: 'reversed' } } as const;
    const b = await prepareRun({ ...base, spec });
    await a.execute(TOKENS);
    await b.execute(TOKENS);
    const ladder = await PreparedLadder.make(a.capture, b.capture);
    const local = await LocalRun.make(model, spec, a.capture, { nPos: TOKENS.length });
    await local.execute(TOKENS);
    const rows = await local.addTo(await ladder.run(EXACT), EXACT);
    const named = (hook: string) => parseHookName(hook)?.hook ?? hook;
    const differing = rows.filter((row) => row.local?.verdict !== 'bit-identical').map(({ hook }) => named(hook));
    expect(new Set(differing)).toEqual(PRODUCTS);
    expect(differing.length).toBe(3 * 7 + 1);
    const accumulated = rows.filter(({ summary }) => summary.verdict !== 'bit-identical');
    expect(accumulated.length).toBeGreaterThan(2 * differing.length);
    for (const part of [local, ladder, a, b, model]) part.destroy();
  },
);

test('with interventions, in both runs alike, the same products differ by themselves', async () => {
  const shape = { dHead: 16, nHeads: 4, nKeyValueHeads: 2, nLayers: 2, dVocab: 509, dMlp: 53 };
  const model = await loadModel(gpuOf(await testDevice()), await randomCheckpoint(shape));
  const runner = new ExperimentRunner(model, { modelHash: '0'.repeat(64), appVersion: 'test' });
  const scaled = { heads: [1], positions: 'all', operation: { kind: 'scale', factor: 30 }, enabled: true } as const;
  const patched = { kind: 'freeze', prompt: 'corrupted' } as const;
  const experiment = {
    ...DEFAULT_EXPERIMENT,
    mode: 'compare' as const,
    b: { ...DEFAULT_RUN_SPEC, order: 'reversed' as const },
    tolerance: EXACT,
    interventions: [
      { ...scaled, hook: 'blocks.0.attn.hook_q' as const },
      { ...scaled, hook: 'blocks.1.attn.hook_z' as const, operation: patched },
    ],
  };
  const { result } = await runner.run(experiment, TOKENS, { corruptedTokenIds: TOKENS.map((id) => (id * 7) % 509) });
  const differing = result.ladder.filter(({ local }) => local?.verdict !== 'bit-identical').map(({ hook }) => hook);
  const products = new Set(differing.map((hook) => parseHookName(hook)?.hook ?? hook));
  expect(products).toEqual(new Set([...PRODUCTS, 'attn.hook_z'])); // the frozen head is B's own corrupted run
  expect(result.ladder.every(({ local }) => local !== null)).toBe(true);
  runner.destroy();
  model.destroy();
});

test('an f64 run feeds ours, whose operations then differ from it by their own rounding alone', async () => {
  // d_model 70 and d_mlp 53 fill no whole vec4: what is uploaded must lie as the kernels read it
  const shape = { dHead: 16, nHeads: 4, nKeyValueHeads: 2, nLayers: 2, dVocab: 509, dMlp: 53 };
  const checkpoint = await randomCheckpoint(shape);
  const model = await loadModel(gpuOf(await testDevice()), checkpoint);
  const engines = cpuEngines({ checkpoint, pause: async () => {} });
  const runner = new ExperimentRunner(model, { modelHash: '0'.repeat(64), appVersion: 'test' }, engines);
  const specs = { a: { ...DEFAULT_RUN_SPEC, engine: 'f64' as const }, b: DEFAULT_RUN_SPEC };
  const { result } = await runner.run({ ...DEFAULT_EXPERIMENT, ...specs, mode: 'compare', tolerance: EXACT }, TOKENS);
  for (const { hook, local } of result.ladder) expect(local?.relL2, hook).toBeLessThan(1e-6); // sums of 70 terms in f32
  expect(result.ladder.length).toBeGreaterThan(40);
  runner.destroy();
  model.destroy();
});

test('an engine whose operations cannot be fed says so', () => {
  expect(whyNoLocal({ engine: 'onnx' })).toMatch(/^engine=onnx runs whole models/);
  expect(whyNoLocal({ engine: 'webgpu' })).toBeNull();
});
