// Verifying a sender's fingerprint against one's own.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fingerprint } from '../engine/index.ts';
import { arbitraryFingerprint } from './arbitrary.node.ts';
import { verifyFingerprint } from './verify.ts';

const tolerance = { atol: 1e-3, rtol: 0 };
const run = {
  logits: 'l',
  blocks: ['0', '1', '2'],
  top: [
    { id: 7, probability: 0.9 },
    { id: 8, probability: 0.05 },
  ],
};
const sent: Fingerprint = { modelHash: 'm', tokens: 't', a: run, b: run, maxAbs: 0, adapter: 'x', appVersion: '0.1.0' };

test('a fingerprint reproduces itself bit for bit, whatever the adapter and the app', () => {
  fc.assert(
    fc.property(arbitraryFingerprint, (fingerprint) => {
      const own = { ...fingerprint, adapter: 'another', appVersion: '9.9.9' };
      expect(verifyFingerprint(fingerprint, own, tolerance)).toEqual({ verdict: 'bit-for-bit' });
    }),
  );
});

test('digests that part with the same next tokens are within tolerance, from the first block of either run', () => {
  const a = { ...run, blocks: ['0', '1', 'x'], logits: 'x' };
  const b = {
    ...run,
    blocks: ['0', 'x', 'x'],
    top: [
      { id: 7, probability: 0.9009 },
      { id: 8, probability: 0.05 },
    ],
  };
  expect(verifyFingerprint(sent, { ...sent, a, b }, tolerance)).toEqual({ verdict: 'within-tolerance', firstBlock: 1 });
});

test('logits that part after equal blocks are named as such', () => {
  const own = { ...sent, b: { ...run, logits: 'x' } };
  expect(verifyFingerprint(sent, own, tolerance)).toEqual({ verdict: 'within-tolerance', firstBlock: 'logits' });
});

test('a probability outside the tolerance differs, and is told with both values', () => {
  const b = {
    ...run,
    blocks: ['x', 'x', 'x'],
    top: [
      { id: 7, probability: 0.8 },
      { id: 8, probability: 0.05 },
    ],
  };
  expect(verifyFingerprint(sent, { ...sent, b }, tolerance)).toEqual({
    verdict: 'differs',
    what: "run B's next token 1 is id 7 with probability 0.8, the sender's is id 7 with 0.9",
    firstBlock: 0,
  });
});

test('another next token differs even at the same probability', () => {
  const a = {
    ...run,
    logits: 'x',
    top: [
      { id: 9, probability: 0.9 },
      { id: 8, probability: 0.05 },
    ],
  };
  expect(verifyFingerprint(sent, { ...sent, a }, tolerance)).toMatchObject({
    verdict: 'differs',
    firstBlock: 'logits',
  });
});

test("another largest difference of A and B's logits differs, though each run's next tokens are the sender's", () => {
  const b = { ...run, logits: 'x' };
  expect(verifyFingerprint(sent, { ...sent, b, maxAbs: 0.5 }, tolerance)).toEqual({
    verdict: 'differs',
    what: "A and B's logits differ by at most 0.5 here, by 0 at the sender's",
    firstBlock: 'logits',
  });
  expect(verifyFingerprint(sent, { ...sent, b, maxAbs: 1e-3 }, tolerance).verdict).toBe('within-tolerance');
});

test('a difference that equal bits do not have, or that is no number, is not believed', () => {
  expect(verifyFingerprint({ ...sent, maxAbs: 1e-6 }, sent, tolerance)).toEqual({
    verdict: 'differs',
    what: "A and B's logits differ by at most 0 here, by 0.000001 at the sender's",
    firstBlock: null,
  });
  const unread = { ...sent, maxAbs: null };
  expect(verifyFingerprint(unread, { ...sent, maxAbs: Number.NaN }, tolerance)).toEqual({ verdict: 'bit-for-bit' });
  expect(verifyFingerprint(unread, sent, tolerance).verdict).toBe('differs');
});

test.each([
  [{ modelHash: 'n' }, "the sender's weights have sha256 m…, these have n…"],
  [{ tokens: 'u' }, 'the sender ran other tokens'],
  [{ b: null }, 'the sender ran A and B, here A alone ran'],
])('own %j is not comparable', (patch, why) => {
  expect(verifyFingerprint(sent, { ...sent, ...patch }, tolerance)).toEqual({ verdict: 'not-comparable', why });
});
