import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LoadProgress } from './loadProgress.ts';
import type { Progress } from './protocol.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

function load(totalBytes: number, cachedBytes = 0) {
  const told: Progress[] = [];
  const progress = new LoadProgress((step) => told.push(step), totalBytes, cachedBytes);
  return { progress, told, last: () => told.at(-1) };
}

test('a download is told byte by byte, ten times a second at most, and its end at once', () => {
  const { progress, told, last } = load(1000);
  for (let i = 0; i < 10; i++) {
    vi.advanceTimersByTime(50);
    progress.received(100);
  }
  expect(told).toHaveLength(1 + 5);
  expect(last()).toMatchObject({ phase: 'download', done: 1000, total: 1000 });
});

test('the upload is told when nothing is left to download', () => {
  const { progress, told } = load(1000, 900);
  progress.uploaded(500, 1000);
  progress.received(100);
  progress.uploaded(1000, 1000);
  expect(told.map((step) => step.kind === 'load' && step.phase)).toEqual(['download', 'download', 'upload']);
});

test('after a pause nothing is due until a pace can be told', () => {
  const { progress, last } = load(1000);
  for (const _ of [0, 1]) {
    progress.received(100);
    vi.advanceTimersByTime(1000);
  }
  progress.received(100);
  expect(last()).toMatchObject({ etaMs: expect.closeTo((700 * 2000) / 300) });
  progress.switches();
  vi.advanceTimersByTime(60_000);
  progress.switches();
  expect(last()).toMatchObject({ done: 300, etaMs: null });
});
