// The budget through the worker's door: what is planned is what a run holds, and a model lies as the budget lets it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBench } from '../../test/support/bench.ts';
import { DEFAULT_EXPERIMENT } from '../engine/index.ts';
import type { Client } from './client.ts';
import type { Progress } from './protocol.ts';

const EXPERIMENT = DEFAULT_EXPERIMENT;
const TOKENS = [0, 631, 523, 269];
const LENGTHS = { nPos: TOKENS.length, nCorrupted: null };
const run = (experiment = EXPERIMENT) => client.ask({ kind: 'run', experiment, tokenIds: TOKENS });
const plan = (experiment = EXPERIMENT) => client.ask({ kind: 'planMemory', experiment, lengths: LENGTHS });
const load = (onProgress: (progress: Progress) => void = () => {}) =>
  client.ask({ kind: 'loadModel', reference: EXPERIMENT.model }, { onProgress });

let client: Client;
let close: () => void;
beforeAll(async () => {
  ({ client, close } = await openBench());
  await client.ask({ kind: 'openDevice' });
});
afterAll(() => close());

test('pipelines that are still being compiled when the bytes are there are counted, to the last', async () => {
  const steps: Progress[] = [];
  await load((step) => steps.push(step));
  const compiled = steps.flatMap((step) => (step.kind === 'load' && step.phase === 'compile' ? [step] : []));
  expect(compiled.length).toBeGreaterThan(0);
  expect(compiled.at(-1)).toMatchObject({ done: compiled.at(-1)?.total, unit: 'pipelines' });
});

test('the plan before a run is what each side then holds, part by part', async () => {
  const planned = await plan();
  const { a, b } = await run();
  expect(planned.weights).toBe(a?.gpuBytes.weights);
  for (const [side, report] of [
    [planned.a, a],
    [planned.b, b],
  ] as const) {
    expect(side).toEqual({ activations: report?.gpuBytes.activations, captures: report?.gpuBytes.captures });
  }
  const sides = [planned.a, planned.b].reduce((sum, side) => sum + (side?.activations ?? 0) + (side?.captures ?? 0), 0);
  const { weights, comparison, panels, staging } = planned;
  expect(planned.total).toBe(weights + sides + comparison + panels + staging);
  expect(planned).toMatchObject({ streamed: false, budget: null });
  expect((await plan({ ...EXPERIMENT, mode: 'split' })).a).toBeNull();
  const onCpu = { ...EXPERIMENT, b: { ...EXPERIMENT.b, engine: 'f64' as const } };
  expect((await plan(onCpu)).b).toBeNull();
});

test("a run that reads the corrupted prompt's activations counts that prompt's run", async () => {
  const plain = await plan();
  const operation = { kind: 'freeze', prompt: 'corrupted' } as const;
  const intervention = {
    hook: 'blocks.1.attn.hook_z',
    heads: [1],
    positions: 'all',
    enabled: true,
    operation,
  } as const;
  const patched = { ...EXPERIMENT, interventions: [intervention] };
  const lengths = { nPos: TOKENS.length, nCorrupted: TOKENS.length };
  const planned = await client.ask({ kind: 'planMemory', experiment: patched, lengths });
  expect(planned.a?.captures).toBeGreaterThan(plain.a?.captures ?? Number.NaN);
  expect(planned.a?.activations).toBeGreaterThan(plain.a?.activations ?? Number.NaN);
});

test('under a budget that the weights do not fit in, the same model is streamed, with the same bits; without one it lies whole', async () => {
  const alone = { ...EXPERIMENT, mode: 'fused' } as const; // both sides' captures would not fit
  const before = await run(alone);
  const whole = await plan(alone);
  const budgetBytes = whole.weights + 16_976_896 - 1; // a byte less than the weights and the lanes that upload them
  expect(await client.ask({ kind: 'setBudget', budgetBytes: 1 << 30 })).toEqual({
    budgetBytes: 1 << 30,
    loadAgain: false,
  });
  expect(await client.ask({ kind: 'setBudget', budgetBytes: 1_000_000 })).toMatchObject({ loadAgain: true });
  await expect(run(alone)).rejects.toThrow(/the budget is 1000000/);
  await client.ask({ kind: 'setBudget', budgetBytes });
  await load();
  const planned = await plan(alone);
  expect(planned).toMatchObject({ streamed: true, budget: budgetBytes });
  expect(planned.weights).toBeLessThan(whole.weights);
  const streamed = await run(alone);
  expect(streamed.fingerprint).toEqual(before.fingerprint);
  expect(await client.ask({ kind: 'setBudget', budgetBytes: null })).toMatchObject({ loadAgain: true });
  await load();
  expect(await plan(alone)).toEqual(whole);
});

test('a model that does not fit beside the one before takes its place, also where it then cannot be loaded', async () => {
  await load();
  const { total } = await plan();
  await client.ask({ kind: 'setBudget', budgetBytes: total + (18 << 20) }); // one, and the lanes to upload it
  await load();
  expect(await client.ask({ kind: 'heldModel' })).not.toBeNull();
  await client.ask({ kind: 'setBudget', budgetBytes: 1000 });
  await expect(load()).rejects.toThrow(/need \d+ bytes .*on the GPU, and the budget is 1000 bytes/);
  expect(await client.ask({ kind: 'heldModel' })).toBeNull();
  await client.ask({ kind: 'setBudget', budgetBytes: null });
});
