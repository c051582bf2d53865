// What is asked beside the runs: it is in the experiment, so that links, undo and another model have their say.
import { expect, test } from 'vitest';
import { openSitting } from '../../test/support/sitting.ts';
import type { Sweep } from '../engine/index.ts';

const SWEEP: Sweep = {
  sites: ['attn.hook_z'],
  operation: { kind: 'zero' },
  byPosition: false,
  metric: { kind: 'kl' },
  position: 3,
};

test('cells are shown as they come; the run that is shown is none the staler', async () => {
  const { session, ran, close } = openSitting();
  await session.start();
  const before = ran.length;
  const came: (number | undefined)[] = [];
  session.store.subscribe(({ sweep, stale }) => {
    if (!stale && sweep?.status === 'running') came.push(sweep.cells.length);
  });
  session.runSweep(SWEEP);
  await session.settled();
  expect(session.store.getState().sweep).toMatchObject({ status: 'done', cells: [{ value: 0 }, { value: 1 }] });
  expect(new Set(came)).toEqual(new Set([0, 1]));
  expect(ran).toHaveLength(before);
  close();
});

test('a sweep that is cancelled keeps the cells that have come', async () => {
  const { session, close } = openSitting('', 40);
  await session.start();
  session.runSweep(SWEEP);
  await expect.poll(() => session.store.getState().sweep?.cells.length).toBe(1);
  session.cancelSweep();
  await session.settled();
  expect(session.store.getState().sweep).toMatchObject({ status: 'cancelled', cells: [{ value: 0 }] });
  close();
});

test('a link asks the same sweep again, and the same continuation', async () => {
  const first = openSitting();
  await first.session.start();
  first.session.runSweep(SWEEP);
  first.session.continuePrompt({ sampling: { kind: 'greedy' }, maxTokens: 2 });
  await first.session.settled();
  const second = openSitting((await first.session.link()) ?? '');
  await second.session.start();
  await second.session.settled();
  expect(second.swept).toEqual([SWEEP]);
  const { sweep, continuation, opened } = second.session.store.getState();
  expect(sweep).toMatchObject({ status: 'done', asked: SWEEP });
  expect([continuation?.a?.tokens.length, continuation?.b?.tokens.length]).toEqual([2, 1]);
  expect(continuation?.b?.ended).toEqual({ stopped: 'end-token', notApplied: [] });
  expect(opened?.sweep).toEqual(SWEEP);
  first.close();
  second.close();
});

test('undo takes the sweep back to the one before, without a run', async () => {
  const { session, ran, close } = openSitting();
  await session.start();
  const before = ran.length;
  session.runSweep(SWEEP);
  session.runSweep({ ...SWEEP, metric: { kind: 'rank', token: 1 } });
  await session.settled();
  session.undo();
  await session.settled();
  expect(session.store.getState().experiment.sweep).toEqual(SWEEP);
  session.redo();
  await session.settled();
  expect(session.store.getState().experiment.sweep?.metric).toEqual({ kind: 'rank', token: 1 });
  expect([ran.length, session.store.getState().stale]).toEqual([before, false]);
  close();
});

test('another model ends the sweep under way, and its cells are gone with the model', async () => {
  const { session, close } = openSitting('', 40);
  await session.start();
  session.runSweep(SWEEP);
  await expect.poll(() => session.store.getState().sweep?.cells.length).toBe(1);
  session.openBundled('demo-neox');
  expect(session.store.getState().sweep?.status).toBe('cancelled');
  await session.settled();
  expect(session.store.getState()).toMatchObject({ sweep: null, sweepProblem: null });
  close();
});

test('what a side has written becomes the prompt, behind the one that it was written for', async () => {
  const { session, ran, close } = openSitting();
  await session.start();
  session.continuePrompt({ sampling: { kind: 'greedy' }, maxTokens: 2 });
  await session.settled();
  session.takeContinuation('a');
  await session.settled();
  expect(session.store.getState().shown?.result.tokenIds).toHaveLength(13 + 2);
  expect(ran.at(-1)?.prompt.tokenIds?.slice(-2)).toEqual([13, 14]);
  close();
});
