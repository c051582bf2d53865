// A capture file that another program wrote, as run B: it is opened in the worker, and then wanted like any other specification.
import { failureOf } from './failure.ts';
import { want } from './running.ts';
import type { Session } from './session.ts';
import type { Sitting } from './sitting.ts';

/** The action of dropping a file of captures into the page. */
export function captureActions(sitting: Sitting): Pick<Session, 'openCaptures'> {
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
  };
}
