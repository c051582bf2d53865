// The verdict over all hooks, in words that can be read across the room when there is nothing to see.
import type { HookName, RunSpec } from '../../engine/index.ts';
import { likelyCause } from './causes.ts';
import type { LadderVerdict } from './layout.ts';

type Props = {
  readonly verdict: LadderVerdict;
  readonly count: number; // hooks compared
  readonly specs: { readonly a: RunSpec; readonly b: RunSpec };
  readonly whyNoLocal: string | null; // no operation of B was run on A's activations
  readonly onSelect: (hook: HookName) => void;
};

/** Says how the two runs part, where first, and why probably. */
export function VerdictHeadline({ verdict, count, specs, whyNoLocal, onSelect }: Props) {
  if (verdict.kind === 'bit-identical') {
    return (
      <div className="verdict verdict-identical">
        <p className="verdict-display">Bit-identical (0 ULP)</p>
        <p className="verdict-caption">A and B have the same bits in every element of all {count} hooks.</p>
      </div>
    );
  }
  const first = verdict.firstFailure ?? verdict.firstDeparture;
  return (
    <div className="verdict" data-kind={verdict.kind}>
      <p className="verdict-line">
        {verdict.kind === 'outside' ? `Outside tolerance at ${verdict.failing} of ${count} hooks` : 'Within tolerance'}
        <span className="verdict-count">
          {verdict.differing} of {count} hooks differ in bits
        </span>
      </p>
      <p className="verdict-caption">
        {verdict.firstDeparture ? (
          <>
            Enters at <HookLink hook={verdict.firstDeparture.hook} onSelect={onSelect} />:{' '}
            {likelyCause(verdict.firstDeparture.hook, specs.a, specs.b)}.{' '}
          </>
        ) : null}
        {verdict.firstFailure && first ? (
          <>
            First outside: <HookLink hook={first.hook} onSelect={onSelect} />.{' '}
          </>
        ) : null}
        <OwnFailure verdict={verdict} whyNoLocal={whyNoLocal} onSelect={onSelect} />
      </p>
    </div>
  );
}

/** Names the first operation that is off by itself: fed what A had, it alone can be to blame. */
function OwnFailure({
  verdict: { firstOwn, firstDeparture },
  whyNoLocal,
  onSelect,
}: Pick<Props, 'verdict' | 'whyNoLocal' | 'onSelect'>) {
  if (!firstOwn) return whyNoLocal ? <span className="quiet">No local differences: {whyNoLocal}.</span> : null;
  if (firstOwn.local?.verdict !== 'outside') {
    const isThere = firstOwn.hook === firstDeparture?.hook;
    if (isThere) return <>No operation is outside by itself.</>;
    return (
      <>
        First to differ by itself: <HookLink hook={firstOwn.hook} onSelect={onSelect} />; none is outside.
      </>
    );
  }
  return (
    <>
      First to fail by itself: <HookLink hook={firstOwn.hook} onSelect={onSelect} />.
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
