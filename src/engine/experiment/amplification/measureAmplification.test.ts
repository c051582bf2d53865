// Each norm against the same blocks in f64, given the very streams that the GPU's blocks were given.
import { expect, test } from 'vitest';
import { testDevice } from '../../../../test/support/gpu.ts';
import { randomCheckpoint } from '../../../../test/support/randomModel.ts';
import type { Capture } from '../../capture/capture.ts';
import { gpuOf } from '../../gpu/device.ts';
import { blockHook, parseHookName } from '../../hooks/hookName.ts';
import type { Intervention } from '../../hooks/intervention.ts';
import { seededNoise } from '../../hooks/noise.ts';
import { loadModel } from '../../model/loadModel.ts';
import { interventionEdit } from '../../reference/edit.ts';
import { type ReferenceRun, referenceForward } from '../../reference/forward.ts';
import { readReferenceWeights } from '../../reference/loadWeights.ts';
import { DEFAULT_EXPERIMENT } from '../experiment.ts';
import { ExperimentRunner } from '../run.ts';
import { DEFAULT_RUN_SPEC, type RunSpec } from '../runSpec.ts';
import { amplificationWords, type DifferenceOf, factorsOf, strongestBlock } from './amplification.ts';
import { seedOf, typicalSize } from './injected.ts';
import { measureAmplification, whyNoAmplification } from './measureAmplification.ts';

const SERIAL = { dHead: 16, nHeads: 4, nKeyValueHeads: 2, nLayers: 3, dVocab: 97, dMlp: 53 };
const PARALLEL = { ...SERIAL, dHead: 9, nLayers: 2 }; // Phi's layout
const TOKENS = Array.from({ length: 17 }, (_, i) => (i * 31 + 7) % 97);
const BF16: RunSpec = { ...DEFAULT_RUN_SPEC, precision: 'bf16' };
const INJECTED: DifferenceOf = { kind: 'injected', exponent: -12 };
const RUNS: DifferenceOf = { kind: 'runs' };

// A difference of 2⁻¹² of the stream is some 2¹² units of f32's last place: a block's own rounding, a few units, is a 2⁻¹⁰th of it at
// most, once in each of the two runs.
const ROUNDING = 2 ** -9;

type Setup = { readonly shape: typeof SERIAL; readonly b?: RunSpec; readonly interventions?: readonly Intervention[] };
type Streams = ReadonlyMap<number, Float64Array>; // by layer: [pos · d_model]

async function measure({ shape, b = DEFAULT_RUN_SPEC, interventions = [] }: Setup, of: DifferenceOf) {
  const checkpoint = await randomCheckpoint(shape);
  const model = await loadModel(gpuOf(await testDevice()), checkpoint);
  const runner = new ExperimentRunner(model, { modelHash: '', appVersion: '' });
  try {
    const { a: ofA, b: ofB } = await runner.run({ ...DEFAULT_EXPERIMENT, b, interventions }, TOKENS);
    if (!ofA?.prepared || !ofB) throw new Error('internal: both sides were to run');
    const a = { spec: DEFAULT_RUN_SPEC, capture: ofA.capture, edits: ofA.prepared.edits };
    const measured = await measureAmplification({ model, tokenIds: TOKENS, of, a, b: ofB.capture });
    const weights = await readReferenceWeights(checkpoint);
    const run = { config: checkpoint.config, weights, tokenIds: TOKENS, qkv: 'fused', kv: 'broadcast' } as const;
    return { measured, twin: await twinOf({ run, interventions, of, a: ofA.capture, b: ofB.capture }) };
  } finally {
    runner.destroy();
    model.destroy();
  }
}

type TwinRequest = {
  readonly run: Pick<ReferenceRun, 'config' | 'weights' | 'tokenIds' | 'qkv' | 'kv'>;
  readonly interventions: readonly Intervention[];
  readonly of: DifferenceOf;
  readonly a: Capture;
  readonly b: Capture;
};

/** The same norms in f64: every block given A's stream, and again the other one. */
async function twinOf({ run, interventions, of, a, b }: TwinRequest) {
  const { weights } = run;
  const edits = interventionEdit(interventions, { sources: {}, W_E: weights.W_E, embedScale: 1 });
  const given = (streams: Streams) =>
    referenceForward({
      ...run,
      edit: (hook, tensor, soFar) => {
        const parsed = parseHookName(hook);
        const isEntrance = parsed?.kind === 'block' && parsed.hook === 'hook_resid_pre';
        const stream = isEntrance ? streams.get(parsed.layer) : undefined;
        return stream ? { shape: tensor.shape, values: stream } : edits(hook, tensor, soFar);
      },
    });
  const layers = [...weights.blocks.keys()];
  const pre = await streamsOf(a, layers, 'hook_resid_pre');
  const other = of.kind === 'runs' ? await streamsOf(b, layers, 'hook_resid_pre') : withNoise(pre, of.exponent);
  const behind = of.kind === 'runs' ? await streamsOf(b, layers, 'hook_resid_post') : null;
  const [own, carried] = [given(pre), given(other)];
  return layers.map((layer) => {
    const [mid, post] = [blockHook(layer, 'hook_resid_mid'), blockHook(layer, 'hook_resid_post')];
    const [left, right] = [own.get(post)?.values, carried.get(post)?.values];
    return {
      layer,
      entering: rms(pre.get(layer), other.get(layer)),
      afterAttention: own.has(mid) ? rms(own.get(mid)?.values, carried.get(mid)?.values) : null,
      carried: rms(left, right),
      added: behind ? rms(right, behind.get(layer)) : 0,
      leaving: rms(left, behind ? behind.get(layer) : right),
    };
  });
}

async function streamsOf(
  capture: Capture,
  layers: readonly number[],
  hook: 'hook_resid_pre' | 'hook_resid_post',
): Promise<Streams> {
  const read = await capture.read(layers.map((layer) => blockHook(layer, hook)));
  return new Map(layers.map((layer, at) => [layer, Float64Array.from(read[at]?.values ?? [])]));
}

/** Streams with the difference that is injected into each: as `injectedStreams` makes them, in f64. */
function withNoise(streams: Streams, exponent: number): Streams {
  const dModel = (streams.get(0)?.length ?? 0) / TOKENS.length;
  return new Map(
    [...streams].map(([layer, values]) => {
      const shape = [TOKENS.length, dModel];
      const [size, noise] = [2 ** exponent * typicalSize({ shape, values }), seededNoise(shape, seedOf(layer))];
      return [layer, values.map((x, i) => Math.fround(x + size * (noise[i] ?? 0)))] as const;
    }),
  );
}

function rms(a: ArrayLike<number> = [], b: ArrayLike<number> = []): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += ((b[i] ?? 0) - (a[i] ?? 0)) ** 2;
  return Math.sqrt(squares / a.length);
}

function expectNear(measured: object, twin: object): void {
  expect(Object.keys(measured)).toEqual(Object.keys(twin));
  const theirs = new Map<string, number | null>(Object.entries(twin));
  for (const [name, ours] of Object.entries(measured)) {
    const truth = theirs.get(name);
    if (truth === null || truth === undefined) expect(ours).toBeNull();
    else expect(Math.abs(ours - truth), `${name} ${ours} against ${truth}`).toBeLessThanOrEqual(ROUNDING * truth);
  }
}

const SCALED: Intervention = {
  hook: 'blocks.1.attn.hook_q',
  heads: 'all',
  positions: 'all',
  operation: { kind: 'scale', factor: 3 },
  enabled: true,
};

test.each([
  ['an injected difference', { shape: SERIAL }, INJECTED],
  ['an injected difference, attention beside the MLP', { shape: PARALLEL }, INJECTED],
  ['an injected difference, q scaled in block 1', { shape: SERIAL, interventions: [SCALED] }, INJECTED],
  ['the difference of bf16 from f32', { shape: SERIAL, b: BF16 }, RUNS],
  ['the difference of bf16 from f32, attention beside the MLP', { shape: PARALLEL, b: BF16 }, RUNS],
] as const)('%s is multiplied as by the same blocks in f64', async (_, setup, of) => {
  const { measured, twin } = await measure(setup, of);
  expect(measured.blocks.length).toBe(setup.shape.nLayers);
  for (const [layer, block] of measured.blocks.entries()) expectNear(block, twin[layer] ?? {});
  for (const block of measured.blocks) {
    const { attention, mlp, block: whole } = factorsOf(block);
    if (attention === null || mlp === null) expect(setup.shape).toBe(PARALLEL);
    else expect(attention * mlp).toBeCloseTo(whole ?? 0, 12);
    expect(block.leaving).toBeLessThanOrEqual((block.carried + block.added) * (1 + ROUNDING));
  }
});

test('where no difference enters a block there is no factor, and what it adds itself is told', async () => {
  const reversed = await measure({ shape: SERIAL, b: { ...DEFAULT_RUN_SPEC, order: 'reversed' } }, RUNS);
  const [first, second] = reversed.measured.blocks;
  expect(first).toMatchObject({ entering: 0, carried: 0 });
  expect(first && factorsOf(first)).toEqual({ attention: null, mlp: null, block: null });
  expect(first?.added).toBeGreaterThan(0);
  expect(first?.leaving).toBe(first?.added);
  expect(second?.entering).toBe(first?.leaving);
  const split = await measure({ shape: SERIAL, b: { ...DEFAULT_RUN_SPEC, qkv: 'split' } }, RUNS);
  for (const { entering, carried, added, leaving } of split.measured.blocks) {
    expect([entering, carried, added, leaving]).toEqual([0, 0, 0, 0]);
  }
  expect(strongestBlock(split.measured.blocks)).toBeNull();
  expect(amplificationWords(split.measured)).toMatch(/^No difference enters any block/);
});

test('sharpened attention multiplies a difference far more than the same block as it was', async () => {
  const shape = { ...SERIAL, nLayers: 1 };
  const sharp = { ...SCALED, hook: 'blocks.0.attn.hook_q', operation: { kind: 'scale', factor: 30 } } as const;
  const plain = (await measure({ shape }, INJECTED)).measured.blocks[0];
  const sharpened = (await measure({ shape, interventions: [sharp] }, INJECTED)).measured.blocks[0];
  if (!plain || !sharpened) throw new Error('internal: one block was to be measured');
  expect(factorsOf(sharpened).attention).toBeGreaterThan(4 * (factorsOf(plain).attention ?? 0));
});

test('an engine whose blocks cannot be given another stream says so', () => {
  expect(whyNoAmplification({ engine: 'onnx' })).toMatch(/^engine=onnx runs whole models/);
  expect(whyNoAmplification({ engine: 'webgpu' })).toBeNull();
});
