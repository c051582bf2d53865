// Noise or bug: two runs of one operation on the same inputs, each against that operation in f64. What lies within the derived bound is
// what f32 rounding, in any order of summation, can do; what lies beyond it is another operation. Nothing is tuned.
import type { HookName } from '../hooks/hookName.ts';
import type { Estimate } from '../reference/bounded/estimate.ts';
import { type WorstShare, worstShare } from '../reference/bounded/worstShare.ts';
import { formatShape, unravel } from '../tensor/shape.ts';

export type NoiseOrBug = {
  readonly hook: HookName;
  readonly kind: 'identical' | 'noise' | 'bug';
  readonly guilty: readonly ('A' | 'B')[]; // whose error no rounding explains
  readonly a: WorstShare;
  readonly b: WorstShare;
  readonly words: string;
};

/**
 * Judges two runs' values of a hook against its operation in f64 (`operationAt`) on the inputs that both were given: a run, and another
 * fed the first one's activations (`LocalRun`). Throws where the counts differ.
 */
export function noiseOrBug(
  hook: HookName,
  estimate: Estimate,
  runs: { readonly a: ArrayLike<number>; readonly b: ArrayLike<number> },
): NoiseOrBug {
  const [a, b] = [worstShare(estimate, runs.a), worstShare(estimate, runs.b)];
  const guilty = [...(a.share <= 1 ? [] : (['A'] as const)), ...(b.share <= 1 ? [] : (['B'] as const))];
  const isSame = estimate.values.every((_, i) => Object.is(runs.a[i], runs.b[i]));
  const kind = guilty.length > 0 ? 'bug' : isSame ? 'identical' : 'noise';
  return { hook, kind, guilty, a, b, words: wordsOf(kind, guilty, { a, b, estimate }) };
}

type Errors = { readonly a: WorstShare; readonly b: WorstShare; readonly estimate: Estimate };

function wordsOf(kind: NoiseOrBug['kind'], guilty: NoiseOrBug['guilty'], { a, b, estimate }: Errors): string {
  switch (kind) {
    case 'identical':
      return `Identical: both are off by ${short(a.maxError)} from the same operation in f64, ${percent(a)} of what rounding explains.`;
    case 'noise':
      return `Noise: A is off by ${short(a.maxError)} and B by ${short(b.maxError)} from the same operation in f64; rounding explains it: at most ${percent(a.share > b.share ? a : b)} of the bound is used.`;
    case 'bug': {
      const named = guilty.map((run) => `${run} ${beyond(run === 'A' ? a : b, estimate)}`).join('; ');
      const innocent = guilty.length === 2 ? '' : ` ${guilty[0] === 'A' ? 'B' : 'A'} is within the bound.`;
      return `Bug in ${guilty.join(' and ')}: ${named}.${innocent}`;
    }
    default:
      return kind satisfies never;
  }
}

function beyond({ share, index, error, bound }: WorstShare, { shape }: Estimate): string {
  const times = Number.isFinite(share) ? `, ${short(share)} times the ${short(bound)} that` : `, where`;
  const explained = Number.isFinite(share) ? 'rounding explains' : 'nothing is rounded or the value is not finite';
  return `at ${formatShape(unravel(index, shape))} is ${short(error)} from the same operation in f64${times} ${explained}`;
}

function short(x: number): string {
  return x === 0 || (x >= 0.01 && x < 10_000) ? String(Number(x.toPrecision(3))) : x.toExponential(1);
}

function percent({ share }: WorstShare): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
