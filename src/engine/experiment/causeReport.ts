// What a search for a cause found, as data and in words: which fields make the difference, what B does otherwise than A, and how much
// of it they explain.
import type { ComparisonSummary } from '../analysis/comparison.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { RunSpec } from './runSpec.ts';

export type CauseField = Exclude<keyof RunSpec, 'engine'>;

/** B's operation with some fields as A has them, against A's. */
export type Trial = {
  readonly fields: readonly CauseField[]; // given A's values; none: B as it is
  readonly summary: ComparisonSummary;
  readonly explained: number; // share of the difference's norm that is gone: 1 where the bits are A's
};

export type Cause = {
  readonly hook: HookName;
  readonly trials: readonly Trial[]; // B as it is first
  readonly causes: readonly (readonly CauseField[])[]; // the smallest sets that explain all of it; several: any of them would do
  readonly words: string;
};

/** Words what was found at a hook. */
export function causeWords({ hook, trials, causes }: Omit<Cause, 'words'>, a: RunSpec, b: RunSpec): string {
  const [whole, ...others] = trials;
  if (whole?.summary.verdict === 'bit-identical') {
    return `Nothing to explain: given A's inputs, B's ${hook} has the same bits.`;
  }
  const [cause] = causes;
  if (!cause) return `${hook} differs although no field of the two specifications does: report this.`;
  const named = (fields: readonly CauseField[]) => fields.map((field) => doneOtherwise(field, a, b)).join(' and ');
  const [first, ...alike] = causes.map(named);
  if (cause.length === 1) {
    const either = alike.length > 0 ? ` So would A's choice alone for ${alike.join(', or for ')}.` : '';
    return `At ${hook}, ${first}: explains 100 % of it.${either}`;
  }
  const alone = others.filter(({ fields }) => fields.length === 1 && fields.every((field) => cause.includes(field)));
  return `At ${hook}, ${first}: together they explain 100 % of it, ${shares(alone)} alone.`;
}

/** What B does otherwise in a field. */
function doneOtherwise(field: CauseField, a: RunSpec, b: RunSpec): string {
  switch (field) {
    case 'order':
      return `products summed ${b.order} instead of ${a.order}`;
    case 'bias':
      return b.bias === 'after' ? 'bias added after rounding' : 'bias added before rounding';
    case 'precision':
      return `results rounded to ${b.precision} instead of ${a.precision}`;
    case 'softmax':
      return b.softmax === 'online'
        ? 'softmax in one pass (online) instead of whole rows'
        : 'softmax over whole rows instead of online';
    case 'arithmetic':
      return `${b.arithmetic} arithmetic instead of ${a.arithmetic}`;
    case 'kv':
      return b.kv === 'repeat' ? 'keys and values repeated for each query head' : 'keys and values read by index';
    case 'qkv':
      return b.qkv === 'split'
        ? 'q, k and v computed from inputs of their own (split)'
        : 'q, k and v computed in one product (fused)';
    default:
      return field satisfies never;
  }
}

function shares(trials: readonly Trial[]): string {
  return trials.map(({ fields, explained }) => `${fields.join('')} ${percentOf(explained)}`).join(' and ');
}

/** Writes a share: 100 % only where nothing is left. */
export function percentOf(share: number): string {
  return `${share === 1 ? 100 : Math.min(99, Math.round(100 * share))} %`;
}
