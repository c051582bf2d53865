import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { randomCheckpoint } from '../../../test/support/randomModel.ts';
import type { LadderRow } from '../analysis/comparison.ts';
import { gpuOf } from '../gpu/device.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { Intervention } from '../hooks/intervention.ts';
import { loadModel } from '../model/loadModel.ts';
import type { Model } from '../model/model.ts';
import { findCause, readsOtherPrompt, whyNoCause, whyNoCauseUnder } from './cause.ts';
import type { Cause, CauseField } from './causeReport.ts';
import { DEFAULT_EXPERIMENT } from './experiment.ts';
import { ExperimentRunner } from './run.ts';
import { DEFAULT_RUN_SPEC, type RunSpec } from './runSpec.ts';

const TOKENS = Array.from({ length: 40 }, (_, i) => (i * 131 + 7) % 97); // more keys than one block of the online softmax
let model: Model;
beforeAll(async () => {
  const shape = { dHead: 9, nHeads: 4, nKeyValueHeads: 2, nLayers: 2, dVocab: 97, dMlp: 19 }; // odd d_head: with biases
  model = await loadModel(gpuOf(await testDevice()), await randomCheckpoint(shape));
});

const SCALED: Intervention = {
  hook: 'blocks.0.attn.hook_q',
  heads: 'all',
  positions: 'all',
  operation: { kind: 'scale', factor: 30 },
  enabled: true,
};
const FROZEN: Intervention = {
  hook: 'blocks.1.attn.hook_z',
  heads: [1],
  positions: 'all',
  operation: { kind: 'freeze', prompt: 'corrupted' },
  enabled: true,
};

type Pair = { readonly a: RunSpec; readonly b: RunSpec };
type Found = { readonly guilty: HookName | null; readonly cause: Cause | null };

/** Runs A and B, and looks for the cause at the first operation that differs by itself, or at the one named. */
async function causeOf({ a, b }: Pair, at?: HookName, interventions: readonly Intervention[] = []): Promise<Found> {
  const runner = new ExperimentRunner(model, { modelHash: '', appVersion: '' });
  try {
    const exact = { atol: 0, rtol: 0 };
    const experiment = { ...DEFAULT_EXPERIMENT, a, b, tolerance: exact, interventions };
    const corruptedTokenIds = TOKENS.map((id) => (id * 7) % 97);
    const { result, a: ofA, b: ofB } = await runner.run(experiment, TOKENS, { corruptedTokenIds });
    const guilty = at ?? result.ladder.find(differsByItself)?.hook ?? null;
    if (!guilty || !ofA?.prepared || !ofB?.prepared) return { guilty, cause: null };
    const sideA = { spec: a, capture: ofA.capture, edits: ofA.prepared.edits };
    const request = { model, tokenIds: TOKENS, hook: guilty, a: sideA, b, bEdits: ofB.prepared.edits };
    return { guilty, cause: await findCause(request) };
  } finally {
    runner.destroy();
  }
}

function differsByItself({ local }: LadderRow): boolean {
  return local !== null && local.verdict !== 'bit-identical';
}

const BF16: RunSpec = { ...DEFAULT_RUN_SPEC, precision: 'bf16' };
const ALONE: readonly [CauseField, Pair, string][] = [
  ['order', pair(DEFAULT_RUN_SPEC, { order: 'reversed' }), 'products summed reversed instead of canonical'],
  ['bias', pair(BF16, { bias: 'after' }), 'bias added after rounding'],
  ['precision', pair(DEFAULT_RUN_SPEC, { precision: 'f16' }), 'results rounded to f16 instead of f32'],
  ['softmax', pair(DEFAULT_RUN_SPEC, { softmax: 'online' }), 'softmax in one pass (online) instead of whole rows'],
  ['arithmetic', pair(DEFAULT_RUN_SPEC, { arithmetic: 'portable' }), 'portable arithmetic instead of native'],
];

function pair(a: RunSpec, change: Partial<RunSpec>): Pair {
  return { a, b: { ...a, ...change } };
}

test.each(ALONE)('a difference that %s alone makes is put down to it, all of it', async (field, specs, words) => {
  const { guilty, cause } = await causeOf(specs);
  expect(cause?.causes).toEqual([[field]]);
  expect(cause?.trials.map(({ fields, explained }) => [fields, explained])).toEqual([
    [[], 0],
    [[field], 1],
  ]);
  expect(cause?.words).toBe(`At ${guilty}, ${words}: explains 100 % of it.`);
});

test.each(ALONE)(
  '%s is named, and not split QKV or repeated keys beside it, which change no bit',
  async (field, { a, b }) => {
    const { cause } = await causeOf({ a, b: { ...b, qkv: 'split', kv: 'repeat' } });
    expect(cause?.causes).toEqual([[field]]);
    const innocent = cause?.trials.filter(({ fields }) => fields.length === 1 && fields[0] !== field);
    expect(innocent?.map(({ fields }) => fields[0])).toEqual(['kv', 'qkv']);
    for (const trial of innocent ?? []) expect(trial.explained).toBeCloseTo(0, 12); // compared by broadcast: a sum's own rounding
  },
);

test.each(['kv', 'qkv'] as const)('%s alone makes no operation differ: there is nothing to explain', async (field) => {
  const specs = pair(DEFAULT_RUN_SPEC, field === 'kv' ? { kv: 'repeat' } : { qkv: 'split' });
  expect(await causeOf(specs)).toEqual({ guilty: null, cause: null });
  const { cause } = await causeOf(specs, 'blocks.1.attn.hook_q');
  expect(cause?.causes).toEqual([]);
  expect(cause?.words).toBe("Nothing to explain: given A's inputs, B's blocks.1.attn.hook_q has the same bits.");
});

test('two fields that are both needed are named together, with what each explains alone', async () => {
  const specs = pair(DEFAULT_RUN_SPEC, { order: 'reversed', precision: 'bf16' });
  const { cause } = await causeOf(specs, 'blocks.1.attn.hook_q');
  expect(cause?.causes).toEqual([['order', 'precision']]);
  expect(cause?.trials.map(({ fields }) => fields)).toEqual([[], ['order'], ['precision'], ['order', 'precision']]);
  expect(cause?.words).toMatch(
    /^At blocks\.1\.attn\.hook_q, products summed reversed instead of canonical and results rounded to bf16 instead of f32: together they explain 100 % of it, order 0 % and precision 9\d % alone\.$/,
  );
});

test('the last product, the logits, is put down to what it is as well', async () => {
  const { cause } = await causeOf(pair(DEFAULT_RUN_SPEC, { order: 'splitK(3)' }), 'unembed.hook_out');
  expect(cause?.causes).toEqual([['order']]);
});

test('under interventions that edit both runs alike, the cause is what it is without them', async () => {
  const specs = pair(DEFAULT_RUN_SPEC, { order: 'reversed', qkv: 'split' });
  const edits = [SCALED, FROZEN];
  const { guilty, cause } = await causeOf(specs, undefined, edits);
  expect([guilty, cause?.causes]).toEqual(['blocks.0.attn.hook_q', [['order']]]);
  const after = await causeOf(specs, 'blocks.1.hook_attn_out', edits);
  expect(after.cause?.causes).toEqual([['order']]);
  const frozen = await causeOf(specs, 'blocks.1.attn.hook_z', edits); // what it is frozen to is an input: A's
  expect(frozen.cause?.words).toMatch(/^Nothing to explain/);
  expect(readsOtherPrompt('blocks.1.attn.hook_z', edits)).toBe(true);
  expect(readsOtherPrompt('blocks.0.attn.hook_q', edits)).toBe(false);
});

test('an intervention that edits one run alone is told instead of a cause', () => {
  const left = { index: 1, why: 'hook_q_input is there in split mode alone' };
  expect(whyNoCauseUnder([left], [left])).toBeNull();
  expect(whyNoCauseUnder([left], [])).toMatch(
    /^Intervention 2 edits one run alone, .*: run A leaves it out \(hook_q_input/,
  );
  expect(whyNoCauseUnder([], [left])).toMatch(/: run B leaves it out/);
});

test.each([
  ['ieee', /arithmetic=portable: choose these/],
  ['f64', /rounds nothing/],
  ['file', /cannot be run again with one field changed/],
  ['onnx-webgpu', /another program/],
] as const)('engine %s says why no field of it can be tried, and what to ask instead', (engine, words) => {
  expect(whyNoCause(DEFAULT_RUN_SPEC, { engine })).toMatch(words);
  expect(whyNoCause({ engine }, DEFAULT_RUN_SPEC)).toMatch(/^Run A is /);
});

test('a cause is not looked for where a side is not ours to run again', () => {
  expect(whyNoCause(DEFAULT_RUN_SPEC, { ...DEFAULT_RUN_SPEC, engine: 'onnx' })).toMatch(/^Run B is engine=onnx, /);
  expect(whyNoCause(DEFAULT_RUN_SPEC, BF16)).toBeNull();
});
