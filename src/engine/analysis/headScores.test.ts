import { expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { nodeFolder } from '../../sources/folder.node.ts';
import { openCheckpoint } from '../checkpoint/openCheckpoint.ts';
import { gpuOf } from '../gpu/device.ts';
import { blockHook } from '../hooks/hookName.ts';
import { loadModel } from '../model/loadModel.ts';
import { prepareRun } from '../model/prepareRun.ts';
import { headScores } from './headScores.ts';

/** One head that pays all its attention to `keyOf(query)`. */
function looking(nPos: number, keyOf: (query: number) => number) {
  const values = new Float32Array(nPos * nPos);
  for (let query = 0; query < nPos; query++) values[query * nPos + keyOf(query)] = 1;
  return { shape: [1, nPos, nPos], values };
}

const TOKENS = [0, 7, 8, 9, 7, 8, 9];

test.each([
  ['previousToken', (query: number) => Math.max(0, query - 1)],
  ['induction', (query: number) => (query >= 4 ? query - 2 : 0)],
  ['duplicateToken', (query: number) => (query >= 4 ? query - 3 : 0)],
  ['bosMass', () => 0],
] as const)('a perfect %s head scores exactly 1', (score, keyOf) => {
  expect(headScores(looking(TOKENS.length, keyOf), TOKENS)[score]).toEqual([1]);
});

test('entropy is 0 where each query sees one key, and ln n where it sees n keys alike', () => {
  expect(
    headScores(
      looking(7, () => 0),
      TOKENS,
    ).entropy,
  ).toEqual([0]);
  const even = { shape: [1, 2, 2], values: Float32Array.of(1, 0, 0.5, 0.5) };
  expect(headScores(even, [1, 2]).entropy[0]).toBeCloseTo(Math.LN2, 12);
});

test('a prompt in which no token comes again has no induction and no duplicate-token score', () => {
  const { induction, duplicateToken, previousToken } = headScores(
    looking(4, (query) => query),
    [1, 2, 3, 4],
  );
  expect([induction[0], duplicateToken[0], previousToken[0]]).toEqual([Number.NaN, Number.NaN, 0]);
});

/** <|endoftext|>, then 30 random tokens twice: what `models/recipe/probe.py` measures on, with a generator of our own. */
function repeatedRandomTokens(seed: number, dVocab: number): number[] {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' LCG
    return 1 + ((state >>> 8) % (dVocab - 1));
  };
  const half = Array.from({ length: 30 }, next);
  return [0, ...half, ...half];
}

test('the heads of demo-gqa on repeated random tokens: L0H7 looks back by one, L1H7 is an induction head', async () => {
  const model = await loadModel(gpuOf(await testDevice()), await openCheckpoint(nodeFolder('public/models/demo-gqa')));
  const hooks = [blockHook(0, 'attn.hook_pattern'), blockHook(1, 'attn.hook_pattern')];
  const canonical = { qkv: 'fused', kv: 'broadcast', order: { kind: 'canonical' } } as const;
  const run = await prepareRun({ model, spec: canonical, batch: 1, nPos: 61, capture: hooks, headInputs: 'shared' });
  const [previous, induction]: [number[], number[]] = [[], []];
  for (let seed = 1; seed <= 8; seed++) {
    const tokenIds = repeatedRandomTokens(seed, model.config.dVocab);
    await run.execute(tokenIds);
    const [first, second] = await run.capture.read(hooks);
    if (!first || !second) throw new Error('the patterns were not read back');
    previous.push(headScores(first, tokenIds).previousToken[7] ?? Number.NaN);
    induction.push(headScores(second, tokenIds).induction[7] ?? Number.NaN);
  }
  // probe.py, in PyTorch on 16 prompts of its own, gives 0.49 and 0.93; the mean over 8 of ours varies by about 0.03.
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(previous)).toBeCloseTo(0.49, 1);
  expect(mean(induction)).toBeCloseTo(0.93, 1);
  run.destroy();
  model.destroy();
});
