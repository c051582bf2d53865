// Rotary position embedding (Su et al. 2021) in f64: pairs of the first `dim` elements of a head turn by pos·frequency.
// Twin of kernels/rotary.wgsl; both read their cosines and sines from checkpoint/rotaryTable.ts.
import type { RotaryConfig } from '../checkpoint/modelConfig.ts';
import type { RotaryTable } from '../checkpoint/rotaryTable.ts';
import { type Arithmetic, F64 } from './arithmetic.ts';
import { extent, type ReferenceTensor } from './referenceTensor.ts';

/** Turns q or k: element pairs (i, i + dim/2) or (2i, 2i + 1) by the config's style; the rest stays: [pos, heads, d_head]. */
export function rotary(
  x: ReferenceTensor, // [pos, heads, d_head]
  style: RotaryConfig['style'],
  table: RotaryTable,
  { turned, constant }: Arithmetic = F64,
): ReferenceTensor {
  const [nHeads, dHead] = [extent(x, 1), extent(x, 2)];
  const values = x.values.slice();
  for (let row = 0; row * dHead < values.length; row++) {
    const pos = Math.floor(row / nHeads);
    for (let i = 0; i < table.pairs; i++) {
      const first = row * dHead + (style === 'half' ? i : 2 * i);
      const second = style === 'half' ? first + table.pairs : first + 1;
      const a = x.values[first] ?? Number.NaN;
      const b = x.values[second] ?? Number.NaN;
      const cos = constant(table.cos[pos * table.pairs + i] ?? Number.NaN);
      const sin = constant(table.sin[pos * table.pairs + i] ?? Number.NaN);
      values[first] = turned(a, cos, b, -sin);
      values[second] = turned(b, cos, a, sin);
    }
  }
  return { shape: x.shape, values };
}
