// The arithmetic that the reference forward pass is made with: f64, the truth, or portable f32 (engine `ieee`), the GPU's twin bit for
// bit. One forward description serves both; only these operations differ. Numbers are held in f64 either way: f32 fits exactly.
import type { ActivationName } from '../checkpoint/modelConfig.ts';
import { activationOf } from './activation.ts';
import { kept, mulAdd, product, quotient, squareRoot, sum } from './portable.ts';
import { activate, exp, tanh } from './portableFunctions.ts';
import { type Precision, roundingTo } from './precision.ts';
import type { SumOrder } from './sumInOrder.ts';

export type Arithmetic = {
  readonly add: (a: number, b: number) => number;
  readonly product: (a: number, b: number) => number;
  readonly mulAdd: (a: number, b: number, c: number) => number; // a·b + c
  readonly quotient: (a: number, b: number) => number;
  readonly squareRoot: (x: number) => number;
  readonly exp: (x: number) => number;
  readonly tanh: (x: number) => number;
  readonly activate: (name: ActivationName, x: number) => number;
  readonly constant: (x: number) => number; // a number of the config, as the kernels get it
  readonly kept: (x: number) => number; // what is added without having been a product: a bias
  readonly stored: (x: number) => number; // an operation's result, rounded to the run's precision
  readonly turned: (a: number, cosine: number, b: number, sine: number) => number; // a·cos + b·sin, stored
  readonly biased: (sum: number, bias: number) => number; // a product's sum with its bias, stored
  readonly addScaled: (sums: Float64Array, factor: number, row: Float64Array, from: number) => void; // sums[n] += factor·row[from + n]
  readonly order: SumOrder; // of products with weights; f64 has none worth naming
  readonly softmaxBlock: number | null; // keys at a time, of the online softmax; null: two passes over the row
};

const CANONICAL: SumOrder = { kind: 'canonical' };

/** Float64, rounded to nothing narrower. */
export const F64: Arithmetic = {
  add: (a, b) => a + b,
  product: (a, b) => a * b,
  mulAdd: (a, b, c) => a * b + c,
  quotient: (a, b) => a / b,
  squareRoot: Math.sqrt,
  exp: Math.exp,
  tanh: Math.tanh,
  activate: activationOf,
  constant: (x) => x,
  kept: (x) => x,
  stored: (x) => x,
  turned: (a, cosine, b, sine) => a * cosine + b * sine,
  biased: (total, bias) => total + bias,
  addScaled: (sums, factor, row, from) => {
    for (let n = 0; n < sums.length; n++) sums[n] = (sums[n] ?? 0) + factor * (row[from + n] ?? Number.NaN);
  },
  order: CANONICAL,
  softmaxBlock: null,
};

export type IeeeSettings = {
  readonly precision: Precision;
  readonly bias: 'inside' | 'after';
  readonly order: SumOrder;
  readonly softmaxBlock: number | null;
};

/** Portable f32, each result rounded to a precision (weights are to be rounded already): what kernels/shared/arithmetic.wgsl and precision.wgsl compute. */
export function ieee(settings: IeeeSettings = PLAIN): Arithmetic {
  const stored = roundingTo(settings.precision);
  const isF32 = settings.precision === 'f32';
  return {
    add: sum,
    product,
    mulAdd,
    quotient,
    squareRoot,
    exp,
    tanh,
    activate,
    constant: Math.fround,
    kept,
    stored,
    turned: isF32
      ? (a, cosine, b, sine) => mulAdd(a, cosine, product(b, sine))
      : (a, cosine, b, sine) => stored(sum(stored(product(a, stored(cosine))), stored(product(b, stored(sine))))),
    biased: (total, bias) => stored(sum(settings.bias === 'after' ? stored(total) : total, kept(bias))),
    addScaled,
    order: settings.order,
    softmaxBlock: settings.softmaxBlock,
  };
}

const PLAIN: IeeeSettings = { precision: 'f32', bias: 'inside', order: CANONICAL, softmaxBlock: null };

function addScaled(sums: Float64Array, factor: number, row: Float64Array, from: number): void {
  for (let n = 0; n < sums.length; n++) {
    sums[n] = Math.fround((sums[n] ?? 0) + kept(Math.fround(factor * (row[from + n] ?? Number.NaN))));
  }
}
