// Puts a sitting together: its core, and the actions by subject.
import { type Client, createClient } from '../worker/client.ts';
import type { Presentation } from '../worker/presenter.ts';
import { captureActions } from './captureActions.ts';
import { caseActions } from './caseActions.ts';
import { continuationActions } from './continuationActions.ts';
import { watchDevice } from './device.ts';
import { historyActions } from './historyActions.ts';
import { laboratoryActions } from './laboratoryActions.ts';
import { linkActions, type Opening } from './linkActions.ts';
import { meanAction } from './meanAction.ts';
import { keep, type Memory, recall } from './memory.ts';
import { modelActions } from './modelActions.ts';
import { readingActions } from './readingActions.ts';
import { runActions } from './runActions.ts';
import type { Session } from './session.ts';
import { Sitting } from './sitting.ts';
import { sweepActions } from './sweepActions.ts';
import { followAdapter, trustActions } from './trust.ts';
import { viewActions } from './viewActions.ts';

export type SessionOptions = {
  readonly client: Client;
  readonly link: string; // the page's fragment
  readonly isReload?: boolean; // the page was loaded again, and not come to
  readonly memory?: Memory; // of the tab; without it a reload keeps the link alone
  readonly pictures?: () => Presentation; // 'auto' where it is left out
};

/** Opens a sitting over the engine's worker. Nothing happens before `start`. */
export function openSession(opening: Opening, memory: Memory, pictures: () => Presentation): Session {
  return createSession({ client: createClient(), ...opening, memory, pictures });
}

/** Makes a sitting over any client. */
export function createSession({ client, link, isReload = false, memory, pictures }: SessionOptions): Session {
  const sitting = new Sitting(client, pictures ?? (() => 'auto'));
  const kept = memory ? recall(memory) : null;
  const flush = memory ? keep(sitting, memory) : () => {};
  const unwatch = watchDevice(sitting);
  const unfollow = followAdapter(sitting);
  const runs = runActions(sitting);
  return {
    store: sitting.store,
    hover: sitting.hover,
    ...runs,
    ...viewActions(sitting),
    ...modelActions(sitting),
    ...captureActions(sitting),
    ...sweepActions(sitting),
    ...continuationActions(sitting),
    ...trustActions(sitting),
    ...caseActions(sitting),
    ...readingActions(sitting),
    ...meanAction(sitting),
    ...laboratoryActions(sitting),
    ...historyActions(sitting),
    ...linkActions(sitting, { link, isReload }, kept),
    flush,
    settled: () => sitting.settled(),
    dispose: () => {
      runs.cancelRun();
      sitting.jobs.endAll();
      unwatch();
      unfollow();
      client.dispose();
    },
  };
}
