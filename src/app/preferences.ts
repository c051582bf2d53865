// What a reader set up for this machine and not for an experiment: single keys on or off, whether the tour was
// seen, how maps are painted, panel sizes.
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { createStore } from 'zustand/vanilla';
import { type MapPaint, USUAL_PAINT } from '../views/marks/valueScale.ts';

export type Preferences = MapPaint & { readonly singleKeys: boolean; readonly tourSeen: boolean };

const KEY = 'splitscope.preferences';
const FIRST: Preferences = { singleKeys: true, tourSeen: false, ...USUAL_PAINT };

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

/** Follows how the reader wants maps painted. */
export function useMapPaint(): MapPaint {
  return useStore(preferences, useShallow(mapPaint));
}

/** How the reader wants maps painted, of all preferences. */
export function mapPaint({ isCividis, isFit }: Preferences): MapPaint {
  return { isCividis, isFit };
}

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
    return {
      singleKeys: flag('singleKeys'),
      tourSeen: flag('tourSeen'),
      isCividis: flag('isCividis'),
      isFit: flag('isFit'),
    };
  } catch {
    return FIRST;
  }
}
