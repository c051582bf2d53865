// Activations in and out: a capture file that another program wrote becomes run B, and what was captured here is read to be written.
import type { HookName } from '../engine/index.ts';
import type { Answers } from '../worker/protocol.ts';
import { failureOf } from './failure.ts';
import { want } from './running.ts';
import type { Session } from './session.ts';
import type { Sitting } from './sitting.ts';

/** The actions on captures, and the way to say what became of them. */
export function captureActions(sitting: Sitting): Pick<Session, 'openCaptures' | 'activations' | 'say'> {
  return {
    openCaptures: async (fileName, bytes) => {
      try {
        await sitting.client.ask({ kind: 'openCaptures', fileName, bytes });
        const { b } = sitting.state.experiment;
        want(sitting, { mode: 'compare', b: { ...b, engine: 'file', order: 'canonical' } });
      } catch (error) {
        sitting.set({ notice: { text: failureOf(error).message, tone: 'bad' } });
      }
    },
    activations: async (side, hooks) => {
      const runId = sitting.state.shown?.result.runId;
      if (runId === undefined) return null;
      try {
        const read = new Map<HookName, Answers['values']>();
        for (const hook of hooks) read.set(hook, await sitting.client.ask({ kind: 'values', runId, side, hook }));
        return read;
      } catch (error) {
        sitting.set({ notice: { text: failureOf(error).message, tone: 'bad' } });
        return null;
      }
    },
    say: (notice) => sitting.set({ notice }),
  };
}
