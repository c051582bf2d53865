// The rule |b − a| ≤ atol + rtol·|a| as shared/pairRule.wgsl reads it: atol, rtol, then what is outside and what is inside for certain
// however f32 rounds, then its kind.
import type { Rule } from './compare.ts';

/** What a bound can be out by: four roundings of 2⁻²⁴ at most (rtol, the product, the sum, b − a), and room. */
const MARGIN = 2 ** -20;
/** f32's smallest normal number: what is below it may be flushed to 0. */
const SMALLEST_NORMAL = 2 ** -126;
/** f32's end, nearly; where numbers are that large, f64 judges (comparisonTotals.ts). */
const MOST = 3e38;
/** Beside such an atol nothing matters that is flushed to 0, be it a, b, b − a or rtol·|a|. */
const LARGE_ATOL = 1e-30;

const KINDS = { other: 0, exact: 1, plain: 2 } as const;

/** The words of a rule: [atol, rtol, above (atol, rtol), below (atol, rtol), kind, 0]. */
export function ruleWords(rule: Rule): Float32Array<ArrayBuffer> {
  const [atol, rtol] = [Math.min(rule.atol, MOST), Math.min(rule.rtol, MOST)];
  if (atol === 0 && rtol === 0) {
    // Every difference is outside; one that is flushed to 0 is found by its bits.
    return Float32Array.of(0, 0, SMALLEST_NORMAL, 0, SMALLEST_NORMAL, 0, KINDS.exact, 0);
  }
  const [more, less] = [1 + MARGIN, 1 - MARGIN];
  const kind = atol >= LARGE_ATOL ? KINDS.plain : KINDS.other;
  return Float32Array.of(atol, rtol, more * atol, more * rtol, less * atol, less * rtol, kind, 0);
}
