// Hover: what the pointer is over, in a store of its own, so that moving it redraws crosshairs and nothing else.
import { createStore } from 'zustand/vanilla';
import type { HookName } from '../engine/index.ts';

export type Hover = {
  readonly cell: readonly [queryPos: number, keyPos: number] | null; // in the shown pattern
  readonly position: number | null; // a token chip
  readonly head: { readonly layer: number; readonly head: number } | null; // a cell of the head grid
  readonly hook: HookName | null; // a tick of the ladder
};

export type HoverStore = {
  getState(): Hover;
  getInitialState(): Hover;
  subscribe(listener: (hover: Hover, previous: Hover) => void): () => void;
  /** Merges what changed; fields not named stay. */
  set(patch: Partial<Hover>): void;
};

const NOTHING: Hover = { cell: null, position: null, head: null, hook: null };

/** Makes a hover store in which nothing is hovered. */
export function createHover(): HoverStore {
  const store = createStore<Hover>()(() => NOTHING);
  return {
    getState: store.getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    set: (patch) => store.setState(patch),
  };
}
