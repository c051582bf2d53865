// Timing a kept run through the worker's door.
import { expect, test } from 'vitest';
import { openBench } from '../../test/support/bench.ts';
import { DEFAULT_EXPERIMENT } from '../engine/index.ts';

const IDS = [0, 631, 523, 269, 521, 323, 262];

test('kernels of both runs are timed on demand, against the peak, and the activations stay what they were', async () => {
  const { client, close } = await openBench();
  const device = await client.ask({ kind: 'openDevice' });
  expect(device.features).toContain('timestamp-query'); // SwiftShader has it
  await client.ask({ kind: 'loadModel', reference: DEFAULT_EXPERIMENT.model });
  const result = await client.ask({ kind: 'run', experiment: DEFAULT_EXPERIMENT, tokenIds: IDS });
  const { runId } = result;
  const hook = 'blocks.3.hook_resid_post';
  const before = await client.ask({ kind: 'values', runId, side: 'b', hook });
  const { a, b, peakGflops } = await client.ask({ kind: 'profile', runId });
  expect(new Set(b?.map(({ kernel }) => kernel))).toEqual(new Set(result.b?.kernels.map(({ kernel }) => kernel)));
  for (const times of [a, b]) {
    expect(times?.every(({ gpuMs }) => gpuMs > 0)).toBe(true);
    expect(times?.map(({ gpuMs }) => gpuMs)).toEqual(times?.map(({ gpuMs }) => gpuMs).toSorted((x, y) => y - x));
  }
  const products = b?.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
  expect(products).toBe(result.b?.counters.multiplyAdds);
  expect(peakGflops).toBeGreaterThan(0);
  expect(await client.ask({ kind: 'values', runId, side: 'b', hook })).toEqual(before);
  close();
}, 60_000);

test('a side that another engine ran is not timed', async () => {
  const { client, close } = await openBench();
  await client.ask({ kind: 'openDevice' });
  await client.ask({ kind: 'loadModel', reference: DEFAULT_EXPERIMENT.model });
  const experiment = { ...DEFAULT_EXPERIMENT, b: { ...DEFAULT_EXPERIMENT.b, engine: 'f64' as const } };
  const { runId } = await client.ask({ kind: 'run', experiment, tokenIds: IDS });
  const { a, b } = await client.ask({ kind: 'profile', runId });
  expect([a === null, b]).toEqual([false, null]);
  close();
}, 60_000);
