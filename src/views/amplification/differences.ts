// The differences whose amplification can be asked for, as the page offers and words them. Pure.
import type { DifferenceOf } from '../../engine/index.ts';

export const DIFFERENCES = [
  { id: 'runs', label: 'B − A', of: { kind: 'runs' } },
  { id: 'small', label: 'inject 2⁻¹⁶', of: { kind: 'injected', exponent: -16 } },
  { id: 'middle', label: '2⁻¹²', of: { kind: 'injected', exponent: -12 } },
  { id: 'large', label: '2⁻⁸', of: { kind: 'injected', exponent: -8 } },
] as const satisfies readonly { readonly id: string; readonly label: string; readonly of: DifferenceOf }[];

export type DifferenceId = (typeof DIFFERENCES)[number]['id'];

export const DIFFERENCE_IDS: readonly DifferenceId[] = DIFFERENCES.map(({ id }) => id);

/** What the engine is asked for. */
export function differenceOf(id: DifferenceId): DifferenceOf {
  return DIFFERENCES.find((difference) => difference.id === id)?.of ?? { kind: 'runs' };
}

/** Says in a sentence what enters the blocks. */
export function enteredBy(of: DifferenceOf): string {
  return of.kind === 'runs'
    ? 'What enters is B’s stream, block for block.'
    : `What enters is seeded noise, 2${superscript(of.exponent)} of a typical position’s stream.`;
}

function superscript(exponent: number): string {
  return String(exponent).replace(/[-\d]/g, (digit) => (digit === '-' ? '⁻' : ('⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? digit)));
}
