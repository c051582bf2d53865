// What "Verify this GPU" found: one row a mode, plain data, and its verdict in words.
import type { HookName } from '../../hooks/hookName.ts';

export type WorstError = { readonly hook: HookName; readonly error: number; readonly bound: number };

/** The first hook, in running order, that is not as it must be. */
export type Departure = { readonly hook: HookName | null; readonly why: string };

/** One mode, judged. */
export type Verified = {
  readonly model: string;
  readonly mode: string;
  /** bits: those known beforehand. operations: each hook's own in f64, and the recordings. */
  readonly check: 'bits' | 'operations';
  readonly hooks: number; // compared
  readonly elements: number; // of the run
  readonly worst: WorstError | null; // the largest share of its bound; null where bits were compared
  readonly departure: Departure | null;
  readonly passes: boolean;
  readonly elapsedMs: number;
};

export type Verification = {
  readonly status: 'running' | 'done' | 'cancelled' | 'failed';
  readonly rows: readonly Verified[];
  readonly total: number; // modes in all; 0 until it is known
  readonly problem: string | null; // why it could not be carried out
};

/** passes: every mode, to the end. fails: any that was judged. null: not known yet. */
export function verdictOf(verification: Verification | null): 'passes' | 'fails' | null {
  if (verification === null) return null;
  if (verification.rows.some(({ passes }) => !passes)) return 'fails';
  return verification.status === 'done' ? 'passes' : null;
}

/** Words a verification in a sentence. */
export function verificationWords({ status, rows, total, problem }: Verification): string {
  const failed = rows.filter(({ passes }) => !passes);
  const [first] = failed;
  if (first) {
    const { model, mode, departure } = first;
    const where = departure?.hook ? `${departure.hook} ${departure.why}` : (departure?.why ?? '');
    return `${failed.length} of ${rows.length} modes fail, first ${model}, ${mode}: ${where}.`;
  }
  if (status === 'failed') return `The verification stopped: ${problem}`;
  if (status === 'running') return `${rows.length} of ${total || '…'} modes pass so far.`;
  if (status === 'cancelled') return `Cancelled: ${rows.length} of ${total} modes pass, the others were not run.`;
  const bits = rows.filter(({ check }) => check === 'bits').length;
  return `All ${rows.length} modes pass: ${bits} have the recorded bits at every hook, ${rows.length - bits} are within their bounds.`;
}
