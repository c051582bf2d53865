import { expect, test } from 'vitest';
import { type HookName, openCheckpoint, readReferenceWeights, referenceForward } from '../engine/index.ts';
import { nodeFolder } from '../sources/folder.node.ts';
import { localDeparture } from './localDeparture.ts';

const PATH = 'test/fixtures/goldens/mistral';
const HOOK = 'blocks.0.attn.hook_attn_scores' satisfies HookName;

async function capturedRun() {
  const checkpoint = await openCheckpoint(nodeFolder(PATH));
  const { config } = checkpoint;
  const weights = await readReferenceWeights(checkpoint);
  const run = { config, weights, tokenIds: [1, 2, 3, 4], qkv: 'fused', kv: 'broadcast' } as const;
  const captured = referenceForward({
    ...run,
    edit: (_, { shape, values }) => ({ shape, values: values.map(Math.fround) }), // each hook hands on what f32 can hold
  });
  return { ...run, captured };
}

test('one score off by a thousandth is named with its place, where it is made and where it is not passed on', async () => {
  const run = await capturedRun();
  expect([...run.captured.keys()].map((hook) => localDeparture(hook, run)).filter((found) => found !== null)).toEqual(
    [],
  );
  const scores = run.captured.get(HOOK);
  if (!scores) throw new Error(`the run has no ${HOOK}`);
  const [, nQuery = 0, nKey = 0] = scores.shape;
  const at = nQuery * nKey + 2 * nKey + 1; // head 1, query 2, key 1
  scores.values[at] = (scores.values[at] ?? 0) + 1e-3;
  expect(localDeparture(HOOK, run)).toMatch(`${HOOK} at [1, 2, 1]: 1.00e-3 from its own operation in f64`);
  expect(localDeparture('blocks.0.attn.hook_rot_q', run)).toBeNull();
  expect(localDeparture('blocks.0.attn.hook_pattern', run)).toMatch('blocks.0.attn.hook_pattern at [1, 2, ');
});

test('an input that was not captured is told, not passed over', async () => {
  const run = await capturedRun();
  run.captured.delete('blocks.0.attn.hook_rot_k');
  expect(localDeparture(HOOK, run)).toBe(
    `${HOOK}: it is computed from blocks.0.attn.hook_rot_k, which was not captured`,
  );
});
