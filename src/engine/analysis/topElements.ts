// What topElements.wgsl gives, read: the elements that part most, and of those that fail the rule the two greatest differences.
import { TOP, TOP_LISTS, TOP_WORDS } from '../kernels/inspect.ts';
import { f32OfBits } from '../tensor/bits.ts';
import { type Shape, unravel } from '../tensor/shape.ts';
import { ulpDistanceOfBits } from '../tensor/ulp.ts';
import { fails, gapOf, type Rule } from './compare.ts';
import type { DifferenceShape, Greatest, WorstElement } from './comparison.ts';
import { relativeGap } from './differenceShape.ts';

const NONE = 0xffffffff;

type Element = { readonly at: number; readonly bitsA: number; readonly bitsB: number; readonly key: number };

/** The elements that part most, of a pair of this shape, largest |b − a| first. */
export function worstOf(lists: Uint32Array, shape: Shape): WorstElement[] {
  return topOf(lists, 'differing', gapOf).map(({ at, bitsA, bitsB }) => ({
    index: unravel(at, shape),
    a: f32OfBits(bitsA),
    b: f32OfBits(bitsB),
    bitsA,
    bitsB,
    ulp: ulpDistanceOfBits(bitsA, bitsB),
  }));
}

/** The greatest differences of what fails; null where as many as were listed are at the rule's edge, and pass. */
export function greatestOf(
  lists: Uint32Array,
  shape: Shape,
  rule: Rule,
): Pick<DifferenceShape, 'greatestAbsolute' | 'greatestRelative'> | null {
  const absolute = firstFailing(topOf(lists, 'outside', gapOf), shape, rule);
  const relative = firstFailing(topOf(lists, 'relative', relativeGap), shape, rule);
  if (absolute === 'unknown' || relative === 'unknown') return null;
  return { greatestAbsolute: absolute, greatestRelative: relative };
}

/** The kernel lists what may fail, the greatest first: f64 has the last word. */
function firstFailing(elements: readonly Element[], shape: Shape, rule: Rule): Greatest | null | 'unknown' {
  const found = elements.find(({ bitsA, bitsB }) => fails(f32OfBits(bitsA), f32OfBits(bitsB), rule));
  if (found) return { value: found.key, index: unravel(found.at, shape) };
  return elements.length < TOP ? null : 'unknown';
}

/** The first TOP of all workgroups': the larger key first, of equal ones the smaller index. */
function topOf(lists: Uint32Array, list: keyof typeof TOP_LISTS, keyOf: (a: number, b: number) => number): Element[] {
  const words = lists.length / 3;
  const of = lists.subarray(TOP_LISTS[list] * words, (TOP_LISTS[list] + 1) * words);
  const elements: Element[] = [];
  for (let word = 0; word < of.length; word += TOP_WORDS / TOP) {
    const [at = NONE, bitsA = 0, bitsB = 0] = of.subarray(word, word + 3);
    if (at !== NONE) elements.push({ at, bitsA, bitsB, key: keyOf(f32OfBits(bitsA), f32OfBits(bitsB)) });
  }
  return elements.sort((x, y) => (x.key === y.key ? x.at - y.at : y.key - x.key)).slice(0, TOP);
}
