// Where the reader stands, kept through a reload.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Memory } from '../session/memory.ts';
import { createUi } from './ui.ts';

function tab(text: string | null = null): Memory {
  let kept = text;
  return {
    load: () => kept,
    save: (next) => {
      kept = next;
    },
  };
}

test('a reload finds tabs and pins as they were, and closes what was open above the page', () => {
  const memory = tab();
  const before = createUi(memory);
  before.pin({ layer: 1, head: 7 });
  before.pin({ layer: 2, head: 3 });
  before.pin({ layer: 1, head: 7 });
  before.set({ drawerTab: 'log', narrowTab: 'heads', rankBy: 'ulp', dialog: 'share', maximised: 'panel-pattern' });
  expect(createUi(memory).getState()).toEqual({ ...before.getState(), dialog: 'none' });
  expect(createUi(memory).getState().pins).toEqual([{ layer: 2, head: 3 }]);
});

test('another tab knows nothing of it', () => {
  createUi(tab()).set({ drawerTab: 'profile' });
  expect(createUi(tab()).getState()).toMatchObject({ drawerTab: 'outputs', pins: [] });
});

test('what a hand or an older page wrote costs no more than itself', () => {
  const text = JSON.stringify({
    drawerTab: 'gone',
    narrowTab: 'heads',
    pins: [{ layer: 0, head: 1 }, 7, { layer: -1 }],
  });
  expect(createUi(tab(text)).getState()).toEqual({
    ...createUi(tab()).getInitialState(),
    narrowTab: 'heads',
    pins: [{ layer: 0, head: 1 }],
  });
});

test('any text at all is a page, and a closed storage is one without memory', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(Object.keys(createUi(tab(text)).getState())).toEqual(Object.keys(createUi(tab()).getState()));
    }),
  );
  const closed = () => {
    throw new DOMException('closed', 'SecurityError');
  };
  const ui = createUi({ load: closed, save: closed });
  ui.set({ drawerTab: 'log' });
  expect(ui.getState().drawerTab).toBe('log');
});
