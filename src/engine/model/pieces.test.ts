import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TensorEntry } from '../checkpoint/checkpoint.ts';
import { cutPieces } from './pieces.ts';

const source = (name: string) => ({ name, byteLength: 1e9, read: async () => new Uint8Array() });

/** Tensors of these byte lengths, one after another in one file, with a gap before each. */
function tensors(file: string, lengths: readonly (readonly [gap: number, bytes: number])[]): TensorEntry[] {
  const held = source(file);
  let end = 100;
  return lengths.map(([gap, byteLength], at) => {
    const byteOffset = end + gap;
    end = byteOffset + byteLength;
    return { name: `${file}.${at}`, dtype: 'f32', shape: [byteLength / 4], source: held, byteOffset, byteLength };
  });
}

const LENGTHS = fc.array(
  fc.tuple(
    fc.constantFrom(0, 0, 4),
    fc.nat(600).map((words) => 4 * words),
  ),
  { maxLength: 12 },
);

test('pieces hold every byte of every tensor once, in order, within their limits', () => {
  const limits = { bytes: 256, fragments: 4 };
  const whole = ({ name }: TensorEntry) => name.endsWith('3'); // stands for a bias, which is not cut
  fc.assert(
    fc.property(LENGTHS, LENGTHS, (first, second) => {
      const entries = [...tensors('a', first), ...tensors('b', second)];
      const pieces = cutPieces(entries, limits, (entry) => !whole(entry));
      const done = new Map<string, number>();
      for (const piece of pieces) {
        let end = 0;
        expect(piece.fragments.length).toBeLessThanOrEqual(limits.fragments);
        for (const { entry, pieceOffset, tensorOffset, byteLength } of piece.fragments) {
          expect(piece.source).toBe(entry.source);
          expect(pieceOffset).toBe(end);
          expect(piece.byteOffset + pieceOffset).toBe(entry.byteOffset + tensorOffset);
          expect(tensorOffset).toBe(done.get(entry.name) ?? 0);
          expect(tensorOffset % 16).toBe(0);
          if (whole(entry)) expect(byteLength).toBe(entry.byteLength);
          done.set(entry.name, tensorOffset + byteLength);
          end += byteLength;
        }
        expect(piece.byteLength).toBe(end);
        if (!piece.fragments.some(({ entry }) => whole(entry))) expect(end).toBeLessThanOrEqual(limits.bytes);
      }
      expect(entries.map(({ name, byteLength }) => [name, byteLength])).toEqual(
        entries.map(({ name }) => [name, done.get(name)]),
      );
    }),
  );
});

test('small tensors side by side are one read', () => {
  const entries = tensors('a', [
    [0, 64],
    [0, 32],
    [0, 128],
    [4, 16],
  ]);
  const pieces = cutPieces(entries, { bytes: 4096, fragments: 16 }, () => true);
  expect(pieces.map(({ byteOffset, byteLength }) => [byteOffset, byteLength])).toEqual([
    [100, 224],
    [328, 16],
  ]);
});
