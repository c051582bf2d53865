// How much of its bound a run's error takes, where it takes the most: above 1, no rounding explains it.
import type { Estimate } from './estimate.ts';

export type WorstShare = {
  readonly share: number; // error / bound; 0 where there is no error, infinite where there may be none
  readonly index: number; // of the element, row-major
  readonly error: number;
  readonly bound: number;
  readonly maxError: number; // over all elements
};

/** Finds the element whose error takes the largest share of its bound. Throws where the counts differ. */
export function worstShare({ values, bound }: Estimate, run: ArrayLike<number>): WorstShare {
  if (run.length !== values.length) throw new Error(`internal: ${run.length} values against ${values.length}`);
  let worst: Omit<WorstShare, 'maxError'> = { share: 0, index: 0, error: 0, bound: bound[0] ?? 0 };
  let maxError = 0;
  for (let i = 0; i < values.length; i++) {
    const [value, exact, allowed] = [run[i] ?? Number.NaN, values[i] ?? Number.NaN, bound[i] ?? 0];
    const error = value === exact || (Number.isNaN(value) && Number.isNaN(exact)) ? 0 : distance(value, exact);
    const isAllowed = error === 0 || allowed === Number.POSITIVE_INFINITY; // the type may have overflowed there
    const share = isAllowed ? 0 : error / allowed;
    maxError = Math.max(maxError, error);
    if (share > worst.share) worst = { share, index: i, error, bound: allowed };
  }
  return { ...worst, maxError };
}

/** What is not finite is infinitely far from all but itself. */
function distance(a: number, b: number): number {
  const gap = Math.abs(a - b);
  return Number.isFinite(gap) ? gap : Number.POSITIVE_INFINITY;
}
