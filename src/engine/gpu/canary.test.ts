import { expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { type CanaryReport, canary, canarySummary, readArithmetic, whyNotPortable } from './canary.ts';
import { gpuOf } from './device.ts';

test('the canary sees of SwiftShader what NUMERICS.md tells of it, and of any adapter what can be', async () => {
  const gpu = gpuOf(await testDevice());
  const report = await canary(gpu);
  expect(report.hasShaderF16).toBe(gpu.device.features.has('shader-f16'));
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
    hasShaderF16: false,
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
    hasShaderF16: true,
    elapsedMs: 1,
  };
  expect(whyNotPortable(fine)).toBeNull();
  expect(whyNotPortable({ ...fine, reassociates: true })).toBe('it changes the order of additions');
  expect(whyNotPortable({ ...fine, roundsToEven: false })).toContain('ties to even');
  expect(canarySummary(fine)).toBe(
    'This adapter contracts a·b + c, keeps the order of sums, rounds to nearest even, flushes denormals, ' +
      'has an exp off by up to 2 ULP (ours is used instead), a tanh without NaN, subgroups of 32, and f16.',
  );
});
