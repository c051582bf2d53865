import { expect, test } from 'vitest';
import { differenceShape } from '../../engine/analysis/differenceShape.ts';
import { compareTensors, type Tolerance } from '../../engine/index.ts';
import { assertCloseMessage, pythonFloat } from './assertClose.ts';

const HOOK = 'blocks.0.attn.hook_q';

function message(expected: number[], actual: number[], tolerance: Tolerance): string | null {
  const [a, b] = [expected, actual].map((values) => ({ shape: [values.length], values: Float32Array.from(values) }));
  if (!a || !b) throw new Error('internal: two tensors');
  const found = { summary: compareTensors(a, b, tolerance), difference: differenceShape(a, b, tolerance) };
  return assertCloseMessage({ hook: HOOK, ...found }, tolerance);
}

test('a failure is worded as torch words it: places as tuples, numbers as Python writes them', () => {
  expect(message([1, 2, 4], [1, 2, 5], { atol: 1e-5, rtol: 1.3e-6 })).toBe(
    [
      'blocks.0.attn.hook_q: Tensor-likes are not close!',
      '',
      'Mismatched elements: 1 / 3 (33.3%)',
      'Greatest absolute difference: 1.0 at index (2,) (up to 1e-05 allowed)',
      'Greatest relative difference: 0.25 at index (2,) (up to 1.3e-06 allowed)',
    ].join('\n'),
  );
});

test('with both bounds 0 it is about equality, and no allowance is told', () => {
  expect(message([1, 2], [1, 3], { atol: 0, rtol: 0 })).toMatch(
    /not equal!\n\nMismatched elements: 1 \/ 2 \(50\.0%\)\nGreatest absolute difference: 1\.0 at index \(1,\)\nGreatest relative difference: 0\.5 at index \(1,\)$/,
  );
});

test('what passes is said to pass, and what has the same bits to be equal', () => {
  expect(message([1], [1.5], { atol: 1, rtol: 0 })).toBe(
    `${HOOK}: tensor-likes are close (1 elements, atol=1.0, rtol=0.0).`,
  );
  expect(message([1], [1], { atol: 1, rtol: 0 })).toMatch(/equal, bit for bit/);
  expect(assertCloseMessage({ hook: HOOK, summary: null, difference: null }, { atol: 0, rtol: 0 })).toBeNull();
});

test.each([
  [1e-5, '1e-05'],
  [0.0001, '0.0001'],
  [1.2345e-7, '1.2345e-07'],
  [2, '2.0'],
  [0.1 + 0.2, '0.30000000000000004'],
  [123456.5, '123456.5'],
  [1e16, '1e+16'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NaN, 'nan'],
])('%f is written %s', (x, text) => {
  expect(pythonFloat(x)).toBe(text);
});
