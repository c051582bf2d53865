// Keys of the whole page, from the list of commands. Single keys never fire while something is typed, chosen from a list or open
// above, and can be switched off; keys with Ctrl (⌘ on a Mac) work everywhere, but fields keep their own undo. What is typed after
// Ctrl+K, before the palette is there, is the palette's.
import { useEffect, useRef } from 'react';
import type { Command } from '../views/palette/command.ts';
import { preferences } from './preferences.ts';
import type { UiStore } from './ui.ts';

/** Listens to the page's keys. */
export function useKeys(commands: readonly Command[], ui: UiStore): void {
  const prefix = useRef('');
  useEffect(() => {
    const byKeys = new Map(commands.flatMap((command) => (command.keys ? [[command.keys, command] as const] : [])));
    const onKeyDown = (event: KeyboardEvent) => {
      const key = keyOf(event);
      if (!key) return;
      if (isAhead(event, key, ui)) {
        if (ui.getState().dialog === 'palette') ui.set({ query: ui.getState().query + key });
        event.preventDefault();
        return;
      }
      if (!isFree(event, key)) return;
      const command = byKeys.get(prefix.current + key);
      prefix.current = prefix.current === '' && key === 'g' ? 'g ' : '';
      if (!command) return;
      event.preventDefault();
      command.run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [commands, ui]);
}

/** Whether a letter is meant for what opens above the page and is not drawn yet. */
function isAhead({ target }: KeyboardEvent, key: string, ui: UiStore): boolean {
  if (ui.getState().dialog === 'none' || key.startsWith('Ctrl+')) return false;
  return !(target instanceof HTMLElement && target.closest(ABOVE) !== null);
}

/** Spells a key press as commands do: 's', '?', 'Ctrl+Shift+Z'; null for what no command has. */
function keyOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string | null {
  if (altKey) return null;
  if (!ctrlKey && !metaKey) return key.length === 1 ? key : null;
  const name = key.length === 1 ? key.toUpperCase() : key;
  return `Ctrl+${shiftKey ? 'Shift+' : ''}${name}`;
}

function isFree({ target }: KeyboardEvent, key: string): boolean {
  if (!(target instanceof HTMLElement)) return true;
  const isTaken = target.isContentEditable || target.closest(TAKES_KEYS) !== null;
  if (key.startsWith('Ctrl+')) return !(isTaken && key.endsWith('Z'));
  return preferences.getState().singleKeys && !isTaken;
}

/** What lies above the page. */
const ABOVE = '.popover, [role="dialog"]';
/** What answers letters itself: fields, closed and open lists (type to choose), and what lies above the page. */
const TAKES_KEYS = `input, textarea, select, [aria-haspopup="listbox"], ${ABOVE}`;
