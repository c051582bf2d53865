// Actions on what is looked at: hook, head, cell, position, tolerance. Nothing runs again; what is shown is asked for anew.
import type { View } from '../engine/index.ts';
import { tellAddress } from './address.ts';
import { remember } from './edits.ts';
import type { Session } from './session.ts';
import {
  judgeAgain,
  paintHead,
  showAmplification,
  showHeads,
  showInspection,
  showOutputs,
  showPredictions,
  showProfile,
  showRanking,
  showValues,
} from './showing.ts';
import type { Sitting } from './sitting.ts';

type ViewActions = Pick<
  Session,
  | 'setTolerance'
  | 'selectHook'
  | 'selectHead'
  | 'setShow'
  | 'setSide'
  | 'lockCell'
  | 'readHead'
  | 'paintHead'
  | 'selectPosition'
  | 'showPredictions'
  | 'showRanking'
  | 'showProfile'
  | 'showAmplification'
  | 'nextFailing'
  | 'previousFailing'
>;

/** The actions of the panels that show a finished run. */
export function viewActions(sitting: Sitting): ViewActions {
  const look = (patch: Partial<View>) => lookAt(sitting, patch);
  const selectHook: ViewActions['selectHook'] = (hook) => {
    look({ hook });
    sitting.track(showInspection(sitting));
  };
  const stepFailing = (step: 1 | -1) => {
    const hook = failingFrom(sitting, step);
    if (hook) selectHook(hook);
  };
  let reading: { readonly of: unknown; readonly done: Promise<void> } | null = null;
  const readHead = (): Promise<void> => {
    const of = sitting.state.shown?.heads;
    if (reading && reading.of === of) return reading.done; // pointer, focus and table ask at once
    const done = showValues(sitting).finally(() => {
      reading = null;
    });
    reading = { of, done };
    sitting.track(done);
    return done;
  };
  return {
    setTolerance: (tolerance) => {
      const { experiment, edits } = sitting.state;
      sitting.set({ experiment: { ...experiment, tolerance }, edits: remember(edits, experiment) });
      sitting.track(judgeAgain(sitting));
    },
    selectHook,
    selectHead: (layer, head) => {
      look({ layer, head, cell: null });
      sitting.track(showHeads(sitting));
    },
    setShow: (show) => {
      look({ show });
      sitting.track(showHeads(sitting));
    },
    setSide: (side) => look({ side }),
    lockCell: (cell) => look({ cell }),
    readHead,
    paintHead: (...asked) => paintHead(sitting, ...asked),
    selectPosition: (position) => {
      sitting.set({ selectedPosition: position });
      sitting.track(showOutputs(sitting, position));
    },
    showPredictions: (pair) => sitting.track(showPredictions(sitting, pair)),
    showProfile: () => sitting.track(showProfile(sitting)),
    showAmplification: (of) => sitting.track(showAmplification(sitting, of)),
    showRanking: (by) => sitting.track(showRanking(sitting, by)),
    nextFailing: () => stepFailing(1),
    previousFailing: () => stepFailing(-1),
  };
}

function lookAt(sitting: Sitting, patch: Partial<View>): void {
  const { experiment } = sitting.state;
  sitting.set({ experiment: { ...experiment, view: { ...experiment.view, ...patch } } });
  sitting.track(tellAddress(sitting, 'replace'));
}

/** The next hook outside the tolerance in running order from the chosen one, around the end; none where none fails. */
function failingFrom({ state: { shown, experiment } }: Sitting, step: 1 | -1) {
  const ladder = shown?.ladder ?? [];
  const here = ladder.findIndex(({ hook }) => hook === experiment.view.hook);
  const places = ladder.flatMap(({ summary }, at) => (summary.verdict === 'outside' ? [at] : []));
  const next =
    step === 1
      ? (places.find((place) => place > here) ?? places[0])
      : (places.findLast((place) => place < here) ?? places.at(-1));
  return next === undefined ? undefined : ladder[next]?.hook;
}
