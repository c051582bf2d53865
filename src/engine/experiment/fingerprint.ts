// Fingerprint: what a link says of the sender's result, small enough to travel and exact enough to verify.
// Digests are of bits (`tensor/digest.ts`), so equal digests mean equal numbers, −0 and NaN payloads included.

export type RunFingerprint = {
  readonly logits: string; // digest of unembed.hook_out, [pos, d_vocab]
  readonly blocks: readonly string[]; // digest of hook_resid_post, one per block
  readonly top: readonly { readonly id: number; readonly probability: number }[]; // next tokens, best first, at most 3
};

export type Fingerprint = {
  readonly modelHash: string; // sha256 of the weights' bytes, hex
  readonly tokens: string; // digest of the token ids
  readonly a: RunFingerprint | null;
  readonly b: RunFingerprint | null;
  readonly maxAbs: number | null; // of the logits' difference; null where only one run was made
  readonly adapter: string;
  readonly appVersion: string;
};

export type Reproduction =
  | { readonly verdict: 'bit-for-bit' }
  | { readonly verdict: 'within-tolerance'; readonly firstBlock: number | 'logits' } // digests part; top tokens agree within tolerance
  | { readonly verdict: 'differs'; readonly what: string; readonly firstBlock: number | 'logits' | null }
  | { readonly verdict: 'not-comparable'; readonly why: string }; // another model, other tokens
