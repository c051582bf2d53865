import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beginSha256 } from './sha256.ts';

const DATA_BYTES = 16 * 1024; // what hash-wasm hands its module at a time
const expected = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function hashOf(parts: readonly Uint8Array[]): Promise<string> {
  const hash = await beginSha256();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

test('nothing, and the examples of FIPS 180-4, have their known hashes', async () => {
  const text = (words: string) => [new TextEncoder().encode(words)];
  expect(await hashOf([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(await hashOf(text('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(await hashOf(text('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'))).toBe(
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  );
});

test.each([1, 55, 56, 63, 64, 65, 119, 120, DATA_BYTES - 1, DATA_BYTES, DATA_BYTES + 1, 3 * DATA_BYTES + 7])(
  '%i bytes hash as node hashes them',
  async (byteLength) => {
    const bytes = Uint8Array.from({ length: byteLength }, (_, i) => (i * 2_654_435_761) >>> 13);
    expect(await hashOf([bytes])).toBe(expected(bytes));
  },
);

test('how bytes are parted changes nothing, nor does another hash between the parts', async () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(parts, parts, async (mine, others) => {
      const [hash, other] = [await beginSha256(), await beginSha256()];
      for (let at = 0; at < Math.max(mine.length, others.length); at++) {
        hash.update(mine[at] ?? new Uint8Array());
        other.update(others[at] ?? new Uint8Array());
      }
      expect([hash.digest(), other.digest()]).toEqual([Buffer.concat(mine), Buffer.concat(others)].map(expected));
    }),
  );
});
