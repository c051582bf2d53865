// Attention's scores, pattern and z with bounds. Softmax as two passes over the row; an online one rounds more often, and has no bound here.
import {
  DIVISION,
  gamma,
  SMALLEST_PRODUCT,
  softmaxBound,
  TANH_RELATIVE,
  UNIT_ROUNDOFF,
} from '../../tensor/tolerances.ts';
import { attnScores, capped, type ScoreSettings } from '../attnScores.ts';
import { attnZ } from '../attnZ.ts';
import { extent, type ReferenceTensor } from '../referenceTensor.ts';
import { softmax } from '../softmax.ts';
import { type Estimate, exactly, plus, pointwise, sumOfTerms } from './estimate.ts';

/** Below max − 87.4 an exponential is smaller than the smallest normal f32, and pays as one that is flushed. */
const SMALLEST_EXPONENT = 87.4;

/** Scores of turned q and k, −∞ where masked: [n_heads, query_pos, key_pos]. */
export function scoresOf(q: Estimate, k: Estimate, settings: ScoreSettings): Estimate {
  const plain = { scale: 1, softCap: null, window: settings.window, slopes: null };
  const dots = sumOfTerms([q, k], extent(q, 2), ([a = q, b = k], arithmetic) => attnScores(a, b, plain, arithmetic));
  const scaled = pointwise(dots, (x) => ({
    value: x * settings.scale,
    own: gamma(2) * Math.abs(x * settings.scale) + SMALLEST_PRODUCT, // the scale's own rounding, and the product's
    slope: Math.abs(settings.scale) * (1 + gamma(2)),
  }));
  const bounded = cappedOf(scaled, settings.softCap);
  return settings.slopes ? plus(bounded, distances(q, k, settings)) : bounded;
}

/** cap·tanh(x / cap): the quotient and its constant, through tanh's slope of at most 1; tanh; the product and its constant. */
function cappedOf(x: Estimate, cap: number | null): Estimate {
  if (cap === null) return x;
  return pointwise(x, (score) => {
    const value = capped(score, cap);
    const own = Math.abs(score) * (DIVISION + UNIT_ROUNDOFF) + Math.abs(value) * (TANH_RELATIVE + gamma(3));
    return { value, own: own * 1.01 + SMALLEST_PRODUCT, slope: 1 + gamma(8) };
  });
}

/** ALiBi's slope·(key − query): the slope's rounding, and the product's. */
function distances(q: Estimate, k: Estimate, settings: ScoreSettings): Estimate {
  const zeros = (x: Estimate): ReferenceTensor => ({ shape: x.shape, values: new Float64Array(x.values.length) });
  const term = attnScores(zeros(q), zeros(k), { ...settings, softCap: null });
  const own = term.values.map((value) => (Number.isFinite(value) ? gamma(2) * Math.abs(value) : 0));
  return { ...term, bound: own };
}

/** Softmax of each row of scores that were read from a run: [n_heads, query_pos, key_pos]. */
export function patternOf(scores: ReferenceTensor): Estimate {
  const width = extent(scores, 2);
  const values = softmax(scores.values, width);
  const bound = new Float64Array(values.length);
  for (let from = 0; from < values.length; from += width) {
    const row = scores.values.subarray(from, from + width).filter((score) => score > Number.NEGATIVE_INFINITY);
    const largest = row.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
    const range = row.reduce((most, score) => Math.max(most, Math.min(largest - score, SMALLEST_EXPONENT)), 0);
    for (let i = from; i < from + width; i++) {
      const isMasked = scores.values[i] === Number.NEGATIVE_INFINITY; // gets exactly 0
      bound[i] = isMasked ? 0 : softmaxBound(row.length, values[i] ?? Number.NaN, range, 0) + SMALLEST_PRODUCT;
    }
  }
  return { shape: scores.shape, values, bound };
}

/** The pattern-weighted sum of values, both read from a run: [pos, n_heads, d_head]. */
export function zOf(pattern: ReferenceTensor, v: ReferenceTensor): Estimate {
  const inputs = [exactly(pattern), exactly(v)];
  return sumOfTerms(inputs, extent(pattern, 2), ([p = pattern, x = v], arithmetic) => attnZ(p, x, arithmetic));
}
