// Amplification, as data and in words: how much each block multiplies a difference that enters it. Of two streams into a block, x and x′,
// the same block f makes f(x) and f(x′): it multiplies by ‖f(x′) − f(x)‖ / ‖x′ − x‖. What another specification's block adds of its
// own is kept apart, so that a block is not blamed for what entered it, nor for what it was never given.
import { formatFigure } from '../../analysis/wording.ts';

/** Whose difference: the one that came into B's stream, or a seeded one of 2^exponent of the stream. */
export type DifferenceOf = { readonly kind: 'runs' } | { readonly kind: 'injected'; readonly exponent: number };

/** Root mean squares over [pos, d_model]. A's block on A's stream is what all are differences from. */
export type BlockAmplification = {
  readonly layer: number;
  readonly entering: number; // the other stream into the block
  readonly afterAttention: number | null; // A's block on that stream, at hook_resid_mid; null where attention and MLP are parallel
  readonly carried: number; // the same at hook_resid_post
  readonly added: number; // at hook_resid_post, what B's block makes of its stream otherwise than A's; 0 where nothing of B is run
  readonly leaving: number; // B's stream behind the block: as vectors, carried + added
};

export type Amplification = { readonly of: DifferenceOf; readonly blocks: readonly BlockAmplification[] };

/** How much a block multiplies: the two parts' product is the whole. Null where nothing entered, or the block has no such part. */
export type Factors = { readonly attention: number | null; readonly mlp: number | null; readonly block: number | null };

/** The factors of a block. */
export function factorsOf({ entering, afterAttention, carried }: BlockAmplification): Factors {
  const ratio = (after: number | null, before: number | null) => (after !== null && before ? after / before : null);
  return {
    attention: ratio(afterAttention, entering),
    mlp: ratio(carried, afterAttention),
    block: ratio(carried, entering),
  };
}

/** The block that multiplies most; null where nothing entered any. */
export function strongestBlock(blocks: readonly BlockAmplification[]): BlockAmplification | null {
  return blocks.reduce<BlockAmplification | null>((strongest, block) => {
    const [ours, theirs] = [factorsOf(block).block ?? 0, strongest ? (factorsOf(strongest).block ?? 0) : 0];
    return ours > theirs ? block : strongest;
  }, null);
}

/** All blocks' factors multiplied, over those that something entered; null where there is none. */
export function productOfFactors(blocks: readonly BlockAmplification[]): number | null {
  const factors = blocks.flatMap((block) => factorsOf(block).block ?? []);
  return factors.length === 0 ? null : factors.reduce((product, factor) => product * factor, 1);
}

/** The finding in a sentence, for a headline. */
export function amplificationWords({ blocks }: Amplification): string {
  const strongest = strongestBlock(blocks);
  if (!strongest) return 'No difference enters any block: there is nothing to multiply';
  return `Block ${strongest.layer} multiplies most: ×${formatFigure(factorsOf(strongest).block ?? Number.NaN)}`;
}

/** What lies behind it: the strongest block's parts, and all blocks together; '' where nothing enters any. */
export function amplificationDetail({ blocks }: Amplification): string {
  const [strongest, product] = [strongestBlock(blocks), productOfFactors(blocks)];
  if (!strongest || product === null) return '';
  const { attention, mlp } = factorsOf(strongest);
  const parts =
    attention === null || mlp === null
      ? ''
      : `Its attention ×${formatFigure(attention)}, its MLP ×${formatFigure(mlp)}. `;
  return `${parts}All blocks multiplied: ×${formatFigure(product)}.`;
}
