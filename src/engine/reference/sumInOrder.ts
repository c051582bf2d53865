// The summation orders of a run specification, defined: which f32 additions are made, and in which sequence. The product
// kernels follow these definitions; the f64 reference itself has no order worth naming.
import { bitsOfF32, f32OfBits } from '../tensor/bits.ts';
import { fmaF32 } from './fmaF32.ts';
import { sum as add, product } from './portable.ts';

/** As ParsedOrder of experiment/runSpec.ts. */
export type SumOrder =
  | { readonly kind: 'canonical' | 'reversed' | 'pairwise' | 'compensated' }
  | { readonly kind: 'blocked'; readonly blockLength: number }
  | { readonly kind: 'splitK'; readonly chunks: number };

/**
 * How a·b + c is rounded: `fma` once, after the exact sum; `mulAdd` twice, after the product and after the sum.
 * WGSL allows an adapter either for its `fma`. `portable` is `mulAdd` in which no product is smaller than 2⁻¹⁰⁰ (portable.ts).
 */
export type ProductRounding = 'fma' | 'mulAdd' | 'portable';

type Terms = {
  readonly a: Float64Array; // [k], values of f32
  readonly b: Float64Array; // [k], values of f32
  readonly rounding: ProductRounding;
};

/** Sums a[k]·b[k] over k in f32 in the given order; both arrays hold f32 values and have one length. */
export function sumOfProducts(a: Float64Array, b: Float64Array, order: SumOrder, rounding: ProductRounding): number {
  const terms: Terms = { a, b, rounding };
  const length = a.length;
  switch (order.kind) {
    case 'canonical':
      return ascending(terms, 0, length);
    case 'reversed':
      return descending(terms);
    case 'pairwise':
      return pairwise(terms);
    case 'compensated':
      return compensated(terms);
    case 'blocked':
      return chunked(terms, order.blockLength);
    case 'splitK':
      return chunked(terms, Math.max(1, Math.ceil(length / order.chunks)));
    default:
      return order satisfies never;
  }
}

/** One accumulator from 0, k from `first` up to before `end`. */
function ascending(terms: Terms, first: number, end: number): number {
  let sum = 0;
  for (let k = first; k < end; k++) sum = accumulate(terms, k, sum);
  return sum;
}

/** One accumulator from 0, k from the last term down to 0. */
function descending(terms: Terms): number {
  let sum = 0;
  for (let k = terms.a.length - 1; k >= 0; k--) sum = accumulate(terms, k, sum);
  return sum;
}

/** Partial sums of `chunkLength` terms, each from 0 upwards, added to the total in sequence; the last may be shorter. */
function chunked(terms: Terms, chunkLength: number): number {
  const length = terms.a.length;
  let total = 0;
  for (let first = 0; first < length; first += chunkLength) {
    total = Math.fround(total + ascending(terms, first, Math.min(first + chunkLength, length)));
  }
  return total;
}

/**
 * A binary counter: each product, rounded, is pushed as a sum of one term; two neighbouring sums of equally many terms
 * are added (left + right). What is left at the end is added from the rightmost, smallest sum to the left.
 */
function pairwise(terms: Terms): number {
  const sums: number[] = []; // left to right, of ever fewer terms
  for (let k = 0; k < terms.a.length; k++) {
    let sum = rounded(terms, k);
    for (let carry = k; carry % 2 === 1; carry = (carry - 1) / 2) sum = Math.fround((sums.pop() ?? Number.NaN) + sum);
    sums.push(sum);
  }
  let total = sums.pop() ?? 0;
  for (let left = sums.pop(); left !== undefined; left = sums.pop()) total = Math.fround(left + total);
  return total;
}

/** k ascending, with what each rounding loses added up beside (Ogita, Rump & Oishi 2005, algorithm 5.3). */
function compensated(terms: Terms): number {
  let [total, rest] = [0, 0];
  for (let k = 0; k < terms.a.length; k++) {
    const p = rounded(terms, k);
    const t = add(total, p);
    const read = add(t, -total);
    const lost = add(add(total, -add(t, -read)), add(p, -read)); // Knuth's TwoSum
    rest = add(rest, add(lost, productRest(terms, k, p)));
    total = t;
  }
  return add(total, rest);
}

/** What the rounded product lacks: exact by fma; by the factors' halves in portable arithmetic; nothing where fma is not fused. */
function productRest({ a, b, rounding }: Terms, k: number, p: number): number {
  const [x, y] = [a[k] ?? Number.NaN, b[k] ?? Number.NaN];
  if (rounding === 'fma') return fmaF32(x, y, -p);
  if (rounding === 'mulAdd') return 0;
  const [xHigh, yHigh] = [highHalf(x), highHalf(y)];
  const [xLow, yLow] = [add(x, -xHigh), add(y, -yHigh)];
  const crossed = add(add(add(product(xHigh, yHigh), -p), product(xHigh, yLow)), product(xLow, yHigh));
  return add(crossed, product(xLow, yLow));
}

function highHalf(x: number): number {
  return f32OfBits((bitsOfF32(x) & 0xfffff000) >>> 0);
}

function accumulate({ a, b, rounding }: Terms, k: number, sum: number): number {
  const x = a[k] ?? Number.NaN;
  const y = b[k] ?? Number.NaN;
  if (rounding === 'fma') return fmaF32(x, y, sum);
  return Math.fround((rounding === 'portable' ? product(x, y) : Math.fround(x * y)) + sum);
}

/** One product, rounded for itself. */
function rounded({ a, b, rounding }: Terms, k: number): number {
  const [x, y] = [a[k] ?? Number.NaN, b[k] ?? Number.NaN];
  return rounding === 'portable' ? product(x, y) : Math.fround(x * y);
}
