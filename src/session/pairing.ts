// Any two runs of the log, compared: the experiment that runs the one against the other. Pure.
import type { Experiment, RunSpec } from '../engine/index.ts';
import { verifyFingerprint } from '../share/verify.ts';
import type { RunEntry } from './logEntry.ts';

export type Pairing =
  | { readonly kind: 'runnable'; readonly experiment: Experiment; readonly sides: readonly [string, string] }
  | { readonly kind: 'apart'; readonly why: string }; // other tokens or another model: no two elements belong together

/**
 * Pairs a run of one entry with a run of another: where both compared with the same A, their Bs; where both have the same B, their
 * As; else the reference's A (or the one that it made) with the other's B.
 */
export function pairOf(reference: RunEntry, compared: RunEntry): Pairing {
  const [one, other] = [reference.fingerprint, compared.fingerprint];
  if (one.modelHash !== other.modelHash) return { kind: 'apart', why: 'they ran different models' };
  if (one.tokens !== other.tokens) return { kind: 'apart', why: 'they ran different tokens' };
  if (JSON.stringify(reference.experiment.interventions) !== JSON.stringify(compared.experiment.interventions))
    return { kind: 'apart', why: 'their interventions differ' };
  const a = specOf(reference, isSame(reference, compared, 'a') ? 'b' : 'a');
  const b = specOf(compared, isSame(reference, compared, 'b') ? 'a' : 'b');
  const experiment: Experiment = { ...compared.experiment, mode: 'compare', a: a.spec, b: b.spec };
  return { kind: 'runnable', experiment, sides: [`#${reference.id} ${a.side}`, `#${compared.id} ${b.side}`] };
}

/** Both entries compared, and with the same specification on this side. */
function isSame({ experiment: one }: RunEntry, { experiment: other }: RunEntry, side: 'a' | 'b'): boolean {
  return (
    one.mode === 'compare' && other.mode === 'compare' && JSON.stringify(one[side]) === JSON.stringify(other[side])
  );
}

/** What two entries' fingerprints alone say of each other, without another run. */
export function relationOf(reference: RunEntry, compared: RunEntry): string {
  const found = verifyFingerprint(reference.fingerprint, compared.fingerprint, compared.experiment.tolerance);
  switch (found.verdict) {
    case 'bit-for-bit':
      return 'the same bits in every block';
    case 'within-tolerance':
      return `bits part at ${placeOf(found.firstBlock)}, next tokens agree within the tolerance`;
    case 'differs':
      return `they differ, first at ${placeOf(found.firstBlock)}`;
    case 'not-comparable':
      return 'their results cannot be set side by side';
    default:
      return found satisfies never;
  }
}

function specOf({ experiment }: RunEntry, wanted: 'a' | 'b'): { readonly spec: RunSpec; readonly side: 'A' | 'B' } {
  const { mode, a, b } = experiment;
  const isA = mode === 'fused' || (mode === 'compare' && wanted === 'a');
  return isA ? { spec: a, side: 'A' } : { spec: b, side: 'B' };
}

function placeOf(firstBlock: number | 'logits' | null): string {
  return typeof firstBlock === 'number' ? `block ${firstBlock}` : 'the logits';
}
