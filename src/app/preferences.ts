// What a reader set up for this machine and not for an experiment: single keys on or off, whether the tour was seen, panel sizes.
import { createStore } from 'zustand/vanilla';

export type Preferences = { readonly singleKeys: boolean; readonly tourSeen: boolean };

const KEY = 'splitscope.preferences';
const FIRST: Preferences = { singleKeys: true, tourSeen: false };

/** Local storage that does nothing where the browser closes it to this page: choices then last as long as the page. */
export const localMemory = {
  getItem(key: string): string | null {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  setItem(key: string, value: string): void {
    try {
      localStorage.setItem(key, value);
    } catch {
      // closed or full: see above
    }
  },
};

export const preferences = createStore<Preferences>()(() => read());

/** Changes preferences and keeps them on this machine. */
export function prefer(patch: Partial<Preferences>): void {
  preferences.setState(patch);
  localMemory.setItem(KEY, JSON.stringify(preferences.getState()));
}

function read(): Preferences {
  try {
    const kept: unknown = JSON.parse(localMemory.getItem(KEY) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return FIRST;
    const flag = (name: keyof Preferences) => {
      const value: unknown = Reflect.get(kept, name);
      return typeof value === 'boolean' ? value : FIRST[name];
    };
    return { singleKeys: flag('singleKeys'), tourSeen: flag('tourSeen') };
  } catch {
    return FIRST;
  }
}
