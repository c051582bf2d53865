// What can be asked of a difference: is it noise or a bug, and what causes it. Both are computed when asked.
import type { Cause, HookName, Judgement, WorstShare } from '../../engine/index.ts';
import { percentOf } from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import type { Asked } from '../data.ts';
import { formatFigure } from '../format.ts';

export type LaboratoryView = {
  readonly judgement: Asked<Judgement>;
  readonly cause: Asked<Cause>;
  readonly trials: { readonly done: number; readonly total: number } | null;
  readonly causeAt: HookName | null; // the operation to ask about; null where none differs by itself
  readonly whyNoCause: string | null;
  readonly onJudge: () => void;
  readonly onCancelJudge: () => void;
  readonly onCause: (hook: HookName) => void;
  readonly onCancelCause: () => void;
  readonly onHook: (hook: HookName) => void;
};

/** The two questions and their answers. */
export function Laboratory({ hook, lab }: { hook: HookName; lab: LaboratoryView }) {
  return (
    <section className="lab" aria-label="Laboratory">
      <h3 className="lab-title">Noise or bug?</h3>
      {lab.judgement.isAsking ? (
        <div className="lab-trying">
          <Button onPress={lab.onCancelJudge}>Cancel</Button>
          <span role="status">Computing in f64</span>
        </div>
      ) : (
        <Button onPress={lab.onJudge}>Judge against f64</Button>
      )}
      <div aria-live="polite">
        <Judged judgement={lab.judgement} />
      </div>
      <h3 className="lab-title">What causes it?</h3>
      <CauseAction {...lab} />
      <div aria-live="polite">
        <Found cause={lab.cause} hook={hook} onHook={lab.onHook} />
      </div>
    </section>
  );
}

function Judged({ judgement: { value, problem } }: { judgement: Asked<Judgement> }) {
  if (problem) return <p className="lab-problem">{problem}</p>;
  if (!value) {
    return (
      <p className="quiet lab-note">
        Runs this one operation in f64 on the inputs it was given, and holds both runs to the bound of their rounding.
      </p>
    );
  }
  if (value.kind === 'refused') return <p className="lab-problem">No verdict. {value.why}</p>;
  const { verdict, inputs } = value;
  return (
    <>
      <p className="lab-verdict" data-verdict={verdict.kind}>
        {verdict.words}
      </p>
      <table className="lab-errors">
        <thead>
          <tr>
            <th scope="col">against f64</th>
            <th scope="col" className="num side-a">
              A
            </th>
            <th scope="col" className="num side-b">
              B
            </th>
          </tr>
        </thead>
        <tbody>
          {ERRORS.map(([name, of]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="num">{of(verdict.a)}</td>
              <td className="num">{of(verdict.b)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet lab-note">
        {inputs === 'same'
          ? 'B’s operation was given A’s inputs.'
          : 'Each run’s operation was taken on its own inputs.'}
      </p>
    </>
  );
}

const ERRORS: readonly (readonly [string, (share: WorstShare) => string])[] = [
  ['largest error', ({ maxError }) => formatFigure(maxError)],
  ['bound at its worst', ({ bound }) => formatFigure(bound)],
  ['share of the bound', ({ share }) => (Number.isFinite(share) ? `${formatFigure(100 * share)} %` : '∞')],
];

type ActionProps = Pick<LaboratoryView, 'cause' | 'trials' | 'causeAt' | 'whyNoCause' | 'onCause' | 'onCancelCause'>;

function CauseAction({ cause, trials, causeAt, whyNoCause, onCause, onCancelCause }: ActionProps) {
  if (cause.isAsking) {
    return (
      <div className="lab-trying">
        <Button onPress={onCancelCause}>Cancel</Button>
        <span role="status">{trials ? `Trying ${trials.done + 1} of ${trials.total}` : 'Running B on A’s inputs'}</span>
      </div>
    );
  }
  if (whyNoCause !== null || causeAt === null) {
    return (
      <p className="quiet lab-note">
        {whyNoCause ?? 'No operation of B differs by itself: there is nothing to explain.'}
      </p>
    );
  }
  return <Button onPress={() => onCause(causeAt)}>Find the cause</Button>;
}

type FoundProps = { readonly cause: Asked<Cause>; readonly hook: HookName; readonly onHook: (hook: HookName) => void };

function Found({ cause: { value, problem }, hook, onHook }: FoundProps) {
  if (problem) return <p className="lab-problem">{problem}</p>;
  if (!value) return null;
  const tried = value.trials.filter(({ fields }) => fields.length > 0);
  return (
    <>
      <p className="lab-verdict">{value.words}</p>
      {tried.length > 0 ? (
        <table className="lab-errors">
          <thead>
            <tr>
              <th scope="col">B with A’s</th>
              <th scope="col" className="num">
                explains
              </th>
              <th scope="col" className="num">
                max |Δ| left
              </th>
            </tr>
          </thead>
          <tbody>
            {tried.map(({ fields, explained, summary }) => (
              <tr key={fields.join()}>
                <th scope="row">{fields.join(' + ')}</th>
                <td className="num">{percentOf(explained)}</td>
                <td className="num">{formatFigure(summary.maxAbs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {value.hook === hook ? null : (
        <Button kind="quiet" onPress={() => onHook(value.hook)}>
          Show {value.hook}
        </Button>
      )}
    </>
  );
}
