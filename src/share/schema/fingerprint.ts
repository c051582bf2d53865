// The sender's fingerprint in a link: digests as short text, numbers bounded.
import * as v from 'valibot';
import { magnitude, probability, tokenId } from './numbers.ts';

const MAX_BLOCKS = 512;

const digest = v.pipe(v.string(), v.regex(/^[\w+/=:-]{1,128}$/, 'expected a digest'));
const shortText = v.pipe(v.string(), v.maxLength(200));

const runFingerprint = v.strictObject({
  logits: digest,
  blocks: v.pipe(v.array(digest), v.maxLength(MAX_BLOCKS)),
  top: v.pipe(v.array(v.strictObject({ id: tokenId, probability })), v.maxLength(3)),
});

export const fingerprint = v.strictObject({
  modelHash: digest,
  tokens: digest,
  a: v.nullable(runFingerprint),
  b: v.nullable(runFingerprint),
  maxAbs: v.nullable(magnitude),
  adapter: shortText,
  appVersion: shortText,
});
