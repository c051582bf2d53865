// Puts a sitting together: its core, and the actions by subject.
import { type Client, createClient } from '../worker/client.ts';
import { linkActions } from './linkActions.ts';
import { modelActions, watchDevice } from './modelActions.ts';
import { runActions } from './runActions.ts';
import type { Session } from './session.ts';
import { Sitting } from './sitting.ts';
import { viewActions } from './viewActions.ts';

export type SessionOptions = {
  readonly client: Client;
  readonly link: string; // the page's fragment
};

/** Opens a sitting over the engine's worker. Nothing happens before `start`. */
export function openSession(link: string): Session {
  return createSession({ client: createClient(), link });
}

/** Makes a sitting over any client. */
export function createSession({ client, link }: SessionOptions): Session {
  const sitting = new Sitting(client);
  const unwatch = watchDevice(sitting);
  const runs = runActions(sitting);
  return {
    store: sitting.store,
    hover: sitting.hover,
    ...runs,
    ...viewActions(sitting),
    ...modelActions(sitting),
    ...linkActions(sitting, link),
    settled: () => sitting.settled(),
    dispose: () => {
      runs.cancelRun();
      unwatch();
      client.dispose();
    },
  };
}
