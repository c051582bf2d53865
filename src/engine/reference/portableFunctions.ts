// exp, tanh, erf and the activations in portable arithmetic, step by step. Twin of kernels/shared/exp.wgsl and activations.wgsl,
// bit for bit. Monotone by construction: where a sum could fall by a rounding, all its terms are positive and grow together.
import type { ActivationName } from '../checkpoint/modelConfig.ts';
import { mulAdd, product, quotient, sum } from './portable.ts';

const { fround } = Math;

const LOG2_E = fround(Math.LOG2E);
const LN2_HIGH = 0.693359375; // nine bits: its products with n are exact
const LN2_REST = fround(-2.1219444e-4); // ln 2 − LN2_HIGH

/** (eʳ − 1 − r)/r² on [0, ln 2], weighted minimax, lowest power first: within 2⁻²⁸ of eʳ. */
const EXP = [0.5000022649765015, 0.16663190722465515, 0.04185498505830765, 0.007868424989283085, 0.00191248778719455];

/** (tanh x / x − 1)/x² below 0.625, in x²: Cephes' tanhf (Moshier), highest power first. */
const TANH = [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1].map(fround);

/** erf x / x − 1 below 0.5, in x²: minimax, highest power first. */
const ERF = [
  0.004719927906990051, -0.02675815485417843, 0.11282838135957718, -0.37612608075141907, 0.12837916612625122,
];

/** e^t²·erfc t from 0.5 to 1.5, in 1.5 − t, and to 4, in 4 − t: minimax with no negative coefficient, highest power first. */
const ERFCX_NEAR = [
  0.00078915199264884, 0, 0.0015668991254642606, 0.006328036542981863, 0.012410519644618034, 0.033297985792160034,
  0.07608477771282196, 0.16362760961055756, 0.32158535718917847,
];
const ERFCX_FAR = [
  4.24871768700541e-6, 0, 0, 0, 0.0007538864156231284, 0.00179117894731462, 0.005342042539268732, 0.035461027175188065,
  0.1356261670589447,
].map(fround);

/** Below it, erf is its slope at 0, 2/√π, times x. */
const TINY = 2 ** -90;

/** eˣ: +0 below 2⁻¹²⁶, infinite above the largest f32. */
export function exp(x: number): number {
  const within = Math.min(Math.max(x, -200), 200);
  // Taken too large by up to 2⁻¹² rather than too small, then put right: r is never negative, and its polynomial only grows.
  const high = Math.floor(sum(product(within, LOG2_E), 2 ** -12));
  const n = expRest(within, high) < 0 ? high - 1 : high;
  const r = expRest(within, n);
  const q = EXP.reduceRight((rest, coefficient) => mulAdd(rest, r, coefficient), 0);
  const p = sum(1, mulAdd(product(r, r), q, r)); // in [1, 2]
  if (n < -126) return 0;
  return n > 127 ? Number.POSITIVE_INFINITY : fround(p * 2 ** n);
}

function expRest(x: number, n: number): number {
  return sum(sum(x, -product(n, LN2_HIGH)), -product(n, LN2_REST));
}

/** Horner's rule, highest power first. */
function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((rest, coefficient) => mulAdd(rest, x, coefficient), 0);
}

export function tanh(x: number): number {
  const s = product(x, x);
  const near = mulAdd(product(horner(TANH, s), s), x, x);
  const power = exp(product(-2, Math.abs(x)));
  const far = quotient(sum(1, -power), sum(1, power));
  return Math.abs(x) < 0.625 ? near : x < 0 ? -far : far;
}

export function erf(x: number): number {
  const t = Math.min(Math.abs(x), 4);
  const s = product(t, t);
  const near = t < TINY ? product(fround(1.1283792), x) : mulAdd(horner(ERF, s), x, x);
  const scaled = t < 1.5 ? horner(ERFCX_NEAR, sum(1.5, -t)) : horner(ERFCX_FAR, sum(4, -t));
  const far = sum(1, -product(exp(-s), scaled));
  return Math.abs(x) < 0.5 ? near : x < 0 ? -far : far;
}

/** The activation of an MLP. */
export function activate(name: ActivationName, x: number): number {
  switch (name) {
    case 'silu':
      return product(x, sigmoid(x));
    case 'gelu':
      return product(product(0.5, x), sum(1, erf(product(x, fround(Math.SQRT1_2)))));
    case 'gelu_tanh': {
      const cubic = mulAdd(product(product(fround(0.044715), x), x), x, x);
      return product(product(0.5, x), sum(1, tanh(product(fround(0.79788456), cubic))));
    }
    case 'relu':
      return Math.max(x, 0);
    default:
      return name satisfies never;
  }
}

/** 1/(1 + e⁻ˣ), never through an overflow. */
function sigmoid(x: number): number {
  const power = exp(-Math.abs(x));
  return quotient(x >= 0 ? 1 : power, sum(1, power));
}
