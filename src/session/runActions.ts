// Actions on what is run: the prompt, both specifications, the mode; and running it now or not at all.
import { runWanted, want } from './running.ts';
import type { Session } from './session.ts';
import type { Sitting } from './sitting.ts';

const AUTO_RUN_DELAY_MS = 250; // after the last edit of the text

type RunActions = Pick<
  Session,
  | 'rerun'
  | 'cancelRun'
  | 'setPrompt'
  | 'setPrependBos'
  | 'setTokenIds'
  | 'setCorrupted'
  | 'setInterventions'
  | 'setMode'
  | 'setSpec'
  | 'swapSpecs'
>;

/** The actions of prompt, runs and mode over a sitting. */
export function runActions(sitting: Sitting): RunActions {
  const wanted = () => sitting.state.experiment;
  return {
    rerun: () => sitting.track(runWanted(sitting, 'push')),
    cancelRun: () => {
      sitting.abort();
      sitting.set({ run: { status: 'idle' } });
    },
    setPrompt: (text) => want(sitting, { prompt: { ...wanted().prompt, text, tokenIds: null } }, AUTO_RUN_DELAY_MS),
    setPrependBos: (prependBos) => want(sitting, { prompt: { ...wanted().prompt, prependBos, tokenIds: null } }),
    setTokenIds: (tokenIds) => want(sitting, { prompt: { ...wanted().prompt, tokenIds } }),
    setCorrupted: (corrupted) => want(sitting, { corrupted }, AUTO_RUN_DELAY_MS),
    setInterventions: (interventions) => want(sitting, { interventions }, AUTO_RUN_DELAY_MS),
    setMode: (mode) => {
      const { a, b, view } = wanted();
      const side = mode === 'split' ? 'b' : 'a';
      const specs = {
        fused: { a: { ...a, qkv: 'fused' as const } },
        split: { b: { ...b, qkv: 'split' as const } },
        compare: {},
      }[mode];
      want(sitting, { mode, ...specs, view: { ...view, side } });
    },
    setSpec: (side, patch) => want(sitting, { [side]: { ...wanted()[side], ...patch } }),
    swapSpecs: () => {
      const { a, b, mode } = wanted();
      if (mode === 'compare') want(sitting, { a: b, b: a });
    },
  };
}
