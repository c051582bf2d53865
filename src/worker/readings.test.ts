// Sweeps and readings through the worker's door, on the demo model.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBench } from '../../test/support/bench.ts';
import { DEFAULT_EXPERIMENT, SPLIT_RUN_SPEC, type SweepCell } from '../engine/index.ts';
import type { Client } from './client.ts';

const CLEAN = [0, 631, 523, 269, 521, 323, 262, 260, 655, 12, 521, 332, 259, 585, 262]; // … John gave a drink to
const CORRUPTED = CLEAN.map((id, at) => (at === 10 ? 523 : id)); // … Mary gave a drink to
const [MARY, JOHN] = [523, 521];
const PROMPTED = { spec: SPLIT_RUN_SPEC, tokenIds: CLEAN, corruptedTokenIds: CORRUPTED };

let client: Client;
let close: () => void;
beforeAll(async () => {
  ({ client, close } = await openBench());
  await client.ask({ kind: 'openDevice' });
  await client.ask({ kind: 'loadModel', reference: DEFAULT_EXPERIMENT.model });
});
afterAll(() => close());

const sweep = {
  sites: ['hook_q_input', 'hook_k_input', 'hook_v_input'],
  operation: { kind: 'freeze', prompt: 'corrupted' },
  byPosition: false,
  metric: { kind: 'logitDifference', tokens: [MARY, JOHN] },
  position: 14,
} as const;

test('a sweep sends its cells as they come, and answers with all of them; it can be aborted', async () => {
  const came: SweepCell[] = [];
  const result = await client.ask(
    { kind: 'sweep', ...PROMPTED, sweep },
    { onProgress: (progress) => progress.kind === 'sweep' && came.push(...progress.cells) },
  );
  expect(result.cells).toHaveLength(4 * (8 + 2 + 2));
  const key = ({ site, layer, head }: SweepCell) => `${site} ${layer} ${head}`;
  const sorted = (cells: readonly SweepCell[]) => [...cells].sort((x, y) => (key(x) < key(y) ? -1 : 1));
  expect(sorted(came)).toEqual(sorted(result.cells));
  const controller = new AbortController();
  const aborted = client.ask(
    { kind: 'sweep', ...PROMPTED, sweep },
    { signal: controller.signal, onProgress: () => controller.abort() },
  );
  await expect(aborted).rejects.toMatchObject({ failure: { kind: 'aborted' } });
  const onnx = { ...PROMPTED, spec: { ...SPLIT_RUN_SPEC, engine: 'onnx' as const } };
  await expect(client.ask({ kind: 'sweep', ...onnx, sweep })).rejects.toThrow('engine=onnx is not this engine');
});

const paths = {
  senders: 'all',
  receivers: [{ kind: 'k', layer: 1, head: 1 }],
  heads: 'frozen',
  mlps: 'recomputed',
  metric: sweep.metric,
  position: 14,
} as const;

test('paths come one by one, and rest between two: a question that is asked meanwhile is answered before the next', async () => {
  const heard: string[] = [];
  const { runId } = await client.ask({ kind: 'run', experiment: DEFAULT_EXPERIMENT, tokenIds: CLEAN });
  let asked: Promise<unknown> = Promise.resolve();
  const result = await client.ask(
    { kind: 'paths', ...PROMPTED, sweep: paths },
    {
      onProgress: (progress) => {
        if (progress.kind !== 'paths') return;
        heard.push(String(progress.done));
        if (progress.done !== 2) return;
        asked = client.ask({ kind: 'outputs', runId, position: 3 }).then(() => heard.push('outputs'));
      },
    },
  );
  await asked;
  expect(result.cells).toHaveLength(10);
  expect(heard.indexOf('outputs')).toBeGreaterThan(heard.indexOf('2'));
  expect(heard.indexOf('outputs')).toBeLessThan(heard.indexOf('6'));
});

test('a sweep rests between its parts in the same way, and its cells have the same bits', async () => {
  const heard: string[] = [];
  const { runId } = await client.ask({ kind: 'run', experiment: DEFAULT_EXPERIMENT, tokenIds: CLEAN });
  const asked: Promise<unknown>[] = [];
  const disturbed = await client.ask(
    { kind: 'sweep', ...PROMPTED, sweep },
    {
      onProgress: (progress) => {
        if (progress.kind !== 'sweep') return;
        heard.push(String(progress.done));
        if (asked.length > 0) return;
        asked.push(client.ask({ kind: 'outputs', runId, position: 3 }).then(() => heard.push('outputs')));
      },
    },
  );
  await Promise.all(asked);
  expect(heard).toHaveLength(4 + 1); // a part a layer, and the answer
  expect(heard.indexOf('outputs')).toBeLessThan(4); // the last part's cells come after it
  const alone = await client.ask({ kind: 'sweep', ...PROMPTED, sweep });
  expect(disturbed.cells).toEqual(alone.cells);
});

test('another model ends paths that rest, and their memory is freed', async () => {
  let loading: Promise<unknown> = Promise.resolve();
  const ended = client.ask(
    { kind: 'paths', ...PROMPTED, sweep: paths },
    {
      onProgress: (progress) => {
        if (progress.kind === 'paths' && progress.done === 1) {
          loading = client.ask({ kind: 'loadModel', reference: DEFAULT_EXPERIMENT.model });
        }
      },
    },
  );
  await expect(ended).rejects.toMatchObject({ failure: { kind: 'aborted' } });
  await loading;
  const tokens = { position: 14, tokens: [MARY], interventions: [] } as const;
  await expect(client.ask({ kind: 'reading', ...PROMPTED, ...tokens })).resolves.toMatchObject({ position: 14 });
});

test('a prompt is continued under A and B, a token of each in turn, interventions on or refused by name', async () => {
  const interventions = [
    { hook: 'blocks.1.attn.hook_z', heads: [7], positions: 'all', operation: { kind: 'zero' }, enabled: true },
    { hook: 'blocks.0.hook_mlp_out', heads: 'all', positions: 'all', operation: { kind: 'mean' }, enabled: true },
  ] as const;
  const asked = { kind: 'generate', tokenIds: CLEAN, sampling: { kind: 'greedy' }, maxTokens: 8 } as const;
  const written = async (experiment: typeof DEFAULT_EXPERIMENT) => {
    const came: { side: string; text: string; keys: number; probability: number }[] = [];
    const ended = await client.ask(
      { ...asked, experiment },
      {
        onProgress: (progress) => {
          if (progress.kind !== 'generate') return;
          const { token, pattern, probability } = progress.token;
          came.push({ side: progress.side, text: token.text, keys: (pattern?.values.length ?? 0) / 8, probability });
        },
      },
    );
    return { came, ended };
  };
  const plain = await written(DEFAULT_EXPERIMENT);
  expect(plain.came.map(({ side, text }) => `${side}${text}`)).toEqual([
    'a Mary',
    'b Mary',
    'a.',
    'b.',
    'a<|endoftext|>',
    'b<|endoftext|>',
  ]);
  expect(plain.came.map(({ keys }) => keys)).toEqual([15, 15, 16, 16, 17, 17]); // the new row's pattern, over all before it
  expect(plain.ended.a).toEqual({ stopped: 'end-token', notApplied: [] });
  const edited = await written({ ...DEFAULT_EXPERIMENT, mode: 'split', interventions });
  expect(edited.ended.a).toBeNull();
  expect(edited.ended.b?.notApplied).toMatchObject([
    { index: 1, why: expect.stringContaining('mean of all positions') },
  ]);
  expect(edited.came[0]?.probability).not.toBe(plain.came[1]?.probability); // the other is on
});

test('a reading: the lens turns to Mary, and the parts sum to the difference', async () => {
  const at = { position: 14, tokens: [MARY, JOHN], interventions: [] } as const;
  const { lens, attribution, tokens } = await client.ask({ kind: 'reading', ...PROMPTED, ...at });
  expect(tokens.map(({ text }) => text)).toEqual([' Mary', ' John']);
  expect(lens.map(({ top }) => top.length)).toEqual([5, 5, 5, 5, 5]);
  expect(lens.at(-1)?.top[0]?.token.text).toBe(' Mary');
  expect(lens.at(-1)?.chosen[0]).toMatchObject({ rank: 0 });
  expect(lens[0]?.chosen[0]?.rank).toBeGreaterThan(0);
  expect(Math.abs(attribution.sum - attribution.logit)).toBeLessThanOrEqual(attribution.bound);
});

test('the circuits of an induction head: it copies, and what it raises is what it attends to', async () => {
  const { qk, ov, copying } = await client.ask({ kind: 'circuits', layer: 1, head: 7, count: 10 });
  expect([qk.length, ov.length]).toEqual([10, 10]);
  expect(copying.eigenvalues).toBeGreaterThan(0.9);
  expect(ov.filter(({ from, to }) => from.id === to.id).length).toBeGreaterThan(5);
  await expect(client.ask({ kind: 'circuits', layer: 4, head: 0, count: 10 })).rejects.toThrow('There is no head L4H0');
});

test('head scores on repeated random tokens: L0H7 looks back by one, L1H7 is an induction head', async () => {
  const scores = await client.ask({
    kind: 'headScores',
    spec: DEFAULT_EXPERIMENT.a,
    length: 30,
    prompts: 8,
    seed: 1,
  });
  expect(scores.previousToken[7]).toBeCloseTo(0.49, 1);
  expect(scores.induction[15]).toBeCloseTo(0.93, 1);
});
