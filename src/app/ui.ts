// What of the page is open and where the reader stands: not part of the experiment, not in links. A store of its own.
import { createStore } from 'zustand/vanilla';
import type { Memory } from '../session/memory.ts';
import { type HeadAt, MOST_PINS, sameHead } from '../views/headGrid/layout.ts';
import { placeOf } from './places.ts';
import { keepUi, recallUi } from './uiMemory.ts';
import type { Ui } from './uiState.ts';

export type UiStore = {
  getState(): Ui;
  getInitialState(): Ui;
  subscribe(listener: (ui: Ui, previous: Ui) => void): () => void;
  set(patch: Partial<Ui>): void;
  /** Brings a panel into sight: its tabs, and out from under a maximised one. */
  reveal(panelId: string): void;
  /** Pins a head, or frees it. */
  pin(head: HeadAt): void;
};

const FIRST: Ui = {
  dialog: 'none',
  query: '',
  narrowTab: 'ladder',
  drawerTab: 'outputs',
  maximised: null,
  ladderShows: 'hooks',
  difference: null,
  rankBy: 'difference',
  swept: 'edits',
  scoredOn: 'prompt',
  headMetric: 'pattern',
  pins: [],
};

/** Makes the store of one page, as `memory` has it from before a reload. */
export function createUi(memory: Memory): UiStore {
  const store = createStore<Ui>()(() => recallUi(memory, FIRST));
  store.subscribe((ui) => keepUi(memory, ui));
  return {
    getState: store.getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    set: (patch) => store.setState(patch),
    pin: (head) => {
      const { pins } = store.getState();
      const others = pins.filter((pin) => !sameHead(pin, head));
      const isFreed = others.length < pins.length;
      if (isFreed || pins.length < MOST_PINS) store.setState({ pins: isFreed ? others : [...pins, head] });
    },
    reveal: (panelId) => {
      const { maximised } = store.getState();
      store.setState({ ...placeOf(panelId), maximised: maximised === panelId ? maximised : null });
    },
  };
}
