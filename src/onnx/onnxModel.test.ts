// Both forms of the graph against what transformers and TransformerLens recorded (test/fixtures/goldens, ../shared/goldens).
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  type Checkpoint,
  f64FromBytes,
  type HookName,
  isHookName,
  openCheckpoint,
  readHeader,
  widenToF32,
} from '../engine/index.ts';
import { referenceForward } from '../engine/reference/forward.ts';
import { readReferenceWeights } from '../engine/reference/loadWeights.ts';
import { gamma, logitsBound } from '../engine/tensor/tolerances.ts';
import { nodeFolder } from '../sources/folder.node.ts';
import { availableHooks, buildOnnxModel } from './onnxModel.ts';
import type { GraphForm, GraphLayout } from './operators.ts';
import { openOnnxSession } from './session.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUNDLED = ['gpt_neox', 'llama3_rope', 'mistral'].map((name) => `test/fixtures/goldens/${name}`);
const SHARED = ['llama', 'llama-bf16', 'llama-sharded-f16', 'qwen2', 'gpt2'].map((name) => `../shared/goldens/${name}`);

async function wasm() {
  const path = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');
  return { kind: 'wasm', threads: 1, wasmBinary: new Uint8Array(await readFile(path)) } as const;
}

/** The recorded tensors of a folder, by name. */
async function openGoldens(directory: string) {
  const source = await nodeFolder(directory).open('goldens.safetensors');
  if (!source) throw new Error(`${directory} has no goldens.safetensors`);
  const header = await readHeader(source);
  return {
    names: [...header.entries.keys()],
    async read(name: string): Promise<{ shape: readonly number[]; values: ArrayLike<number> }> {
      const entry = header.entries.get(name);
      if (!entry) throw new Error(`${directory}/goldens.safetensors has no ${name}`);
      const bytes = await source.read(entry.byteOffset, entry.byteLength);
      const values = entry.dtype === 'F64' ? f64FromBytes(bytes) : widenToF32(bytes, 'f32');
      return { shape: entry.shape.slice(1), values }; // batch of one
    },
  };
}

async function tokenIds(directory: string): Promise<number[]> {
  return JSON.parse(await readFile(`${directory}/meta.json`, 'utf8')).input_ids;
}

function maxAbsError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++)
    if (a[i] !== b[i]) largest = Math.max(largest, Math.abs(Number(a[i]) - Number(b[i])));
  return largest; // equal infinities are masked scores that agree; others make it infinite, NaN makes it NaN
}

function maxAbs(values: ArrayLike<number>): number {
  return Array.from(values).reduce(
    (largest, value) => (Number.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest),
    0,
  );
}

/**
 * How far two f32 implementations may part at a hook, relative to its largest element: both round once a term, and no path to the hook
 * is longer than the sums of all layers one behind the other (d_model four times, d_mlp, d_head, the keys).
 */
function hookBound({ config }: Checkpoint, nPos: number): number {
  const termsPerLayer = 4 * config.dModel + config.dMlp + config.dHead + nPos;
  return 2 * gamma(config.nLayers * termsPerLayer);
}

async function run(directory: string, form: GraphForm, hooks: readonly HookName[]) {
  const checkpoint = await openCheckpoint(nodeFolder(directory));
  const session = await openOnnxSession(buildOnnxModel(checkpoint, { form, hooks }), await wasm());
  const result = await session.run(await tokenIds(directory));
  const last = await session.run(await tokenIds(directory), { logits: 'last' });
  await session.release();
  return { checkpoint, result, last };
}

for (const folder of [...BUNDLED, ...SHARED]) {
  const directory = `${ROOT}${folder}`;
  const absent = existsSync(directory) ? '' : ' (absent: not run)';
  describe.skipIf(absent !== '')(`${folder}${absent}`, () => {
    test.each(['plain', 'fused'] as const)('the %s graph computes the logits of transformers', async (form) => {
      const { result, last } = await run(directory, form, []);
      const goldens = await openGoldens(directory);
      const truth = await goldens.read('hf64.logits');
      const theirs = await goldens.read('hf.logits');
      expect(result.logits.shape).toEqual(truth.shape);
      const allowed = logitsBound(maxAbsError(theirs.values, truth.values), maxAbs(truth.values));
      expect(maxAbsError(result.logits.values, truth.values)).toBeLessThanOrEqual(allowed);
      expect([...last.logits.values]).toEqual([...result.logits.values.slice(-last.logits.values.length)]);
    });

    test.each(['plain', 'fused'] as const)('the hooks of the %s graph are those of TransformerLens', async (form) => {
      const goldens = await openGoldens(directory);
      const checkpoint = await openCheckpoint(nodeFolder(directory));
      const available: readonly string[] = availableHooks(checkpoint, form);
      const recorded = goldens.names.map((name) => name.replace(/^fused\./, '')).filter(isHookName);
      const hooks = recorded.filter((hook) => available.includes(hook));
      if (form === 'plain') expect(hooks).toEqual(recorded);
      const { result } = await run(directory, form, hooks);
      const failures: string[] = [];
      for (const hook of hooks) {
        const golden = await goldens.read(`fused.${hook}`);
        const ours = result.hooks.get(hook);
        expect([hook, ours?.shape]).toEqual([hook, golden.shape]);
        const error = maxAbsError(ours?.values ?? [], golden.values);
        const allowed = hookBound(checkpoint, golden.shape[0] ?? 1) * maxAbs(golden.values);
        if (!(error <= allowed)) failures.push(`${hook}: ${error} > ${allowed}`);
      }
      expect(failures).toEqual([]);
    });
  });
}

test('an architecture that the graph cannot express is refused by name', async () => {
  const checkpoint = await openCheckpoint(nodeFolder(`${ROOT}${BUNDLED[0]}`));
  const bloom: Checkpoint = { ...checkpoint, config: { ...checkpoint.config, modelType: 'bloom' } };
  expect(() => buildOnnxModel(bloom, { form: 'plain' })).toThrow(/model_type bloom .*supported: llama, mistral/);
  const capped: Checkpoint = { ...checkpoint, config: { ...checkpoint.config, attnSoftCap: 50 } };
  expect(() => buildOnnxModel(capped, { form: 'plain' })).toThrow(/soft-capped/);
});

test('a pattern asked of the fused graph is refused with the way to get it', async () => {
  const checkpoint = await openCheckpoint(nodeFolder(`${ROOT}${BUNDLED[0]}`));
  const hooks = ['blocks.0.attn.hook_pattern'] as const;
  expect(() => buildOnnxModel(checkpoint, { form: 'fused', hooks })).toThrow(
    /no blocks\.0\.attn\.hook_pattern .*plain form/,
  );
});

test('more tokens than the model was built for are refused', async () => {
  const checkpoint = await openCheckpoint(nodeFolder(`${ROOT}${BUNDLED[0]}`));
  const session = await openOnnxSession(buildOnnxModel(checkpoint, { form: 'plain', maxPositions: 4 }), await wasm());
  await expect(session.run([1, 2, 3, 4, 5])).rejects.toThrow('5 tokens given, expected 1 to 4');
  await session.release();
});

const LAYOUTS: readonly GraphLayout[] = [
  { qkv: 'fused', kv: 'broadcast' },
  { qkv: 'fused', kv: 'repeat' },
  { qkv: 'split', kv: 'broadcast' },
  { qkv: 'split', kv: 'repeat' },
];

/** Every hook of a graph against the f64 reference of the same layout: the failures, none of which is expected. */
async function departuresFromTruth(
  checkpoint: Checkpoint,
  ids: readonly number[],
  form: GraphForm,
  layout: GraphLayout,
) {
  const weights = await readReferenceWeights(checkpoint);
  const truth = referenceForward({ config: checkpoint.config, weights, tokenIds: ids, ...layout });
  const hooks = availableHooks(checkpoint, form, layout);
  const session = await openOnnxSession(buildOnnxModel(checkpoint, { form, layout, hooks }), await wasm());
  const result = await session.run(ids);
  await session.release();
  const failures = hooks.flatMap((hook) => {
    const [ours, exact] = [result.hooks.get(hook), truth.get(hook)];
    if (!ours || !exact) return [`${hook}: ${ours ? 'the reference' : 'the graph'} has none`];
    if (String(ours.shape) !== String(exact.shape)) return [`${hook}: [${ours.shape}], expected [${exact.shape}]`];
    const error = maxAbsError(ours.values, exact.values);
    const allowed = hookBound(checkpoint, ids.length) * maxAbs(exact.values);
    return error <= allowed ? [] : [`${hook}: ${error} > ${allowed}`];
  });
  const unseen = [...truth.keys()].filter((hook) => !hooks.includes(hook));
  return { failures, unseen };
}

/** What the plain graph keeps to itself: TransformerLens too makes these on request alone. */
const ON_REQUEST = /attn\.hook_result$|hook_mlp_in$/;

for (const folder of [...BUNDLED, ...SHARED]) {
  const directory = `${ROOT}${folder}`;
  const absent = existsSync(directory) ? '' : ' (absent: not run)';
  test.skipIf(absent !== '').each(LAYOUTS)(
    `${folder}${absent}: qkv $qkv, kv $kv, every hook of the plain graph is the f64 reference's, and none is missing`,
    async (layout) => {
      const checkpoint = await openCheckpoint(nodeFolder(directory));
      const { failures, unseen } = await departuresFromTruth(checkpoint, await tokenIds(directory), 'plain', layout);
      expect(failures).toEqual([]);
      expect(unseen.filter((hook) => !ON_REQUEST.test(hook))).toEqual([]);
    },
  );
}

test.each([
  ['plain', { qkv: 'fused', kv: 'broadcast' }],
  ['plain', { qkv: 'split', kv: 'broadcast' }],
  ['fused', { qkv: 'fused', kv: 'broadcast' }],
] as const)('the %s graph of a serial GPT-NeoX, %o, is the f64 reference at every hook', async (form, layout) => {
  const directory = `${ROOT}test/fixtures/goldens/gpt_neox`;
  const parallel = await openCheckpoint(nodeFolder(directory));
  const checkpoint: Checkpoint = { ...parallel, config: { ...parallel.config, residual: 'serial' } };
  const { failures } = await departuresFromTruth(checkpoint, await tokenIds(directory), form, layout);
  expect(failures).toEqual([]);
});

test('a fused graph of split inputs or repeated heads is refused with the way to get it', async () => {
  const checkpoint = await openCheckpoint(nodeFolder(`${ROOT}${BUNDLED[0]}`));
  for (const layout of LAYOUTS.slice(1)) {
    expect(() => buildOnnxModel(checkpoint, { form: 'fused', layout })).toThrow(/needs the plain form/);
  }
});
