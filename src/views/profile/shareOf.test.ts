import { expect, test } from 'vitest';
import { shareOf } from './KernelTimes.tsx';

const product = { kernel: 'matmul', dispatches: 1, multiplyAdds: 1e9 };

test('a thousand million multiply-adds in 100 ms are 20 GFLOP/s: half of a peak of 40', () => {
  expect(shareOf({ ...product, gpuMs: 100 }, 40)).toBe('50 % of peak');
});

test.each([
  ['a kernel without multiply-adds', { ...product, multiplyAdds: 0, gpuMs: 1 }, 40],
  ['a peak that was not measured', { ...product, gpuMs: 1 }, null],
  ['a time below what timestamps tell', { ...product, gpuMs: 0 }, 40],
])('%s has no share', (_, time, peak) => {
  expect(shareOf(time, peak)).toBeNull();
});
