// The summation orders of a run specification, defined: which f32 additions are made, and in which sequence. The product
// kernels follow these definitions; the f64 reference itself has no order worth naming.
import { fmaF32 } from './fmaF32.ts';
import { product } from './portable.ts';

/** As ParsedOrder of experiment/runSpec.ts, but for `compensated`. */
export type SumOrder =
  | { readonly kind: 'canonical' | 'reversed' | 'pairwise' }
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
