// The verdict over all hooks, in words that can be read across the room when there is nothing to see.
import type { Cause, HookName, RunSpec } from '../../engine/index.ts';
import { likelyCause } from './causes.ts';
import type { LadderVerdict } from './layout.ts';

type Props = {
  readonly verdict: LadderVerdict;
  readonly count: number; // hooks compared
  readonly specs: { readonly a: RunSpec; readonly b: RunSpec };
  readonly whyNoLocal: string | null; // no operation of B was run on A's activations
  readonly cause: Cause | null; // as measured in these runs; null where it was not looked for
  readonly onCause: (() => void) | null; // looks for it; null where it cannot be
  readonly onSelect: (hook: HookName) => void;
};

/** Says how the two runs part, where first, and why: as measured, or as is likely. */
export function VerdictHeadline({ verdict, count, specs, whyNoLocal, cause, onCause, onSelect }: Props) {
  if (verdict.kind === 'bit-identical') {
    return (
      <div className="verdict verdict-identical">
        <p className="verdict-display">Bit-identical (0 ULP)</p>
        <p className="verdict-caption">A and B have the same bits in every element of all {count} hooks.</p>
      </div>
    );
  }
  const { firstOwn, firstDeparture, firstFailure } = verdict;
  const first = firstOwn ?? firstDeparture;
  return (
    <div className="verdict" data-kind={verdict.kind}>
      <p className="verdict-line">
        <span className="verdict-word">{verdict.kind === 'outside' ? 'Outside tolerance' : 'Within tolerance'}</span>{' '}
        {verdict.kind === 'outside' ? (
          <span className="verdict-where">
            at {verdict.failing} of {count} hooks
          </span>
        ) : null}{' '}
        {verdict.differing === verdict.failing ? null : (
          <span className="verdict-count">
            {verdict.differing} of {count} differ in bits
          </span>
        )}
      </p>
      <p className="verdict-caption">
        {first ? (
          <>
            First divergence: <HookLink hook={first.hook} onSelect={onSelect} />
            {firstOwn ? `, which ${firstOwn.local?.verdict === 'outside' ? 'fails' : 'differs'} by itself` : ''}.{' '}
            <Why {...{ cause, onCause }} likely={likelyCause(first.hook, specs.a, specs.b)} />{' '}
          </>
        ) : null}
        {firstFailure && firstFailure.hook !== first?.hook ? (
          <>
            First outside: <HookLink hook={firstFailure.hook} onSelect={onSelect} />.{' '}
          </>
        ) : null}
        {firstOwn && firstOwn.local?.verdict !== 'outside' && verdict.kind === 'outside'
          ? 'No operation is outside by itself: what fails came in. '
          : null}
        {firstOwn === null && whyNoLocal ? <span className="quiet">No local differences: {whyNoLocal}.</span> : null}
      </p>
    </div>
  );
}

type WhyProps = Pick<Props, 'cause' | 'onCause'> & { readonly likely: string };

/** The cause that was measured; else what is likely, and the way to measure it. */
function Why({ cause, onCause, likely }: WhyProps) {
  if (cause) return <strong className="verdict-cause">Measured: {cause.words}</strong>;
  return (
    <>
      Likely, since {likely}.{' '}
      {onCause ? (
        <button type="button" className="hook-link" onClick={onCause}>
          Find the cause
        </button>
      ) : null}
    </>
  );
}

function HookLink({ hook, onSelect }: { hook: HookName; onSelect: (hook: HookName) => void }) {
  return (
    <button type="button" className="hook-link mono" onClick={() => onSelect(hook)}>
      {hook}
    </button>
  );
}
