import { expect, test } from 'vitest';
import { create } from 'webgpu';
import { testDevice } from '../../../test/support/gpu.ts';
import { type CanaryReport, canary, canarySummary, readArithmetic, whyNotPortable } from './canary.ts';
import { CANARY_F16, F16_POINTS, roundsAsEmulated } from './canaryF16.ts';
import { gpuOf } from './device.ts';

test('the canary sees of SwiftShader what NUMERICS.md tells of it, and of any adapter what can be', async () => {
  const gpu = gpuOf(await testDevice());
  const report = await canary(gpu);
  expect(report.f16 !== null).toBe(gpu.device.features.has('shader-f16'));
  expect(report.subgroupSize !== null).toBe(gpu.device.features.has('subgroups'));
  expect(whyNotPortable(report), canarySummary(report)).toBeNull();
  if (!gpu.adapter.isSoftware) return;
  expect({ ...report, elapsedMs: 0, expMaxUlp: 0 }).toEqual({
    contracts: false,
    fusesFma: expect.any(Boolean),
    reassociates: false,
    roundsToEven: true,
    flushesResults: true,
    flushesOperands: true,
    expMaxUlp: 0,
    tanhNanFrom: 88.8,
    subgroupSize: 4,
    f16: null,
    elapsedMs: 0,
  });
  expect(report.expMaxUlp).toBeGreaterThan(3); // above what a good library has: why exp is our own
  expect(report.expMaxUlp).toBeLessThanOrEqual(3 + 2 * 88); // WGSL's bound at the end of the range
});

test('an adapter that contracts, reassociates or rounds towards zero is told apart', () => {
  const honest = [0, 0, 2 ** -26, 0, 0, 1 + 2 ** -22, 2 ** -127, 2 ** -30];
  const read = (at: number, value: number) =>
    readArithmetic(Float32Array.from(honest.map((v, i) => (i === at ? value : v))));
  expect(read(-1, 0)).toEqual({
    contracts: false,
    fusesFma: true,
    reassociates: false,
    roundsToEven: true,
    flushesResults: false,
    flushesOperands: false,
  });
  expect(read(0, 2 ** -26).contracts).toBe(true);
  expect(read(1, 2 ** -26).contracts).toBe(true);
  expect(read(3, 1).reassociates).toBe(true);
  expect(read(4, 1).reassociates).toBe(true);
  expect(read(5, 1 + 2 ** -23).roundsToEven).toBe(false);
});

test('what speaks against portable bits is named; contraction and flushing do not', () => {
  const fine: CanaryReport = {
    ...readArithmetic(Float32Array.of(2 ** -26, 2 ** -26, 0, 0, 0, 1 + 2 ** -22, 0, 0)),
    expMaxUlp: 2,
    tanhNanFrom: null,
    subgroupSize: 32,
    f16: 'as emulated',
    elapsedMs: 1,
  };
  expect(whyNotPortable(fine)).toBeNull();
  expect(whyNotPortable({ ...fine, reassociates: true })).toBe('it changes the order of additions');
  expect(whyNotPortable({ ...fine, roundsToEven: false })).toContain('ties to even');
  expect(canarySummary(fine)).toBe(
    'This adapter contracts a·b + c, keeps the order of sums, rounds to nearest even, flushes denormals, ' +
      'has an exp off by up to 2 ULP (ours is used instead), a tanh without NaN, subgroups of 32, and an f16 that rounds as emulated.',
  );
});

test('f16: what flushes, rounds up or saturates is told from what rounds to nearest even', () => {
  // A double holds each of these sums exactly, so that adding and taking away 1.5 · 2^52 units rounds to whole units, ties to even.
  const exact = F16_POINTS.map((x) => {
    const unit = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -14) - 10);
    const rounded = x + 1.5 * 2 ** 52 * unit - 1.5 * 2 ** 52 * unit;
    return Math.abs(rounded) > 65_504 ? x * Number.POSITIVE_INFINITY : rounded === 0 ? x * 0 : rounded;
  });
  expect(roundsAsEmulated(exact)).toBe(true);
  expect(roundsAsEmulated(exact.map((x) => (Math.abs(x) < 2 ** -14 ? x * 0 : x)))).toBe(false);
  expect(roundsAsEmulated(exact.map((x) => (Number.isFinite(x) ? x : Math.sign(x) * 65_504)))).toBe(false);
  expect(roundsAsEmulated(F16_POINTS)).toBe(false);
});

test('the question about f16 is WGSL, as Dawn reads it for a device that has the type', async () => {
  const dawn = create(['backend=null']); // compiles everything and runs nothing: its adapter has every feature
  const adapter = await dawn.requestAdapter();
  const device = await adapter?.requestDevice({ requiredFeatures: ['shader-f16'] });
  if (!device) throw new Error('Dawn has no null backend here');
  device.pushErrorScope('validation');
  device.createShaderModule({ code: CANARY_F16.code });
  expect(await device.popErrorScope()).toBeNull();
  device.destroy();
});
