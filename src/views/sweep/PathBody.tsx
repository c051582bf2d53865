// Paths: who tells the receivers what. One receiver or several, every sender in turn, and a map of what each says.
import { useEffect, useMemo, useState } from 'react';
import { nameOf, type PathSweep } from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import type { ViewToken } from '../data.ts';
import type { MapShape } from './maps.ts';
import { PathForm } from './PathForm.tsx';
import { PathMaps, type PathView } from './PathMaps.tsx';
import { inputsOf, type PathChoices, pathChoicesOf, pathSweepOf } from './pathChoices.ts';
import { whyNoCorrupted, withTokens } from './prompted.ts';
import { SweepSide } from './SweepSide.tsx';
import './sweep.css';

type Props = {
  readonly asked: PathSweep | null; // by this sitting or its link
  readonly tokens: readonly ViewToken[];
  readonly corruptedTokens: readonly ViewToken[] | null;
  readonly candidates: readonly ViewToken[];
  readonly position: number;
  readonly head: { readonly layer: number; readonly head: number }; // the chosen one, the first receiver
  readonly group: number; // query heads of one kv head; 1 where each head has its own
  readonly result: PathView | null;
  readonly isStale: boolean;
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly problem: string | null;
  readonly shape: MapShape;
  readonly onPosition: (position: number) => void;
  readonly onNext: (paths: PathSweep) => void; // what the button would ask; stays the same function
  readonly onRun: (paths: PathSweep) => void;
  readonly onCancel: () => void;
  readonly onCorrupt: () => void; // sets a pair of prompts that shows something
  readonly onChoose: (layer: number, head: number) => void;
};

type Own = Partial<PathChoices>;

const ABOUT =
  'Each sender in turn is put as it is under the corrupted prompt, and the receivers alone hear of it: what they are told shows in the ' +
  'prediction. A head that says much becomes the next receiver.';

/** Chooses, runs and shows a path sweep. */
export function PathBody(props: Props) {
  const { asked, tokens, corruptedTokens, candidates, position, head, group, result, isStale, progress, problem } =
    props;
  const [own, setOwn] = useState<Own>({});
  useEffect(() => {
    if (asked) setOwn((known) => ({ ...known, ...pathChoicesOf(asked, group > 1) }));
  }, [asked, group]);
  const right = own.right ?? candidates[0]?.id ?? 0;
  const wrong = own.wrong ?? candidates.find(({ id }) => id !== right)?.id ?? 0;
  const receiversAt = (layer: number, at: number) =>
    inputsOf(layer, at, group)
      .map((end) => nameOf(end, group > 1))
      .join(', ');
  const receivers = own.receivers ?? receiversAt(head.layer, head.head);
  const choices = useMemo<PathChoices>(
    () => ({
      senders: own.senders ?? 'all',
      receivers,
      heads: own.heads ?? 'frozen',
      mlps: own.mlps ?? 'recomputed',
      metric: own.metric ?? 'logitDifference',
      right,
      wrong,
      position,
    }),
    [own, receivers, right, wrong, position],
  );
  const lacks = whyNoCorrupted(tokens, corruptedTokens);
  const sweep = useMemo(() => pathSweepOf(choices), [choices]);
  const { onNext } = props;
  const canRun = lacks === null && progress === null;
  useEffect(() => {
    if (canRun && sweep) onNext(sweep);
  }, [canRun, sweep, onNext]);
  const run = (patch: Own = {}) => {
    const wanted = pathSweepOf({ ...choices, ...patch });
    if (wanted) props.onRun(wanted);
  };
  return (
    <div className="sweep">
      <div>
        <PathForm
          {...{ choices, tokens }}
          candidates={withTokens(candidates, right, wrong)}
          isRunning={progress !== null}
          whyNot={lacks ?? (sweep ? null : 'Say who sends and who receives.')}
          onChange={(patch) => setOwn({ ...own, ...patch })}
          onPosition={props.onPosition}
          onRun={() => run()}
          onCancel={props.onCancel}
        />
        {lacks ? <Button onPress={props.onCorrupt}>Use the indirect-object pair</Button> : null}
      </div>
      <SweepSide
        name="Paths"
        {...{ progress, problem }}
        whyStale={isStale ? 'Of other paths, earlier prompts or another run A: ask again.' : null}
        about={ABOUT}
      >
        {result ? (
          <PathMaps
            view={result}
            shape={props.shape}
            onChoose={props.onChoose}
            onReceive={(layer, at) => {
              const next = { receivers: receiversAt(layer, at) };
              setOwn({ ...own, ...next });
              run(next);
            }}
          />
        ) : null}
      </SweepSide>
    </div>
  );
}
