// Small tensor pairs copied side by side into two slabs, so that one dispatch compares many. Tensors lie in a buffer each, and a dispatch
// for each pair costs about as much as comparing two thousand elements; copying costs a tenth of that (docs/decisions/010).
import type { BufferSlot } from '../gpu/gpuTensor.ts';
import type { PairSide, PairWork, TensorPair } from '../kernels/compare.ts';
import { elementCount } from '../tensor/shape.ts';

/** Words that are copied. */
export type Copy = {
  readonly from: BufferSlot;
  readonly to: BufferSlot;
  readonly fromWord: number;
  readonly toWord: number;
  readonly words: number;
};

export type Slabs = { readonly a: BufferSlot; readonly b: BufferSlot };

/** Elements of a pair that is copied, at most, and the words that they may lie among. */
const [SMALL, SMALL_WORDS] = [1 << 15, 1 << 16];

/** Tells whether a pair is copied. */
export function isSmall({ pair }: PairWork): boolean {
  return elementCount(pair.extents) <= SMALL && slabWords(pair) <= SMALL_WORDS;
}

/** The words that a pair takes of each slab. */
export function slabWords({ extents, a, b }: TensorPair): number {
  return Math.max(stretchOf(a, extents).words, stretchOf(b, extents).words);
}

/** The copies of these pairs, one behind the other, and the pairs as they then lie. */
export function sideBySide(works: readonly PairWork[], slabs: Slabs): { copies: Copy[]; copied: PairWork[] } {
  const copies: Copy[] = [];
  let toWord = 0;
  const copied = works.map((work) => {
    const { pair } = work;
    const moved = (of: 'a' | 'b'): PairSide => {
      const { slot, offset, strides } = pair[of];
      const { fromWord, words } = stretchOf(pair[of], pair.extents);
      if (words > 0) copies.push({ from: slot, to: slabs[of], fromWord, toWord, words });
      return { slot: slabs[of], offset: toWord + offset - fromWord, strides };
    };
    const lying = { ...work, pair: { ...pair, a: moved('a'), b: moved('b') } };
    toWord += slabWords(pair);
    return lying;
  });
  return { copies, copied };
}

/** The whole vec4s that a tensor's elements lie among. */
function stretchOf({ offset, strides }: PairSide, extents: TensorPair['extents']): { fromWord: number; words: number } {
  if (elementCount(extents) === 0) return { fromWord: 0, words: 0 };
  const last = extents.reduce((sum, extent, axis) => sum + (extent - 1) * (strides[axis] ?? 0), offset);
  const fromWord = 4 * Math.floor(offset / 4);
  return { fromWord, words: 4 * Math.ceil((last + 1 - fromWord) / 4) };
}
