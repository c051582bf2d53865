// ONNX Runtime as an engine: the bundled models, every layout, sessions kept and dropped, threads only where memory is shared.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { compareTensors, openCheckpoint } from '../engine/index.ts';
import { nodeFolder } from '../sources/folder.node.ts';
import { OnnxEngine, type OnnxSpec, threadsOf } from './onnxEngine.ts';

const IDS = [0, 631, 523, 269, 521, 323, 262];
const PLAIN: OnnxSpec = { qkv: 'fused', kv: 'broadcast', form: 'plain', provider: 'wasm' };

async function openEngine(name: string) {
  const path = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');
  const wasmBinary = new Uint8Array(await readFile(path));
  const checkpoint = await openCheckpoint(nodeFolder(`public/models/${name}`));
  return new OnnxEngine(checkpoint, { isIsolated: false, cores: 1, wasmBinary });
}

test.each(['demo-gqa', 'demo-neox'])(
  '%s runs fused, split, repeated and with fused operators, and all agree',
  async (name) => {
    const engine = await openEngine(name);
    const base = await engine.run(PLAIN, IDS);
    const others: readonly OnnxSpec[] = [
      { ...PLAIN, qkv: 'split' },
      { ...PLAIN, kv: 'repeat' },
      { ...PLAIN, qkv: 'split', kv: 'repeat' },
      { ...PLAIN, form: 'fused' },
    ];
    for (const spec of others) {
      const run = await engine.run(spec, IDS);
      const common = [...base.hooks.keys()].filter((hook) => run.hooks.has(hook));
      expect(common.length).toBeGreaterThan(40);
      for (const hook of common) {
        const [a, b] = [base.hooks.get(hook), run.hooks.get(hook)];
        const summary = a && b && compareTensors(a, b, { atol: 5e-4, rtol: 1e-5 });
        expect([hook, summary?.verdict]).not.toEqual([hook, 'outside']);
      }
    }
    await engine.release();
  },
);

test('the same run again gives the same bits from the session that was kept', async () => {
  const engine = await openEngine('demo-gqa');
  const first = await engine.run(PLAIN, IDS);
  await engine.run({ ...PLAIN, qkv: 'split' }, IDS);
  await engine.run({ ...PLAIN, form: 'fused' }, IDS); // a third session: the first is dropped
  const again = await engine.run(PLAIN, IDS);
  for (const [hook, { values }] of first.hooks) expect(again.hooks.get(hook)?.values).toEqual(values);
  await engine.release();
});

test('the hooks come in running order, the logits last', async () => {
  const engine = await openEngine('demo-gqa');
  const { hooks } = await engine.run({ ...PLAIN, qkv: 'split' }, IDS);
  const names = [...hooks.keys()];
  expect(names.slice(0, 5)).toEqual([
    'hook_embed',
    'blocks.0.hook_resid_pre',
    'blocks.0.hook_q_input',
    'blocks.0.hook_k_input',
    'blocks.0.hook_v_input',
  ]);
  expect(names.at(-1)).toBe('unembed.hook_out');
  await engine.release();
});

test('an aborted run ends with the reason of its signal', async () => {
  const engine = await openEngine('demo-gqa');
  const signal = AbortSignal.abort(new Error('a newer run was wanted'));
  await expect(engine.run(PLAIN, IDS, signal)).rejects.toThrow('a newer run was wanted');
  await engine.release();
});

test.each([
  [{ isIsolated: false, cores: 16 }, 1],
  [{ isIsolated: true, cores: 1 }, 1],
  [{ isIsolated: true, cores: 8 }, 4],
  [{ isIsolated: true, cores: 64 }, 8],
])('%o: %i threads', (host, threads) => {
  expect(threadsOf(host)).toBe(threads);
});
