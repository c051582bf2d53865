import { expect, test } from 'vitest';
import { byteWords, readByteCount } from './byteCount.ts';

test.each([
  ['2147483648', 2 ** 31],
  ['2GiB', 2 ** 31],
  [' 2.5 gib ', 2.5 * 2 ** 30],
  ['512 MiB', 2 ** 29],
  ['1 B', 1],
  ['0.0001 KiB', null],
  ['0', null],
  ['2 GB', null], // 10⁹ or 2³⁰: not guessed
  ['-1', null],
  ['', null],
  ['GiB', null],
  ['9999999 TiB', null],
])('%j is %s bytes', (text, bytes) => {
  expect(readByteCount(text)).toBe(bytes);
});

test.each([
  [1023, '1023 bytes'],
  [18_208_272, '18208272 bytes (17.4 MiB)'],
  [2 ** 31, '2147483648 bytes (2.0 GiB)'],
])('%s is worded %j', (bytes, words) => {
  expect(byteWords(bytes)).toBe(words);
});
