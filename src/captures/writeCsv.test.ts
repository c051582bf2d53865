import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeCsv } from './writeCsv.ts';

test('a row an element: its index, the shortest value, its bits', () => {
  const tensor = { shape: [2, 2], values: Float32Array.of(0.1, -0, Number.NaN, Number.NEGATIVE_INFINITY) };
  expect(writeCsv(tensor, ['pos', 'd_model'])).toBe(
    'pos,d_model,value,bits\r\n0,0,0.1,0x3dcccccd\r\n0,1,-0,0x80000000\r\n1,0,nan,0x7fc00000\r\n1,1,-inf,0xff800000\r\n',
  );
  expect(() => writeCsv(tensor, ['pos'])).toThrow('1 axes are named (pos), expected 2');
});

test('every finite value reads back to the same f32', () => {
  fc.assert(
    fc.property(fc.float32Array({ minLength: 1, noNaN: true }), (values) => {
      const rows = writeCsv({ shape: [values.length], values }, ['i'])
        .trimEnd()
        .split('\r\n')
        .slice(1);
      const read = rows.map((row) => row.split(',')[1] ?? '').map((text) => Number(text.replace('inf', 'Infinity')));
      expect(Float32Array.from(read)).toEqual(values);
    }),
  );
});
