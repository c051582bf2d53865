// One activation as CSV (RFC 4180): a row an element, its index on each axis, its value in the shortest decimal that reads back to the
// same f32, and its bits.
import { type Shape, unravel } from '../engine/index.ts';

/** Writes `axes` as the heading: ['pos', 'head', 'd_head'] for hook_z. Throws where they are not as many as the shape's. */
export function writeCsv(
  tensor: { readonly shape: Shape; readonly values: Float32Array },
  axes: readonly string[],
): string {
  const { shape, values } = tensor;
  if (axes.length !== shape.length) {
    throw new Error(
      `${axes.length} axes are named (${axes.join(', ')}), expected ${shape.length} for [${shape.join(', ')}]`,
    );
  }
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length); // a NaN's payload is in them alone
  const rows = Array.from(values, (value, at) =>
    [...unravel(at, shape), shortest(value), hex(bits[at] ?? 0)].join(','),
  );
  return `${[[...axes, 'value', 'bits'].join(','), ...rows].join('\r\n')}\r\n`;
}

/** The fewest digits that round to the same f32; nine always do. */
function shortest(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0';
  for (let digits = 1; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(Number(value.toPrecision(9)));
}

function hex(bits: number): string {
  return `0x${bits.toString(16).padStart(8, '0')}`;
}
