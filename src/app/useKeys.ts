// Keys of the whole page. Single keys never fire while something is typed, chosen from a list or open above, nor with a modifier.
import { useEffect, useRef } from 'react';
import type { Session } from '../session/session.ts';

const PLACES: Readonly<Record<string, string>> = {
  m: 'panel-model',
  p: 'panel-prompt',
  r: 'panel-runs',
  d: 'panel-ladder',
  h: 'panel-heads',
  a: 'panel-pattern',
  i: 'panel-inspector',
  o: 'panel-outputs',
};

export type KeyActions = {
  readonly onHelp: () => void; // opens the list of keys
  readonly onCopy: () => void; // copies the link
  readonly onGo: (panelId: string) => void;
};

/** Listens to the page's keys. */
export function useKeys(session: Session, { onHelp, onCopy, onGo }: KeyActions): void {
  const goes = useRef(false);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) session.rerun();
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (goes.current) {
        goes.current = false;
        const place = Object.hasOwn(PLACES, event.key) ? PLACES[event.key] : undefined;
        if (place) onGo(place);
        return;
      }
      goes.current = event.key === 'g';
      actionOf(event.key, session, onHelp, onCopy)?.();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [session, onHelp, onCopy, onGo]);
}

function actionOf(key: string, session: Session, onHelp: () => void, onCopy: () => void): (() => void) | undefined {
  const actions: Readonly<Record<string, () => void>> = {
    f: () => session.setMode('fused'),
    s: () => session.setMode('split'),
    c: () => session.setMode('compare'),
    x: () => session.swapSpecs(),
    y: onCopy,
    '?': onHelp,
    '[': () => session.previousFailing(),
    ']': () => session.nextFailing(),
  };
  return Object.hasOwn(actions, key) ? actions[key] : undefined;
}

/** What answers letters itself: fields, closed and open lists (type to choose), and what lies above the page. */
const TAKES_KEYS = 'input, textarea, select, [aria-haspopup="listbox"], .popover, [role="dialog"]';

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest(TAKES_KEYS) !== null;
}
