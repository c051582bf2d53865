// The shape of a difference, beyond its largest element: how errors lie against magnitudes, how far apart in units in the last place,
// and the two figures that torch.testing.assert_close words. One pass over both tensors, exact.
import { unravel } from '../tensor/shape.ts';
import { ulpDistanceOfBits } from '../tensor/ulp.ts';
import { align, type Values } from './align.ts';
import { fails, gapOf, type Rule } from './compare.ts';
import type { DifferenceShape, ErrorField, Greatest, UlpBin } from './comparison.ts';

const BINS_A_DECADE = 4;

/** Describes how two tensors part; null where their shapes do not go together. */
export function differenceShape(a: Values, b: Values, rule: Rule): DifferenceShape | null {
  const pair = align(a, b);
  if (!pair) return null;
  const gaps = pair.a.map((value, i) => gapOf(value, pair.b[i] ?? 0));
  const greatest = (of: (i: number) => number): Greatest | null => {
    let at = -1;
    for (let i = 0; i < gaps.length; i++) {
      if (fails(pair.a[i] ?? 0, pair.b[i] ?? 0, rule) && (at < 0 || of(i) > of(at))) at = i;
    }
    return at < 0 ? null : { value: of(at), index: unravel(at, pair.shape) };
  };
  const gap = (i: number) => gapOf(pair.a[i] ?? 0, pair.b[i] ?? 0);
  return {
    field: errorField(pair.a, gaps),
    ulps: ulpBins(pair.a, pair.b),
    greatestAbsolute: greatest(gap),
    greatestRelative: greatest((i) => (gap(i) === 0 ? 0 : gap(i) / Math.abs(pair.a[i] ?? 0))),
  };
}

function errorField(a: Float32Array, gaps: Float32Array): ErrorField {
  const [x, y] = [decadesOf(a), decadesOf(gaps)];
  const columns = BINS_A_DECADE * (x[1] - x[0]);
  const rows = BINS_A_DECADE * (y[1] - y[0]);
  const counts = new Array<number>(columns * rows).fill(0);
  let [equal, apart] = [0, 0];
  gaps.forEach((gap, i) => {
    const magnitude = Math.abs(a[i] ?? 0);
    if (gap === 0) equal += 1;
    else if (magnitude === 0 || !Number.isFinite(magnitude) || !Number.isFinite(gap)) apart += 1;
    else {
      const at = binOf(gap, y[0], rows) * columns + binOf(magnitude, x[0], columns);
      counts[at] = (counts[at] ?? 0) + 1;
    }
  });
  return { decadesX: x, decadesY: y, columns, rows, counts, equal, apart };
}

function binOf(magnitude: number, from: number, bins: number): number {
  return Math.min(bins - 1, Math.max(0, Math.floor((Math.log10(magnitude) - from) * BINS_A_DECADE)));
}

/** The powers of ten that hold every magnitude that is neither 0 nor infinite; one decade where there is none. */
function decadesOf(values: Float32Array): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    const magnitude = Math.abs(value);
    if (magnitude === 0 || !Number.isFinite(magnitude)) continue;
    least = Math.min(least, magnitude);
    most = Math.max(most, magnitude);
  }
  if (most === 0) return [0, 1];
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  return [from, Math.max(to, from + 1)];
}

function ulpBins(a: Float32Array, b: Float32Array): UlpBin[] {
  const bits = (values: Float32Array) => new Uint32Array(values.buffer, values.byteOffset, values.length);
  const [bitsA, bitsB] = [bits(a), bits(b)];
  const counts: number[] = [];
  let unordered = 0;
  for (let i = 0; i < bitsA.length; i++) {
    const isSame = bitsA[i] === bitsB[i]; // a NaN of the same bits too
    const distance = isSame ? 0 : ulpDistanceOfBits(bitsA[i] ?? 0, bitsB[i] ?? 0);
    if (distance === Number.POSITIVE_INFINITY) unordered += 1;
    else {
      const bin = distance === 0 ? 0 : 1 + Math.ceil(Math.log2(distance));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
  }
  const bins = Array.from(counts, (count = 0, bin) => ({ ...ulpRange(bin), count }));
  const never = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY, count: unordered };
  return unordered > 0 ? [...bins, never] : bins;
}

/** Distances of a bin: 0 alone, 1 alone, then (2^(n−1), 2^n]. */
function ulpRange(bin: number): { readonly from: number; readonly to: number } {
  if (bin === 0) return { from: 0, to: 0 };
  return { from: bin === 1 ? 1 : 2 ** (bin - 2) + 1, to: 2 ** (bin - 1) };
}
