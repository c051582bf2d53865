// The Sweep: one edit at every place in turn, and a map of what each does to the prediction.
import { useEffect, useMemo, useState } from 'react';
import type { Sweep, SweepCell } from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import type { ViewToken } from '../data.ts';
import './sweep.css';
import type { MapShape } from './maps.ts';
import { whyNoCorrupted, withTokens } from './prompted.ts';
import { SweepForm } from './SweepForm.tsx';
import { SweepMaps, type SweepView } from './SweepMaps.tsx';
import { SweepSide } from './SweepSide.tsx';
import { type SweepChoices, sweepChoicesOf, sweepOf } from './sites.ts';

type Props = {
  readonly asked: Sweep | null; // by this sitting or its link
  readonly tokens: readonly ViewToken[];
  readonly corruptedTokens: readonly ViewToken[] | null;
  readonly candidates: readonly ViewToken[]; // next tokens at the position, then those of the prompt; at least two
  readonly position: number;
  readonly result: SweepView | null;
  readonly isStale: boolean; // the result is of other prompts, or of another specification
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly problem: string | null;
  readonly shape: MapShape; // of the result
  readonly onPosition: (position: number) => void;
  readonly onNext: (sweep: Sweep) => void; // what the button would run; stays the same function
  readonly onRun: (sweep: Sweep) => void;
  readonly onCancel: () => void;
  readonly onCorrupt: () => void; // sets a pair of prompts that shows something
  readonly onChoose: (cell: SweepCell) => void;
  readonly onAdd: (cell: SweepCell) => void;
};

type Own = Omit<SweepChoices, 'position' | 'right' | 'wrong'> & {
  readonly right: number | null; // null: the likeliest next token
  readonly wrong: number | null; // null: the next likeliest
};

const FIRST: Own = {
  sites: ['hook_q_input', 'hook_k_input', 'hook_v_input'],
  operation: 'patch',
  asked: null,
  byPosition: true,
  metric: 'logitDifference',
  right: null,
  wrong: null,
};

const ABOUT =
  "Every head's q, k and v input, pattern or z, every layer of the stream and every MLP can be edited in turn. Work shared with the " +
  'unedited run is not done again.';

/** Chooses, runs and shows a sweep. */
export function SweepBody(props: Props) {
  const { asked, tokens, corruptedTokens, candidates, position, result, isStale, progress, problem } = props;
  const [own, setOwn] = useState<Own>(FIRST);
  useEffect(() => {
    if (asked) setOwn((known) => ({ ...known, ...sweepChoicesOf(asked) }));
  }, [asked]);
  const right = own.right ?? candidates[0]?.id ?? 0;
  const wrong = own.wrong ?? candidates.find(({ id }) => id !== right)?.id ?? 0;
  const shown = withTokens(candidates, right, wrong);
  const choices = useMemo(() => ({ ...own, right, wrong, position }), [own, right, wrong, position]);
  const lacks = own.operation === 'patch' ? whyNoCorrupted(tokens, corruptedTokens) : null;
  const whyNot = own.sites.length === 0 ? 'Choose where to edit.' : lacks;
  const { onNext } = props;
  const canRun = whyNot === null && progress === null;
  useEffect(() => {
    if (canRun) onNext(sweepOf(choices));
  }, [canRun, choices, onNext]);
  return (
    <div className="sweep">
      <div>
        <SweepForm
          {...{ choices, tokens, whyNot }}
          candidates={shown}
          isRunning={progress !== null}
          onChange={(patch) => setOwn({ ...own, ...patch })}
          onPosition={props.onPosition}
          onRun={() => props.onRun(sweepOf(choices))}
          onCancel={props.onCancel}
        />
        {lacks ? <Button onPress={props.onCorrupt}>Use the indirect-object pair</Button> : null}
      </div>
      <SweepSide
        name="Sweep"
        {...{ progress, problem }}
        whyStale={isStale ? 'Of another sweep, earlier prompts or another run A: sweep again.' : null}
        about={ABOUT}
      >
        {result ? <SweepMaps view={result} shape={props.shape} onChoose={props.onChoose} onAdd={props.onAdd} /> : null}
      </SweepSide>
    </div>
  );
}

export function SweepHelp() {
  return (
    <>
      <p>
        A sweep makes one edit at a time, at every head or layer, and reads one number off the prediction each time.{' '}
        <strong>Patch</strong> takes the same activation of the corrupted prompt (activation patching; Wang et al.
        2022). Every cell has the bits of a run of its own with that edit.
      </p>
      <p>
        Colours depart from the unedited value: red raises the metric, blue lowers it, dots moved no bit. With grouped
        queries, k and v inputs belong to kv heads, unless run A repeats them. Interventions of the list are not
        applied. Attribution patching needs gradients and is left out.
      </p>
      <p>
        <strong>Paths</strong> ask what each sender (a head's result, an MLP, the embedding) tells the receivers and
        nothing else: the sender as it is under the corrupted prompt, other heads frozen and MLPs recomputed (Wang et
        al. 2022, appendix B), or each the other way; then the receivers alone read what that gives them.
      </p>
    </>
  );
}
