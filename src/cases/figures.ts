// Figures of a comparison, as the texts of the cases speak of them.
import {
  factorsOf,
  formatCount,
  formatFigure,
  type HookName,
  type LadderRow,
  productOfFactors,
  strongestBlock,
} from '../engine/index.ts';
import type { Live } from './case.ts';

/** The largest |B − A| at a hook; '–' where it was not compared. */
export function maxAt({ ladder }: Live, hook: HookName): string {
  const row = rowOf(ladder, hook);
  return row ? formatFigure(row.summary.maxAbs) : '–';
}

/** The largest |B − A| of the logits. */
export function maxOfLogits(live: Live): string {
  return maxAt(live, 'unembed.hook_out');
}

/** Hooks outside the tolerance: '9 of 97'. */
export function outsideOf({ ladder }: Live): string {
  return `${formatCount(failing(ladder).length)} of ${formatCount(ladder.length)}`;
}

/** The first hook outside the tolerance, in running order. */
export function firstOutside({ ladder }: Live): string {
  return failing(ladder)[0]?.hook ?? 'none';
}

/** The first hook whose bits part, and by how much. */
export function firstParting({ ladder }: Live): { readonly hook: string; readonly by: string } {
  const row = ladder.find(({ summary }) => summary.verdict !== 'bit-identical');
  return { hook: row?.hook ?? 'nowhere', by: formatFigure(row?.summary.maxAbs ?? 0) };
}

/** Whether every hook that was compared has the same bits. */
export function isIdentical({ ladder }: Live): boolean {
  return ladder.length > 0 && ladder.every(({ summary }) => summary.verdict === 'bit-identical');
}

/** 'bit-identical at all 97 hooks', or at how many they part and where first. */
export function verdictWords(live: Live): string {
  const { ladder } = live;
  const parting = ladder.filter(({ summary }) => summary.verdict !== 'bit-identical');
  const [first] = parting;
  if (!first) return `bit-identical at all ${formatCount(ladder.length)} hooks`;
  return `different at ${formatCount(parting.length)} of ${formatCount(ladder.length)} hooks, first at ${first.hook}`;
}

/** Share of a hook's elements with equal bits: '37 %'. */
export function equalShare({ ladder }: Live, hook: HookName): string {
  const summary = rowOf(ladder, hook)?.summary;
  return summary ? `${formatFigure((100 * summary.bitEqual) / summary.n)} %` : '–';
}

/** The largest value in n heads' list, best first: 'L0H7 0.49'. */
export function bestHeads(values: readonly number[], nHeads: number, count: number): string {
  return values
    .map((value, at) => ({ value, at }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => b.value - a.value)
    .slice(0, count)
    .map(({ value, at }) => `L${Math.floor(at / nHeads)}H${at % nHeads} ${formatFigure(value)}`)
    .join(', ');
}

/** How much all blocks together multiply what enters them; '–' until it was measured, and where nothing enters any. */
export function multipliedInAll({ amplification }: Live): string {
  const product = amplification && productOfFactors(amplification.blocks);
  return product === null ? '–' : formatFigure(product);
}

/** The block that multiplies most, with its factor and its attention's; null until it was measured. */
export function multipliesMost({ amplification }: Live) {
  const strongest = amplification && strongestBlock(amplification.blocks);
  if (!strongest) return null;
  const { block, attention } = factorsOf(strongest);
  return {
    layer: String(strongest.layer),
    block: formatFigure(block ?? Number.NaN),
    attention: formatFigure(attention ?? Number.NaN),
  };
}

function failing(ladder: readonly LadderRow[]): readonly LadderRow[] {
  return ladder.filter(({ summary }) => summary.verdict === 'outside');
}

function rowOf(ladder: readonly LadderRow[], hook: HookName): LadderRow | undefined {
  return ladder.find((row) => row.hook === hook);
}
