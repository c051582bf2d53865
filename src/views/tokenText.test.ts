import { expect, test } from 'vitest';
import { shortToken, visibleToken } from './tokenText.ts';

const token = (text: string, bytes: readonly number[] | null = null) => ({ id: 0, text, bytes, special: false });

test.each([
  [' Mary', '·Mary'],
  ['\n\t', '⏎⇥'],
  ['', '∅'],
  ['\u001b[0m', '⟨1b⟩[0m'],
  ['\u200b\u00ad', '⟨200b⟩⟨ad⟩'], // a space of no width, a soft hyphen: what splits two tokens that look the same
  ['e\u0301', 'e\u0301'], // a combining mark has a shape
  ['家族', '家族'],
])('%j is written so that all of it is seen', (text, seen) => {
  expect(visibleToken(token(text))).toBe(seen);
});

test('bytes that are no text are written in hex', () => {
  expect(visibleToken(token('', [0xe2, 0x80]))).toBe('⟨e2 80⟩');
});

test('a short token keeps its beginning, by characters and not by halves of them', () => {
  expect(shortToken(token('👍👍👍👍'), 3)).toBe('👍👍…');
});
