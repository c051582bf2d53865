// Keys of the whole page. Single keys never fire while something is typed, nor with a modifier.
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

/** Listens to the page's keys; `onHelp` opens their list, `onCopy` copies the link. */
export function useKeys(session: Session, onHelp: () => void, onCopy: () => void): void {
  const goes = useRef(false);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) session.rerun();
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (goes.current) {
        goes.current = false;
        document.getElementById(PLACES[event.key] ?? '')?.focus();
        return;
      }
      goes.current = event.key === 'g';
      actionOf(event.key, session, onHelp, onCopy)?.();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [session, onHelp, onCopy]);
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

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
