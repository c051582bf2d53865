import { expect, test } from 'vitest';
import type { EngineName } from './engine.ts';
import { formatReport, type Measured, makeReport, median } from './report.ts';

const sample = (tokens: number, engine: EngineName, ...times: number[]) =>
  times.map((elapsedMs) => ({ tokens, engine, elapsedMs }));

const measured: Measured = {
  adapter: 'google swiftshader',
  isSoftware: true,
  threads: 2,
  peak: { gflops: 16, shape: 'two_chains' },
  plainLoopGflops: 5,
  multiplyAdds: new Map([
    [32, 1e9],
    [128, 4e9],
  ]),
  samples: [
    ...sample(32, 'split-captured', 1100, 900, 1000),
    ...sample(32, 'ort-webgpu', 9000),
    ...sample(32, 'ort-wasm-n', 100),
    ...sample(128, 'fused', 2000),
    ...sample(128, 'split', 2000, 2200),
    ...sample(128, 'split-captured', 2310),
  ],
  kernels: { tokens: 128, rows: [{ kernel: 'matmul', dispatches: 57, gpuMs: 1000, multiplyAdds: 4e9 }] },
  loads: [{ from: 'a local server', bytes: 2 ** 28, aloneMs: 200, loadMs: 280, peakGpuBytes: 2 ** 29 }],
  sweeps: [{ model: 'demo-gqa', tokens: 32, edits: 48, firstSweepMs: 500, sweepMs: 240, passMs: 8, timedPasses: 8 }],
  comparing: [
    {
      model: 'demo-gqa',
      tokens: 32,
      pair: 'noise',
      hooks: 85,
      elements: 438_688,
      runsMs: 50,
      compareMs: 10,
      localMs: 30,
    },
  ],
  portable: [{ model: 'demo-gqa', tokens: 32, nativeMs: 20, portableMs: 30 }],
  memory: { peakGpuBytes: 2 ** 30, pageBytes: null },
  decoding: { context: 128, ours: [50, 40, 60], ortWebgpu: [1000, 1200], ortWasm: [20, 22] },
};

test('the median of an even count is the mean of the middle two', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test('a row tells the median, twice the multiply-adds a second and their share of the peak', () => {
  const row = makeReport(measured).rows.find(({ tokens, engine }) => tokens === 128 && engine === 'fused');
  expect(row).toEqual({ tokens: 128, engine: 'fused', ms: 2000, gflops: 4, shareOfPeak: 0.25 });
});

test('the plain loop is told beside the peak, with the judged row as a share of it', () => {
  const report = makeReport(measured);
  expect(report.plainLoopGflops).toBe(5);
  const text = formatReport(measured, report);
  expect(text).toContain('5.00 GFLOP/s, of which fused at 128 tokens is 80.0 %'); // 4 of 5
  expect(text).toContain('of the peak, 3.2 times as high');
  const withoutRows = { ...measured, samples: [] };
  expect(formatReport(withoutRows, makeReport(withoutRows))).not.toContain('a plain loop, one');
});

test('ratios are of medians, and null where a row is missing', () => {
  const { ratios } = makeReport(measured);
  expect(ratios.vsOrtWebgpu32).toBe(9);
  expect(ratios.vsOrtWebgpu128).toBeNull();
  expect(ratios.vsWasm32).toBeCloseTo(0.1);
  expect(ratios.splitOverFused).toBeCloseTo(1.05);
  expect(ratios.captureAllOverNone).toBeCloseTo(1.1);
  expect(ratios.decodingVsOrtWebgpu).toBe(22);
});

test('the table says which goals are met and which are missed', () => {
  const text = formatReport(measured, makeReport(measured));
  expect(text).toMatch(/vsOrtWebgpu32.*9\.000\s+≥ 6\s+met/);
  expect(text).toMatch(/captureAllOverNone.*1\.100\s+≤ 1\.05\s+MISSED/);
  expect(text).toMatch(/decodingVsOrtWebgpu.*22\.000\s+≥ 10\s+met/);
  expect(text).toMatch(/vsOrtWebgpu128.*not measured/);
  expect(text).toMatch(/comparing runs of demo-gqa, noise.*0\.200\s+≤ 0\.15\s+MISSED/);
  expect(text).toMatch(/share of the plain loop.*0\.800\s+≥ 0\.25\s+met/);
  expect(text).toMatch(/share of the peak.*0\.250\s+≥ 0\.25\s+met/);
  expect(text).toMatch(/portable \/ native arithmetic, a run of demo-gqa\s+1\.500/);
  expect(text).toMatch(/matmul.*8\.00\s+50\.0 %/);
});

test('loading is told against reading and uploading alone, and a sweep against a pass for each edit', () => {
  const report = makeReport(measured);
  expect(report.loads[0]?.ratio).toBeCloseTo(1.4);
  expect(report.sweeps[0]?.speedUp).toBeCloseTo(1.6); // 48 passes of 8 ms over 240 ms
  const text = formatReport(measured, report);
  expect(text).toMatch(/loading from a local server .*1\.400\s+≤ 1\.5\s+met/);
  expect(text).toMatch(/sweep of demo-gqa.*1\.600\s+≥ 2\s+MISSED/);
  expect(text).toContain('peak on the GPU 1024 MiB, as counted; the page and its workers are not told by this browser');
});
