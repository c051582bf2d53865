// Noise or bug: two runs of one operation, each against that operation in f64 on the inputs that it was given. What lies within the
// derived bound is what rounding to the run's precision, in any order of summation, can do; what lies beyond it is another operation.
// Nothing is tuned.
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

/** What a run gave, and what its operation is in f64 (`operationAt`). */
export type Judged = { readonly estimate: Estimate; readonly values: ArrayLike<number> };

/** Judges two runs' values of a hook. Throws where a run's values are not as many as its estimate's. */
export function noiseOrBug(hook: HookName, runs: { readonly a: Judged; readonly b: Judged }): NoiseOrBug {
  const [a, b] = [worstShare(runs.a.estimate, runs.a.values), worstShare(runs.b.estimate, runs.b.values)];
  const guilty = [...(a.share <= 1 ? [] : (['A'] as const)), ...(b.share <= 1 ? [] : (['B'] as const))];
  const kind = guilty.length > 0 ? 'bug' : isSame(runs.a.values, runs.b.values) ? 'identical' : 'noise';
  const shapes = { a: runs.a.estimate.shape, b: runs.b.estimate.shape };
  return { hook, kind, guilty, a, b, words: wordsOf(kind, guilty, { a, b, shapes }) };
}

function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

type Errors = {
  readonly a: WorstShare;
  readonly b: WorstShare;
  readonly shapes: Readonly<Record<'a' | 'b', Estimate['shape']>>;
};

function wordsOf(kind: NoiseOrBug['kind'], guilty: NoiseOrBug['guilty'], { a, b, shapes }: Errors): string {
  switch (kind) {
    case 'identical':
      return `Identical: both are off by ${short(a.maxError)} from the same operation in f64, ${percent(a)} of what rounding explains.`;
    case 'noise':
      return `Noise: A is off by ${short(a.maxError)} and B by ${short(b.maxError)} from the same operation in f64; rounding explains it: at most ${percent(a.share > b.share ? a : b)} of the bound is used.`;
    case 'bug': {
      const named = guilty.map((run) => `${run} ${run === 'A' ? beyond(a, shapes.a) : beyond(b, shapes.b)}`).join('; ');
      const innocent = guilty.length === 2 ? '' : ` ${guilty[0] === 'A' ? 'B' : 'A'} is within the bound.`;
      return `Bug in ${guilty.join(' and ')}: ${named}.${innocent}`;
    }
    default:
      return kind satisfies never;
  }
}

function beyond({ share, index, error, bound }: WorstShare, shape: Estimate['shape']): string {
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
