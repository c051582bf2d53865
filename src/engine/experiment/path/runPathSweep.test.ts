// Path sweeps on the demo model: each cell is the path patch of its sender, to the bit; what has no path is left out, or refused by name.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../../test/support/gpu.ts';
import { nodeFolder } from '../../../sources/folder.node.ts';
import { metricOf } from '../../analysis/metric.ts';
import { openCheckpoint } from '../../checkpoint/openCheckpoint.ts';
import { gpuOf } from '../../gpu/device.ts';
import { loadModel } from '../../model/loadModel.ts';
import type { Model } from '../../model/model.ts';
import { compilePaths } from './compilePaths.ts';
import type { PathCell, PathSweep } from './pathSweep.ts';
import { PathPatcher } from './runPathPatch.ts';
import { runPathSweep, whyNotPathSweep } from './runPathSweep.ts';

const CLEAN = [0, 631, 523, 269, 521, 323, 262, 260, 655, 12, 521, 332, 259, 585, 262]; // … John gave a drink to
const CORRUPTED = CLEAN.map((id, at) => (at === 10 ? 523 : id)); // … Mary gave a drink to
const SPEC = { qkv: 'split', kv: 'broadcast', order: { kind: 'canonical' } } as const;
const SWEEP: PathSweep = {
  senders: 'all',
  receivers: [{ kind: 'k', layer: 1, head: 1 }],
  heads: 'frozen',
  mlps: 'recomputed',
  metric: { kind: 'logitDifference', tokens: [523, 521] }, // " Mary" over " John"
  position: 14,
};

let model: Model;
beforeAll(async () => {
  const gpu = gpuOf(await testDevice());
  model = await loadModel(gpu, await openCheckpoint(nodeFolder('public/models/demo-gqa')));
});
afterAll(() => model.destroy());

const requestOf = (sweep: Partial<PathSweep>) => ({
  model,
  spec: SPEC,
  tokenIds: CLEAN,
  corruptedTokenIds: CORRUPTED,
  sweep: { ...SWEEP, ...sweep },
});

test('all senders before the receiver, in running order, each cell with the bits of its own path patch; compiled ahead it compiles nothing', async () => {
  const came: PathCell[] = [];
  await compilePaths(requestOf({}));
  const { pipelinesCompiled } = model.gpu.counters;
  const { clean, corrupted, cells } = await runPathSweep({
    ...requestOf({}),
    onCell: (cell, done, total) => {
      came.push(cell);
      expect([done, total]).toEqual([came.length, 1 + 8 + 1]); // embedding, layer 0's heads, its MLP
    },
  });
  expect(model.gpu.counters.pipelinesCompiled).toBe(pipelinesCompiled);
  expect(came).toEqual(cells);
  expect(cells.map(({ sender }) => sender.kind)).toEqual(['embed', ...new Array(8).fill('head'), 'mlp']);
  expect(clean).toBeGreaterThan(2);
  expect(corrupted).toBeLessThan(-2);
  const prompts = { ...requestOf({}), position: 14 };
  const patcher = await PathPatcher.make(prompts);
  for (const { sender, value } of cells.slice(6)) {
    const row = await patcher.patched({ sender, receivers: SWEEP.receivers, heads: 'frozen', mlps: 'recomputed' });
    expect(value).toBe(metricOf(SWEEP.metric, row, patcher.clean));
  }
  patcher.destroy();
});

test('an abort ends it between two senders', async () => {
  const controller = new AbortController();
  let came = 0;
  const running = runPathSweep({
    ...requestOf({}),
    signal: controller.signal,
    onCell: () => {
      came += 1;
      controller.abort();
    },
  });
  await expect(running).rejects.toThrow();
  expect(came).toBe(1);
});

test('what cannot be asked is refused by name', () => {
  expect(whyNotPathSweep({ ...requestOf({}), corruptedTokenIds: null })).toContain('there is none');
  expect(whyNotPathSweep(requestOf({ position: 15 }))).toContain('position 15');
  expect(whyNotPathSweep(requestOf({ receivers: [{ kind: 'k', layer: 1, head: 2 }] }))).toContain('no head 2');
  expect(whyNotPathSweep(requestOf({ senders: [{ kind: 'head', layer: 1, head: 0 }] }))).toBe(
    'L1KV1.k reads the stream before L1H0 writes into it: there is no path',
  );
  expect(whyNotPathSweep(requestOf({ metric: { kind: 'rank', token: 5000 } }))).toContain('token 5000');
});
