import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { architectureFixture } from '../../../../test/support/architectureFixtures.ts';
import { testDevice } from '../../../../test/support/gpu.ts';
import { randomOf } from '../../../../test/support/randomModel.ts';
import { nodeFolder } from '../../../sources/folder.node.ts';
import { createTokenizer, type Tokenizer } from '../../../tokenizer/tokenizer.ts';
import { readEndIds } from '../../checkpoint/endIds.ts';
import { openCheckpoint } from '../../checkpoint/openCheckpoint.ts';
import { openRequired, readJson } from '../../checkpoint/readText.ts';
import { countedSince } from '../../gpu/counters.ts';
import { type Gpu, gpuOf } from '../../gpu/device.ts';
import type { Intervention } from '../../hooks/intervention.ts';
import { loadModel } from '../../model/loadModel.ts';
import type { Model } from '../../model/model.ts';
import { prepareRun } from '../../model/prepareRun.ts';
import { forwardSpecOf } from '../forwardSpec.ts';
import { DEFAULT_RUN_SPEC, SPLIT_RUN_SPEC } from '../runSpec.ts';
import { GREEDY, type Sampling } from '../sampling.ts';
import type { GeneratedToken, GenerationRequest, StopReason } from './generation.ts';
import { PreparedGeneration } from './preparedGeneration.ts';

const DEMO = 'public/models/demo-gqa';
const STORIES = '../shared/checkpoints/stories260k';
if (!existsSync(STORIES)) console.info(`${STORIES} is absent: its story is not continued`);

let gpu: Gpu;
let model: Model;
let tokenizer: Tokenizer;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
  model = await loadModel(gpu, await openCheckpoint(nodeFolder(DEMO)));
  tokenizer = await tokenizerOf(DEMO);
});
afterAll(() => model.destroy());

async function tokenizerOf(directory: string): Promise<Tokenizer> {
  const folder = nodeFolder(directory);
  const config = await folder.open('tokenizer_config.json');
  const json = await readJson(await openRequired(folder, 'tokenizer.json'));
  return createTokenizer(json, config && (await readJson(config)));
}

type Continued = {
  readonly tokens: readonly GeneratedToken[];
  readonly ids: readonly number[];
  readonly why: StopReason;
};
type Change = Partial<GenerationRequest> & {
  readonly sampling?: Sampling;
  readonly endIds?: readonly number[];
  readonly corrupted?: readonly number[];
  readonly signal?: AbortSignal;
  readonly onToken?: () => void;
};

async function continued(prompt: readonly number[], change: Change = {}): Promise<Continued> {
  const { sampling = GREEDY, endIds = [], corrupted = null, signal, onToken, ...request } = change;
  const generation = await PreparedGeneration.make({
    model,
    spec: DEFAULT_RUN_SPEC,
    nPrompt: prompt.length,
    nCorrupted: corrupted?.length ?? null,
    maxTokens: 8,
    interventions: [],
    patternLayers: [],
    ...request,
  });
  try {
    expect(generation.notApplied).toEqual([]);
    const tokens: GeneratedToken[] = [];
    const options = { sampling, endIds, ...(signal && { signal }) };
    const stream = generation.continue({ clean: prompt, corrupted }, options);
    for (;;) {
      const { value, done } = await stream.next();
      if (done) return { tokens, ids: tokens.map(({ id }) => id), why: value };
      tokens.push(value);
      onToken?.();
    }
  } finally {
    generation.destroy();
  }
}

function prompt(): number[] {
  return tokenizer.encode('When Mary and John went to the store, John gave a drink to', 'model');
}

test('each token is the likeliest of a whole pass over the text before it, with the same logits and patterns, bit for bit', async () => {
  const layer = 1;
  const { tokens, ids } = await continued(prompt(), { patternLayers: [layer] });
  const whole = [...prompt(), ...ids].slice(0, -1);
  const hook = `blocks.${layer}.attn.hook_pattern` as const;
  const spec = forwardSpecOf(DEFAULT_RUN_SPEC);
  const request = { model, spec, batch: 1, nPos: whole.length, capture: [hook], headInputs: 'shared' } as const;
  const run = await prepareRun(request);
  await run.execute(whole);
  const [pattern, logits] = await run.capture.read([hook, run.logitsHook]);
  run.destroy();
  const { dVocab, nHeads } = model.config;
  expect(tokens).toHaveLength(8);
  for (const token of tokens) {
    const row = token.position - 1;
    expect(token.logits).toEqual(logits?.values.subarray(row * dVocab, (row + 1) * dVocab));
    expect(token.id).toBe(token.logits.indexOf(Math.max(...token.logits)));
    const keys = Array.from({ length: nHeads }, (_, head) => {
      const first = (head * whole.length + row) * whole.length;
      return [...(pattern?.values.subarray(first, first + row + 1) ?? [])];
    });
    expect(token.patterns).toEqual([{ layer, values: Float32Array.from(keys.flat()) }]);
  }
});

test('demo-gqa names the one who is left', async () => {
  const { ids } = await continued(prompt(), { maxTokens: 1 });
  expect(tokenizer.decode(ids)).toBe(' Mary');
});

test('fused and split continue alike', async () => {
  const [fused, split] = [await continued(prompt()), await continued(prompt(), { spec: SPLIT_RUN_SPEC })];
  expect(split.ids).toEqual(fused.ids);
  expect(split.tokens.map(({ logits }) => logits)).toEqual(fused.tokens.map(({ logits }) => logits));
});

test('a seed means a continuation, another seed another', async () => {
  const seeded = (seed: number): Sampling => ({ kind: 'seeded', seed, temperature: 2, topK: null, topP: null });
  const first = await continued(prompt(), { sampling: seeded(1) });
  expect((await continued(prompt(), { sampling: seeded(1) })).ids).toEqual(first.ids);
  expect((await continued(prompt(), { sampling: seeded(2) })).ids).not.toEqual(first.ids);
});

test('it stops at the length asked for, at a token that ends, at the end of the context', async () => {
  const free = await continued(prompt());
  expect([free.ids.length, free.why]).toEqual([8, 'length']);
  const [, , third = -1] = free.ids;
  const ended = await continued(prompt(), { endIds: [third] });
  expect(ended.ids).toEqual(free.ids.slice(0, free.ids.indexOf(third) + 1));
  expect(ended.why).toBe('end-token');
  const { nCtx } = model.config;
  const long = Array.from({ length: nCtx - 2 }, (_, i) => (i * 37 + 1) % model.config.dVocab);
  const full = await continued(long);
  expect([full.ids.length, full.why]).toEqual([2, 'context']);
});

test('an abort ends it before the next token', async () => {
  const controller = new AbortController();
  let made = 0;
  const onToken = () => {
    made += 1;
    if (made === 2) controller.abort(new Error('enough'));
  };
  await expect(continued(prompt(), { signal: controller.signal, onToken })).rejects.toThrow('enough');
  expect(made).toBe(2);
});

test('a token allocates, compiles and binds nothing, and is one submit', async () => {
  const counted: object[] = [];
  let before = { ...gpu.counters };
  const onToken = () => {
    const { bufferAllocations, pipelinesCompiled, bindGroups, submits } = countedSince(before, gpu.counters);
    counted.push({ bufferAllocations, pipelinesCompiled, bindGroups, submits });
    before = { ...gpu.counters };
  };
  await continued(prompt(), { onToken });
  const one = { bufferAllocations: 0, pipelinesCompiled: 0, bindGroups: 0, submits: 1 };
  expect(counted.slice(1)).toEqual(new Array(7).fill(one));
});

const everywhere = { heads: 'all', positions: 'all', enabled: true } as const;

test('interventions stay on for new rows, and listed positions are those of the whole text', async () => {
  const free = await continued(prompt());
  const beyond = prompt().length + 3;
  const zero: Intervention = { ...everywhere, hook: 'blocks.2.hook_attn_out', operation: { kind: 'zero' } };
  const late = await continued(prompt(), { interventions: [{ ...zero, positions: [beyond] }] });
  const touched = late.tokens.map(({ logits }, at) =>
    logits.some((logit, id) => logit !== free.tokens[at]?.logits[id]),
  );
  expect(touched.indexOf(true)).toBe(4); // the token chosen from the row at `beyond`
  const all = await continued(prompt(), { interventions: [zero], maxTokens: 1 });
  expect(all.tokens[0]?.logits).not.toEqual(free.tokens[0]?.logits);
});

test('a stream frozen to the corrupted prompt starts as that prompt does, and goes on from there', async () => {
  const corrupted = tokenizer.encode('When Mary and John went to the store, Mary gave a drink to', 'model');
  const freeze: Intervention = {
    ...everywhere,
    hook: 'blocks.0.hook_resid_pre',
    operation: { kind: 'freeze', prompt: 'corrupted' },
  };
  const patched = await continued(prompt(), { interventions: [freeze], corrupted });
  expect(patched.ids).toEqual((await continued(corrupted)).ids);
});

test.each([
  [{ ...everywhere, hook: 'blocks.0.hook_mlp_out', operation: { kind: 'mean' } }, 'the mean of all positions'],
  [
    { ...everywhere, hook: 'blocks.0.attn.hook_attn_scores', operation: { kind: 'zero' } },
    'keys that are not there yet',
  ],
  [{ ...everywhere, hook: 'blocks.0.hook_mlp_out', positions: [400], operation: { kind: 'zero' } }, 'past the end'],
] satisfies [Intervention, string][])('%j is left out, with the reason', async (intervention, reason) => {
  const shape = { model, spec: DEFAULT_RUN_SPEC, nPrompt: 5, nCorrupted: null, maxTokens: 2, patternLayers: [] };
  const generation = await PreparedGeneration.make({ ...shape, interventions: [intervention] });
  expect(generation.notApplied).toEqual([{ index: 0, why: expect.stringContaining(reason) }]);
  generation.destroy();
});

test('longrope ends a continuation where the cached keys would turn by other factors; a prompt that is beyond goes on', async () => {
  const { config } = architectureFixture('phi3');
  const [short, long] = [1, 16].map((factor) => Array.from({ length: 8 }, (_, pair) => 1 + factor * pair));
  const rope_parameters = { rope_type: 'longrope', rope_theta: 1e4, short_factor: short, long_factor: long };
  const checkpoint = await randomOf({ ...config, rope_parameters, original_max_position_embeddings: 12 });
  const stretched = await loadModel(gpu, checkpoint);
  const ids = Array.from({ length: 13 }, (_, i) => (i * 37 + 5) % 300);
  const within = await continued(ids.slice(0, 9), { model: stretched });
  expect([within.ids.length, within.why]).toEqual([3, 'rotary']);
  const beyond = await continued(ids, { model: stretched, maxTokens: 3 });
  expect([beyond.ids.length, beyond.why]).toEqual([3, 'length']);
  const whole = [...ids, ...beyond.ids.slice(0, 2)];
  const spec = forwardSpecOf(DEFAULT_RUN_SPEC);
  const shared = { model: stretched, spec, batch: 1, capture: 'none', headInputs: 'shared', logits: 'last' } as const;
  const run = await prepareRun({ ...shared, nPos: whole.length });
  await run.execute(whole);
  const [logits] = await run.capture.read(['unembed.hook_out']);
  expect(beyond.tokens[2]?.logits).toEqual(logits?.values); // all 15 positions by the long factors, as the cached ones are
  run.destroy();
  stretched.destroy();
});

test('the ids that end a text are read from the checkpoint', async () => {
  expect(await readEndIds(nodeFolder(DEMO))).toEqual([0]);
});

test.runIf(existsSync(STORIES))('stories260k tells on about Lily', async () => {
  const stories = await loadModel(gpu, await openCheckpoint(nodeFolder(STORIES)));
  const its = await tokenizerOf(STORIES);
  const text = 'Once upon a time, there was a little girl';
  const { ids } = await continued(its.encode(text, 'model'), { model: stories, maxTokens: 48 });
  expect(its.decode([...its.encode(text, 'model'), ...ids])).toContain(
    `${text} named Lily. She loved to play outside in the park. One day, she saw a big, red ball.`,
  );
  stories.destroy();
});
