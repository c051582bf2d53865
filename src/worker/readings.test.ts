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
