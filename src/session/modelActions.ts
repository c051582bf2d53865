// Actions on device and model: get both back after the device was lost.
import { loadModel, openDevice } from './device.ts';
import { runWanted } from './running.ts';
import type { Session } from './session.ts';
import type { Sitting } from './sitting.ts';

/** The action of the banner after a lost device. */
export function modelActions(sitting: Sitting): Pick<Session, 'reloadDevice'> {
  return {
    reloadDevice: async () => {
      sitting.set({ gate: { status: 'opening' }, model: { status: 'none' } });
      if (!(await openDevice(sitting))) return;
      if (await loadModel(sitting)) await runWanted(sitting, 'replace');
    },
  };
}
