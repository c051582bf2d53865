// Joins the page to a sitting: the fragment opens it, runs push history, views replace it, Back opens what was before.
import { openSession } from '../session/createSession.ts';
import type { Memory } from '../session/memory.ts';
import type { Session } from '../session/session.ts';
import { acceptCaptureFiles } from './dropFiles.ts';
import { startOffline } from './offline.ts';
import { applyTheme } from './theme.ts';

const KEY = 'splitscope.sitting';
const HUB_KEY = 'splitscope.hub';

/** What this tab keeps through a reload. The browser gives each tab its own. */
const tabMemory: Memory = {
  load: () => sessionStorage.getItem(KEY),
  save: (text) => sessionStorage.setItem(KEY, text),
};

/** Opens the page's sitting and binds the address bar. */
export function openPage(): Session {
  applyTheme();
  const session = openSession(location.hash, tabMemory);
  session.onAddress((hash, how) => {
    if (hash === location.hash) return;
    if (how === 'push') history.pushState(null, '', hash);
    else history.replaceState(null, '', hash);
  });
  window.addEventListener('popstate', () => void session.openLink(location.hash));
  followHub(session);
  window.addEventListener('pagehide', () => session.flush());
  void session.start();
  acceptCaptureFiles(session);
  startOffline();
  return session;
}

/** The hub's address is this browser's choice: kept here, never in a link, so that no link decides who is asked. */
function followHub({ store, setEndpoint }: Session): void {
  try {
    const kept = localStorage.getItem(HUB_KEY);
    if (kept !== null) setEndpoint(kept);
  } catch {
    return; // closed storage: the choice lasts as long as the page
  }
  store.subscribe(({ hub }, { hub: before }) => {
    if (hub.endpoint !== before.endpoint) localStorage.setItem(HUB_KEY, hub.endpoint);
  });
}
