// Fingerprint: what a link says of the sender's result, small enough to travel and exact enough to verify.
// Digests are of bits (`tensor/digest.ts`), so equal digests mean equal numbers, −0 and NaN payloads included. And in which words the
// page and the command line say whether a sender's result was reproduced.

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

/** A reproduction in words: a headline, and what stands behind it. */
export function reproductionWords(reproduction: Reproduction): { readonly title: string; readonly detail: string } {
  switch (reproduction.verdict) {
    case 'bit-for-bit':
      return {
        title: 'Reproduced bit for bit.',
        detail: "The sender's logits and every block have the same bits here.",
      };
    case 'within-tolerance':
      return { title: 'Same within tolerance.', detail: `Bits part first at ${place(reproduction.firstBlock)}.` };
    case 'differs':
      return {
        title: 'Differs:',
        detail: `${reproduction.what}${reproduction.firstBlock === null ? '' : `, first at ${place(reproduction.firstBlock)}`}.`,
      };
    case 'not-comparable':
      return { title: 'Cannot be compared here:', detail: `${reproduction.why}.` };
    default:
      return reproduction satisfies never;
  }
}

function place(firstBlock: number | 'logits'): string {
  return firstBlock === 'logits' ? 'the logits' : `blocks.${firstBlock}`;
}
