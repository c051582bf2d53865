import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  following,
  isZoomed,
  levelFor,
  type MapWindow,
  movedBy,
  wholeWindow,
  windowBetween,
  zoomedAbout,
} from './mapWindow.ts';

const N = 2048;
const isWithin = ({ top, left, span }: MapWindow, nPos: number) =>
  top >= 0 && left >= 0 && span >= Math.min(8, nPos) && top + span <= nPos && left + span <= nPos;

test('a window never leaves the matrix, whatever is done to it', () => {
  const position = fc.integer({ min: 0, max: 299 });
  const cell = fc.tuple(position, position);
  const deed = fc.oneof(
    fc.tuple(cell, fc.constantFrom(0.5, 0.8, 1.25, 2, 100)).map(
      ([at, by]) =>
        (w: MapWindow, n: number) =>
          zoomedAbout(w, by, at, n),
    ),
    fc.tuple(fc.integer(), fc.integer()).map(
      ([down, right]) =>
        (w: MapWindow, n: number) =>
          movedBy(w, down, right, n),
    ),
    cell.map((at) => (w: MapWindow, n: number) => following(w, at, n)),
    fc.tuple(cell, cell).map(
      ([a, b]) =>
        (_: MapWindow, n: number) =>
          windowBetween(a, b, n),
    ),
  );
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 400 }), fc.array(deed, { maxLength: 12 }), (nPos, deeds) => {
      const end = deeds.reduce((window, act) => act(window, nPos), wholeWindow(nPos));
      expect(isWithin(end, nPos)).toBe(true);
    }),
  );
});

describe('zooming', () => {
  test('keeps the cell in its place, and back again shows the whole', () => {
    const near = zoomedAbout(wholeWindow(N), 4, [1000, 500], N);
    expect(near.span).toBe(512);
    expect((1000 - near.top) / near.span).toBeCloseTo(1000 / N, 2);
    expect((500 - near.left) / near.span).toBeCloseTo(500 / N, 2);
    expect(zoomedAbout(near, 1 / 100, [1000, 500], N)).toEqual(wholeWindow(N));
    expect([isZoomed(near, N), isZoomed(wholeWindow(N), N)]).toEqual([true, false]);
  });

  test('a window drawn out covers both corners, and is never too small to see', () => {
    expect(windowBetween([40, 10], [20, 19], N)).toEqual({ top: 20, left: 10, span: 21 });
    expect(windowBetween([5, 5], [5, 5], 6)).toEqual({ top: 0, left: 0, span: 6 });
  });
});

test('a crosshair that leaves the window takes it along, by no more than it must', () => {
  const window = { top: 100, left: 50, span: 20 };
  expect(following(window, [110, 60], N)).toBe(window);
  expect(following(window, [121, 49], N)).toEqual({ top: 102, left: 49, span: 20 });
});

test('the level is the finest whose cells are no smaller than a pixel', () => {
  expect(levelFor(wholeWindow(N), 7, 300)).toBe(3);
  expect(levelFor({ top: 0, left: 0, span: 300 }, 7, 300)).toBe(0);
  expect(levelFor(wholeWindow(N), 2, 300)).toBe(1); // no more levels than there are
});
