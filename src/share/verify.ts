// Verifies a sender's fingerprint against one's own: the same bits, the same within the tolerance, or where it first parts.
import type { Fingerprint, Reproduction, RunFingerprint, Tolerance } from '../engine/index.ts';

const EXACT: Tolerance = { atol: 0, rtol: 0 }; // the same bits have the same difference

type Pair = { readonly name: 'A' | 'B'; readonly sent: RunFingerprint; readonly own: RunFingerprint };

/** Compares two fingerprints; the sender's is the reference of the tolerance. */
export function verifyFingerprint(sent: Fingerprint, own: Fingerprint, tolerance: Tolerance): Reproduction {
  const why = whyNotComparable(sent, own);
  if (why !== null) return { verdict: 'not-comparable', why };
  const pairs = runPairs(sent, own);
  const firstBlock = firstDeparture(pairs);
  const isBitForBit = firstBlock === null;
  const parted = isBitForBit ? [] : pairs.map((pair) => topDeparture(pair, tolerance));
  const headline = headlineDeparture(sent, own, isBitForBit ? EXACT : tolerance);
  const what = [...parted, headline].find((departure) => departure !== null);
  if (what) return { verdict: 'differs', what, firstBlock };
  return isBitForBit ? { verdict: 'bit-for-bit' } : { verdict: 'within-tolerance', firstBlock };
}

function whyNotComparable(sent: Fingerprint, own: Fingerprint): string | null {
  if (sent.modelHash !== own.modelHash) {
    return `the sender's weights have sha256 ${sent.modelHash.slice(0, 12)}…, these have ${own.modelHash.slice(0, 12)}…`;
  }
  if (sent.tokens !== own.tokens) return 'the sender ran other tokens';
  const ran = [runsOf(sent), runsOf(own)];
  return ran[0] === ran[1] ? null : `the sender ran ${ran[0]}, here ${ran[1]} ran`;
}

function runsOf({ a, b }: Fingerprint): string {
  return a && b ? 'A and B' : a ? 'A alone' : b ? 'B alone' : 'nothing';
}

function runPairs(sent: Fingerprint, own: Fingerprint): readonly Pair[] {
  const a: Pair[] = sent.a && own.a ? [{ name: 'A', sent: sent.a, own: own.a }] : [];
  const b: Pair[] = sent.b && own.b ? [{ name: 'B', sent: sent.b, own: own.b }] : [];
  return [...a, ...b];
}

/** The first block in running order at which any run parts; 'logits' where all blocks agree; null where all bits do. */
function firstDeparture(pairs: readonly Pair[]): number | 'logits' | null {
  const blocks = pairs.map(({ sent, own }) => {
    const nBlocks = Math.max(sent.blocks.length, own.blocks.length);
    return Array.from({ length: nBlocks }, (_, block) => block).find(
      (block) => sent.blocks[block] !== own.blocks[block],
    );
  });
  const first = Math.min(...blocks.map((block) => block ?? Number.POSITIVE_INFINITY));
  if (Number.isFinite(first)) return first;
  return pairs.some(({ sent, own }) => sent.logits !== own.logits) ? 'logits' : null;
}

/** Says where the likeliest next tokens part; null where they are the same within the tolerance. */
function topDeparture({ name, sent, own }: Pair, { atol, rtol }: Tolerance): string | null {
  if (sent.top.length === 0 || sent.top.length !== own.top.length) {
    return `run ${name} has ${own.top.length} next tokens with a probability, the sender's has ${sent.top.length}`;
  }
  for (const [rank, theirs] of sent.top.entries()) {
    const ours = own.top[rank];
    const isWithin = ours && Math.abs(ours.probability - theirs.probability) <= atol + rtol * theirs.probability;
    if (ours?.id === theirs.id && isWithin) continue;
    return (
      `run ${name}'s next token ${rank + 1} is id ${ours?.id} with probability ${ours?.probability}, ` +
      `the sender's is id ${theirs.id} with ${theirs.probability}`
    );
  }
  return null;
}

/** Says where the difference of both runs' logits is another than the sender's; null where it is the same within the tolerance. */
function headlineDeparture(sent: Fingerprint, own: Fingerprint, { atol, rtol }: Tolerance): string | null {
  const [theirs, ours] = [finite(sent.maxAbs), finite(own.maxAbs)];
  if (theirs === ours) return null;
  if (theirs !== null && ours !== null && Math.abs(ours - theirs) <= atol + rtol * theirs) return null;
  return `A and B's logits differ by at most ${ours ?? 'no number'} here, by ${theirs ?? 'no number'} at the sender's`;
}

/** JSON has no NaN: a link holds it as null. */
function finite(maxAbs: number | null): number | null {
  return maxAbs !== null && Number.isFinite(maxAbs) ? maxAbs : null;
}
