import { expect, test } from 'vitest';
import { ProgressMeter } from './progressMeter.ts';

test('the rest is due at the pace of what passed; what was there before is done and is no pace', () => {
  const meter = new ProgressMeter(1000, 400);
  meter.add(100, 0);
  meter.add(100, 1000);
  expect(meter.read()).toEqual({ doneBytes: 600, totalBytes: 1000, etaMs: 2000 }); // 400 at 0.2 a ms
});

test('nothing is due before a pace can be told, nor after a pause until it can be told again', () => {
  const meter = new ProgressMeter(1000);
  meter.add(100, 0);
  meter.add(100, 300);
  expect(meter.read().etaMs).toBeNull();
  meter.add(100, 1000);
  expect(meter.read().etaMs).toBeCloseTo((700 * 1000) / 300);
  meter.restart();
  expect(meter.read()).toEqual({ doneBytes: 300, totalBytes: 1000, etaMs: null });
  meter.add(100, 60_000);
  meter.add(100, 61_000);
  expect(meter.read().etaMs).toBeCloseTo(2500); // the minute between is no pace
});

test('the pace is that of the last seconds', () => {
  const meter = new ProgressMeter(1_000_000);
  for (let second = 0; second < 20; second++) meter.add(10_000, 1000 * second);
  for (let second = 20; second < 30; second++) meter.add(100, 1000 * second);
  expect(meter.read().etaMs).toBeCloseTo(((1_000_000 - 201_000) * 1000) / 100, -3);
});

test('bytes that come again after a restart from the first are taken back', () => {
  const meter = new ProgressMeter(100);
  meter.add(60, 0);
  meter.add(-60, 10);
  expect([meter.read().doneBytes, meter.isComplete]).toEqual([0, false]);
  meter.add(100, 20);
  expect(meter.isComplete).toBe(true);
});
