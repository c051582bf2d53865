// The parts of an attribution as they are shown: the largest first, and all that are not shown as one figure. Pure.
import type { Attribution } from '../../engine/index.ts';

const SHOWN = 14;

/** Ranks parts by size. */
export function rankedParts({ parts }: Pick<Attribution, 'parts'>) {
  const sorted = [...parts].sort((one, other) => Math.abs(other.logit) - Math.abs(one.logit));
  const rest = sorted.slice(SHOWN);
  return {
    shown: sorted.slice(0, SHOWN),
    largest: Math.abs(sorted[0]?.logit ?? 0) || 1,
    rest: rest.length === 0 ? null : { count: rest.length, logit: rest.reduce((total, part) => total + part.logit, 0) },
  };
}
