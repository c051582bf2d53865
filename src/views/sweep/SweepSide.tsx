// Beside a sweep's form: how far it is, what went wrong, and what came of it; before the first, what it is for.
import type { ReactNode } from 'react';

type Props = {
  readonly name: string; // of the progress
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly problem: string | null;
  readonly whyStale: string | null; // null: the result is of what is asked for now
  readonly about: string;
  readonly children: ReactNode; // the result; null where there is none yet
};

/** Frames what came of a sweep, of edits or of paths. */
export function SweepSide({ name, progress, problem, whyStale, about, children }: Props) {
  return (
    <div className="sweep-side" data-stale={whyStale !== null || undefined}>
      {progress ? (
        <progress
          className="sweep-progress"
          aria-label={name}
          value={progress.done}
          max={Math.max(1, progress.total)}
        />
      ) : null}
      {problem ? (
        <p className="panel-error" role="alert">
          {problem}
        </p>
      ) : null}
      {whyStale ? <p className="sweep-why">{whyStale}</p> : null}
      {children ?? (progress || problem ? null : <p className="quiet">{about}</p>)}
    </div>
  );
}
