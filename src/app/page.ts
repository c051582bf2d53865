// Joins the page to a sitting: the fragment opens it, runs push history, views replace it, Back opens what was before.
import { openSession } from '../session/createSession.ts';
import type { Session } from '../session/session.ts';
import { acceptIncoming } from './incoming.ts';
import { startOffline } from './offline.ts';
import { localMemory } from './preferences.ts';
import { presentation } from './presentation.ts';
import { tabMemory } from './tabMemory.ts';
import { applyTheme } from './theme.ts';

const KEY = 'splitscope.sitting';
const HUB_KEY = 'splitscope.hub';
const BUDGET_KEY = 'splitscope.budget';

/** Opens the page's sitting and binds the address bar. */
export function openPage(): Session {
  applyTheme();
  const session = openSession({ link: location.hash, isReload: isReload() }, tabMemory(KEY), presentation);
  session.onAddress((hash, how) => {
    if (hash === location.hash) return;
    if (how === 'push') history.pushState(null, '', hash);
    else history.replaceState(null, '', hash);
  });
  window.addEventListener('popstate', () => void session.openLink(location.hash));
  followChoices(session);
  window.addEventListener('pagehide', () => session.flush());
  void session.start();
  acceptIncoming(session);
  afterFirstOutcome(session, startOffline);
  return session;
}

/** Whether this document was loaded again rather than come to. */
function isReload(): boolean {
  const [navigation] = performance.getEntriesByType('navigation');
  return navigation instanceof PerformanceNavigationTiming && navigation.type === 'reload';
}

const LONGEST_WAIT_MS = 10_000; // whatever becomes of the first run, the page is kept for use without a network

/** Calls back once the reader sees a result, or why there is none: what it starts would take the processor from the first run. */
function afterFirstOutcome({ store }: Session, work: () => void): void {
  const timer = setTimeout(() => end(), LONGEST_WAIT_MS);
  const leave = store.subscribe(({ run, gate }) => {
    if (run.status === 'done' || run.status === 'failed' || gate.status === 'closed') end();
  });
  const end = (): void => {
    clearTimeout(timer);
    leave();
    work();
  };
}

/**
 * The hub's address and the GPU's budget are this browser's choices: kept here, never in a link, so that no link decides who is
 * asked, nor how much this machine gives.
 */
function followChoices({ store, setEndpoint, setBudget }: Session): void {
  const hub = localMemory.getItem(HUB_KEY);
  if (hub !== null) setEndpoint(hub);
  const budget = localMemory.getItem(BUDGET_KEY);
  if (budget) setBudget(budget);
  store.subscribe((now, before) => {
    if (now.hub.endpoint !== before.hub.endpoint) localMemory.setItem(HUB_KEY, now.hub.endpoint);
    if (now.budget.bytes !== before.budget.bytes) localMemory.setItem(BUDGET_KEY, String(now.budget.bytes ?? ''));
  });
}
