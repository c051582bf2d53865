// Joins the page to a sitting: the fragment opens it, runs push history, views replace it, Back opens what was before.
import { openSession } from '../session/createSession.ts';
import type { Session } from '../session/session.ts';
import { applyTheme } from './theme.ts';

/** Opens the page's sitting and binds the address bar. */
export function openPage(): Session {
  applyTheme();
  const session = openSession(location.hash);
  session.onAddress((hash, how) => {
    if (hash === location.hash) return;
    if (how === 'push') history.pushState(null, '', hash);
    else history.replaceState(null, '', hash);
  });
  window.addEventListener('popstate', () => void session.openLink(location.hash));
  void session.start();
  return session;
}
