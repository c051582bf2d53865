import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBench } from '../../test/support/bench.ts';
import { writeNpz } from '../captures/npz.ts';
import {
  DEFAULT_EXPERIMENT,
  type DifferenceOf,
  type Experiment,
  type HookName,
  type Intervention,
} from '../engine/index.ts';

const IDS = [0, 631, 523, 269, 521, 323, 262];
const Q = 'blocks.1.attn.hook_q' satisfies HookName;
let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  bench = await openBench();
  await bench.client.ask({ kind: 'openDevice' });
  await bench.client.ask({ kind: 'loadModel', reference: DEFAULT_EXPERIMENT.model });
});
afterAll(() => bench.close());

function withB(b: Partial<Experiment['b']>, rest: Partial<Experiment> = {}): Experiment {
  return { ...DEFAULT_EXPERIMENT, ...rest, b: { ...DEFAULT_EXPERIMENT.b, ...b } };
}

/** Runs an experiment and judges every hook that both have. */
async function judgements(experiment: Experiment) {
  const { runId, ladder } = await bench.client.ask({ kind: 'run', experiment, tokenIds: IDS });
  const judged = [];
  for (const { hook } of ladder) judged.push({ hook, ...(await bench.client.ask({ kind: 'judge', runId, hook })) });
  return judged;
}

test.each([
  withB({ order: 'reversed' }),
  withB({ order: 'pairwise', arithmetic: 'portable' }),
  withB({ precision: 'bf16', bias: 'after', qkv: 'fused' }),
  withB({ precision: 'f16', softmax: 'online' }),
  withB({ engine: 'ieee', qkv: 'split' }),
])('every hook of the demo model is judged, and none is a bug: %#', async (experiment) => {
  const judged = await judgements(experiment);
  expect(judged.length).toBeGreaterThan(80);
  expect(judged.filter((one) => one.kind !== 'judged' || one.verdict.kind === 'bug')).toEqual([]);
  expect(judged.some((one) => one.kind === 'judged' && one.verdict.kind === 'noise')).toBe(true);
});

const EDITS: readonly Intervention[] = [
  { hook: 'blocks.0.attn.hook_z', heads: [1], positions: 'all', operation: { kind: 'zero' }, enabled: true },
  { hook: 'blocks.1.attn.hook_q', heads: [2], positions: [3], operation: { kind: 'scale', factor: 4 }, enabled: true },
  { hook: 'blocks.1.hook_resid_post', heads: 'all', positions: [2, 4], operation: { kind: 'swap' }, enabled: true },
  { hook: 'blocks.2.attn.hook_v', heads: [0], positions: 'all', operation: { kind: 'mean' }, enabled: true },
  {
    hook: 'blocks.2.mlp.hook_post',
    heads: 'all',
    positions: [1],
    operation: { kind: 'noise', deviation: 0.1, seed: 3 },
    enabled: true,
  },
  {
    hook: 'blocks.3.hook_resid_pre',
    heads: 'all',
    positions: 'all',
    operation: { kind: 'addToken', factor: 0.3, token: 7 },
    enabled: true,
  },
  {
    hook: 'blocks.3.attn.hook_z',
    heads: 'all',
    positions: 'all',
    operation: { kind: 'freeze', prompt: 'clean' },
    enabled: true,
  },
];

test('interventions are judged with what they do, and those that reach an operation unseen are refused by name', async () => {
  const unseen: Intervention = {
    hook: 'blocks.3.ln1.hook_scale',
    heads: 'all',
    positions: 'all',
    operation: { kind: 'scale', factor: 2 },
    enabled: true,
  };
  const judged = await judgements(withB({ order: 'reversed' }, { interventions: [...EDITS, unseen] }));
  expect(judged.filter((one) => one.kind === 'judged' && one.verdict.kind === 'bug')).toEqual([]);
  const refused = judged.filter((one) => one.kind === 'refused');
  expect(refused.map(({ hook }) => hook)).toEqual(['q', 'k', 'v'].map((letter) => `blocks.3.attn.hook_${letter}`));
  expect(refused[0]).toMatchObject({
    why: "Run B: blocks.3.attn.hook_q: an intervention edits blocks.3.ln1.hook_scale: split mode normalises for q, k and v each, and keeps v's norm alone",
  });
});

test('a capture whose head was swapped is a bug in B, at that hook, on its own inputs', async () => {
  const { client } = bench;
  const { runId, a } = await client.ask({ kind: 'run', experiment: DEFAULT_EXPERIMENT, tokenIds: IDS });
  const hooks = (a?.hooks ?? []).map(({ hook }) => hook).filter((hook) => hook.startsWith('blocks.1.'));
  const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const hook of hooks) tensors.set(hook, await client.ask({ kind: 'values', runId, side: 'a', hook }));
  const q = tensors.get(Q);
  if (!q) throw new Error('internal: no q');
  const [, nHeads = 1, dHead = 1] = q.shape;
  const swapped = q.values.slice();
  for (let pos = 0; pos < IDS.length; pos++) {
    const at = pos * nHeads * dHead;
    swapped.set(q.values.subarray(at + dHead, at + 2 * dHead), at);
    swapped.set(q.values.subarray(at, at + dHead), at + dHead);
  }
  const bytes = writeNpz(new Map([...tensors, [Q, { shape: q.shape, values: swapped }]]));
  await client.ask({ kind: 'openCaptures', fileName: 'theirs.npz', bytes });
  const judged = await judgements(withB({ engine: 'file', qkv: 'fused' }));
  const bugs = judged.filter((one) => one.kind === 'judged' && one.verdict.kind === 'bug');
  expect(bugs.map(({ hook }) => hook)).toEqual([Q, 'blocks.1.attn.hook_rot_q']); // the turn was of q as it was
  expect(bugs[0]).toMatchObject({ inputs: 'own', verdict: { guilty: ['B'] } });
  const pre = judged.find(({ hook }) => hook === 'blocks.1.hook_resid_pre');
  expect(pre).toMatchObject({
    kind: 'refused',
    why: expect.stringContaining('blocks.0.hook_resid_post, which was not captured'),
  });
});

test('f64 is not judged against itself, and one run alone not at all', async () => {
  const [first] = await judgements(withB({ engine: 'f64', qkv: 'fused' }));
  expect(first).toMatchObject({
    kind: 'refused',
    why: expect.stringMatching(/^Run B is engine=f64: it is the truth itself/),
  });
  const { runId } = await bench.client.ask({
    kind: 'run',
    experiment: { ...DEFAULT_EXPERIMENT, mode: 'fused' },
    tokenIds: IDS,
  });
  await expect(bench.client.ask({ kind: 'judge', runId, hook: Q })).rejects.toThrow('Only one run was made');
});

test('a judgement that is left before it is computed ends', async () => {
  const { runId } = await bench.client.ask({ kind: 'run', experiment: withB({ order: 'reversed' }), tokenIds: IDS });
  const controller = new AbortController();
  const left = bench.client.ask({ kind: 'judge', runId, hook: Q }, { signal: controller.signal });
  controller.abort();
  await expect(left).rejects.toMatchObject({ failure: { kind: 'aborted' } });
});

test('the cause of a difference is found under the interventions of both runs, and not where they edit one', async () => {
  const [zero, scale] = EDITS;
  if (!zero || !scale) throw new Error('internal: no edits');
  const alike = withB({ order: 'reversed' }, { interventions: [zero, scale] });
  const { runId, ladder } = await bench.client.ask({ kind: 'run', experiment: alike, tokenIds: IDS });
  expect(ladder.find(({ hook }) => hook === Q)?.local?.verdict).not.toBe('bit-identical');
  const cause = await bench.client.ask({ kind: 'cause', runId, hook: Q });
  expect(cause.causes).toEqual([['order']]);
  const input: Intervention = { ...zero, hook: 'blocks.1.hook_q_input' };
  const apart = withB({ order: 'reversed' }, { interventions: [input] }); // fused A has no such input
  const one = await bench.client.ask({ kind: 'run', experiment: apart, tokenIds: IDS });
  await expect(bench.client.ask({ kind: 'cause', runId: one.runId, hook: Q })).rejects.toThrow(
    /^Intervention 1 edits one run alone, .*: run A leaves it out/,
  );
});

test('the cause is told with its progress, and an abort ends the search', async () => {
  const experiment = withB({ order: 'reversed', precision: 'bf16' });
  const { runId } = await bench.client.ask({ kind: 'run', experiment, tokenIds: IDS });
  const told: unknown[] = [];
  const cause = await bench.client.ask(
    { kind: 'cause', runId, hook: Q },
    { onProgress: (progress) => told.push(progress) },
  );
  expect(cause.causes).toEqual([['order', 'precision']]);
  expect(told[0]).toEqual({ kind: 'cause', done: 0, total: 3 }); // order, precision, qkv
  const controller = new AbortController();
  const aborted = bench.client.ask({ kind: 'cause', runId, hook: Q }, { signal: controller.signal });
  controller.abort();
  await expect(aborted).rejects.toMatchObject({ failure: { kind: 'aborted' } });
});

test('the kernels of a hook are the dispatches that wrote it: text, constants, dims, bindings', async () => {
  const experiment = withB({ precision: 'bf16' });
  const { runId } = await bench.client.ask({ kind: 'run', experiment, tokenIds: IDS });
  const kernelsOf = (side: 'a' | 'b', hook: HookName) => bench.client.ask({ kind: 'kernels', runId, side, hook });
  const [product] = await kernelsOf('a', Q);
  expect(product?.code).toContain('@compute');
  expect(product?.dims.slice(0, 2)).toEqual([
    ['rows', 7],
    ['chunks', 32],
  ]); // 7 tokens; d_model 128 / 4
  expect(product?.bindings.find(({ access }) => access === 'write')?.variable).toBe('y');
  const [narrow] = await kernelsOf('b', 'blocks.1.attn.hook_pattern');
  expect(narrow?.kernel).toBe('softmaxInNumerics');
  expect(narrow?.overrides).toMatchObject({ rounding: 2 });
  const elsewhere = await bench.client.ask({ kind: 'run', experiment: withB({ engine: 'ieee' }), tokenIds: IDS });
  expect(await bench.client.ask({ kind: 'kernels', runId: elsewhere.runId, side: 'b', hook: Q })).toEqual([]);
});

test('the difference of the runs is followed through the blocks of A alone; one run needs an injected one', async () => {
  const ask = async (experiment: Experiment, of: DifferenceOf) => {
    const { runId } = await bench.client.ask({ kind: 'run', experiment, tokenIds: IDS });
    return bench.client.ask({ kind: 'amplification', runId, of });
  };
  const [runs, injected] = [{ kind: 'runs' } as const, { kind: 'injected', exponent: -8 } as const];
  const { blocks } = await ask(withB({ engine: 'f64', qkv: 'fused' }), runs); // B of any engine
  expect(blocks.map(({ leaving }) => leaving > 0)).toEqual([true, true, true, true]);
  await expect(ask(withB({}, { mode: 'fused' }), runs)).rejects.toThrow('Only one run was made');
  expect((await ask(withB({}, { mode: 'split' }), injected)).blocks.length).toBe(4);
  const onF64 = { ...withB({}), a: { ...DEFAULT_EXPERIMENT.a, engine: 'f64' as const } };
  await expect(ask(onF64, runs)).rejects.toThrow(/^engine=f64 runs whole models/);
});
