// Attention's scores, pattern and z with bounds. Softmax as two passes over the row, or online, which rounds more often.
import {
  DIVISION,
  gamma,
  onlineSoftmaxRelative,
  SMALLEST_PRODUCT,
  softmaxBound,
  TANH_RELATIVE,
  UNIT_ROUNDOFF,
} from '../../tensor/tolerances.ts';
import { attnScores, capped, type ScoreSettings } from '../attnScores.ts';
import { attnZ } from '../attnZ.ts';
import type { Precision } from '../precision.ts';
import { extent, type ReferenceTensor } from '../referenceTensor.ts';
import { softmax } from '../softmax.ts';
import { type Estimate, exactly, type Pointwise, plus, pointwise, sumOfTerms } from './estimate.ts';
import { type RunRounding, rounded } from './narrow.ts';

/** Below max − 87.4 an exponential is smaller than the smallest normal f32, and pays as one that is flushed. */
const SMALLEST_EXPONENT = 87.4;

/** How scores are made, and what each step is rounded to. */
export type BoundedScores = ScoreSettings & { readonly precision: Precision };

/** Scores of turned q and k, −∞ where masked: [n_heads, query_pos, key_pos]. */
export function scoresOf(q: Estimate, k: Estimate, settings: BoundedScores): Estimate {
  const plain = { scale: 1, softCap: null, window: settings.window, slopes: null };
  const { precision } = settings;
  const dots = sumOfTerms([q, k], extent(q, 2), ([a = q, b = k], arithmetic) => attnScores(a, b, plain, arithmetic));
  const scaled = pointwise(rounded(dots, precision), (x) => ({
    value: x * settings.scale,
    own: gamma(2) * Math.abs(x * settings.scale) + SMALLEST_PRODUCT, // the scale's own rounding, and the product's
    slope: Math.abs(settings.scale) * (1 + gamma(2)),
  }));
  const bounded = cappedOf(rounded(scaled, precision), settings.softCap, precision);
  return settings.slopes ? rounded(plus(bounded, distances(q, k, settings)), precision) : bounded;
}

/** cap·tanh(x / cap): the quotient and its constant, through tanh's slope of at most 1; tanh; the product and its constant. */
function cappedOf(x: Estimate, cap: number | null, precision: Precision): Estimate {
  if (cap === null) return x;
  if (precision !== 'f32') return cappedStepwise(x, cap, precision);
  return unmasked(x, (score) => {
    const value = capped(score, cap);
    const own = Math.abs(score) * (DIVISION + UNIT_ROUNDOFF) + Math.abs(value) * (TANH_RELATIVE + gamma(3));
    return { value, own: own * 1.01 + SMALLEST_PRODUCT, slope: 1 + gamma(8) };
  });
}

/** A function of every score that is not masked. */
function unmasked(x: Estimate, of: Pointwise): Estimate {
  return pointwise(x, (score) => (score === Number.NEGATIVE_INFINITY ? { value: score, own: 0, slope: 0 } : of(score)));
}

/** The same with each of its three steps rounded to the type. */
function cappedStepwise(x: Estimate, cap: number, precision: Precision): Estimate {
  const step = (of: Estimate, f: (value: number) => number, relative: number, slope: number): Estimate => {
    const own = (value: number) => relative * Math.abs(f(value)) + SMALLEST_PRODUCT;
    return rounded(
      unmasked(of, (value) => ({ value: f(value), own: own(value), slope })),
      precision,
    );
  };
  const quotient = step(x, (value) => value / cap, DIVISION + UNIT_ROUNDOFF, (1 + gamma(8)) / cap);
  const bent = step(quotient, Math.tanh, TANH_RELATIVE, 1 + gamma(16));
  return step(bent, (value) => cap * value, gamma(2), cap * (1 + gamma(2)));
}

/** ALiBi's slope·(key − query): the slope's rounding, and the product's. */
function distances(q: Estimate, k: Estimate, settings: ScoreSettings): Estimate {
  const zeros = (x: Estimate): ReferenceTensor => ({ shape: x.shape, values: new Float64Array(x.values.length) });
  const term = attnScores(zeros(q), zeros(k), { ...settings, softCap: null });
  const own = term.values.map((value) => (Number.isFinite(value) ? gamma(2) * Math.abs(value) : 0));
  return { ...term, bound: own };
}

/** Softmax of each row of scores that were read from a run: [n_heads, query_pos, key_pos]. */
export function patternOf(scores: ReferenceTensor, { precision, softmaxBlock }: RunRounding): Estimate {
  const width = extent(scores, 2);
  const values = softmax(scores.values, width);
  const bound = new Float64Array(values.length);
  for (let from = 0; from < values.length; from += width) {
    const row = scores.values.subarray(from, from + width).filter((score) => score > Number.NEGATIVE_INFINITY);
    const largest = row.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
    const range = row.reduce((most, score) => Math.max(most, Math.min(largest - score, SMALLEST_EXPONENT)), 0);
    const rescaled =
      softmaxBlock === null ? 0 : onlineSoftmaxRelative(Math.ceil(width / softmaxBlock), range, row.length);
    for (let i = from; i < from + width; i++) {
      const isMasked = scores.values[i] === Number.NEGATIVE_INFINITY; // gets exactly 0
      const probability = values[i] ?? Number.NaN;
      const twice = softmaxBound(row.length, probability, range, 0) + SMALLEST_PRODUCT;
      bound[i] = isMasked ? 0 : twice + probability * rescaled;
    }
  }
  return rounded({ shape: scores.shape, values, bound }, precision);
}

/** Softmax of each row of scores that have a bound themselves, none masked: [pos, width]. */
export function softmaxOf(scores: Estimate): Estimate {
  const width = extent(scores, 1);
  const values = softmax(scores.values, width);
  const bound = values.map((probability, i) => {
    const from = i - (i % width);
    const row = scores.values.subarray(from, from + width);
    const range = Math.min(Math.max(...row) - Math.min(...row), SMALLEST_EXPONENT);
    const scoreBound = Math.max(...scores.bound.subarray(from, from + width));
    return softmaxBound(width, probability, range, scoreBound) + SMALLEST_PRODUCT;
  });
  return { shape: scores.shape, values, bound };
}

/** The pattern-weighted sum of values, both read from a run: [pos, n_heads, d_head]. */
export function zOf(pattern: ReferenceTensor, v: ReferenceTensor, precision: Precision): Estimate {
  const inputs = [exactly(pattern), exactly(v)];
  const sum = sumOfTerms(inputs, extent(pattern, 2), ([p = pattern, x = v], arithmetic) => attnZ(p, x, arithmetic));
  return rounded(sum, precision);
}
