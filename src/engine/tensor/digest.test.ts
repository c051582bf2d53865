import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digest, digestIntegers } from './digest.ts';

const words = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => Math.imul(i + 1, 2654435761));

// The first 64 bits of what another implementation of MurmurHash3_x86_128 gives (murmurhash3js-revisited 3.0.0, seed 0).
test.each([
  [0, '0000000000000000'],
  [1, '66a84b08f2b2804e'],
  [2, '50911ee60f24e7c9'],
  [3, '1b11aa35da1cacd6'],
  [4, '097f751c89f8010a'],
  [5, '75c23975bf0c8371'],
  [8, '43e5ca266287decb'],
  [1000, '53b7f12580df01e7'],
])('the digest of %i words is %s', (n, expected) => {
  expect(digest(words(n))).toBe(expected);
});

test('−0 and +0, and two NaN of different payload, have different digests', () => {
  expect(digest(new Float32Array([0]))).not.toBe(digest(new Float32Array([-0])));
  expect(digest(new Uint32Array([0x7fc00000]))).not.toBe(digest(new Uint32Array([0x7fc00001])));
});

test('one flipped bit anywhere changes the digest', () => {
  fc.assert(
    fc.property(fc.uint32Array({ minLength: 1, maxLength: 40 }), fc.nat(), (array, flip) => {
      const other = array.slice();
      const at = flip % array.length;
      other[at] = (other[at] ?? 0) ^ (1 << (flip % 31));
      return digest(array) !== digest(other);
    }),
  );
});

test('a view into a larger buffer is digested alone', () => {
  expect(digest(words(12).subarray(3, 8))).toBe(digest(words(12).slice(3, 8)));
});

test('token ids are digested as 32-bit words', () => {
  expect(digestIntegers([1, 2, 3])).toBe(digest(new Uint32Array([1, 2, 3])));
  expect(digestIntegers([1, 2, 3])).not.toBe(digestIntegers([1, 2, 3, 0]));
});
