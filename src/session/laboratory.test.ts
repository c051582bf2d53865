// What is asked of a difference belongs to a hook of a run: another hook or another run has its own questions.
import { expect, test } from 'vitest';
import { openSitting } from '../../test/support/sitting.ts';
import { DEFAULT_EXPERIMENT } from '../engine/index.ts';

const { hook } = DEFAULT_EXPERIMENT.view;
const OTHER = 'blocks.0.attn.hook_z';

test('a hook is judged, and the answer stays beside what else is asked of it', async () => {
  const { session, close } = openSitting();
  await session.start();
  session.judge();
  expect(session.store.getState().laboratory).toMatchObject({ hook, judgement: { isAsking: true } });
  session.showKernels();
  await session.settled();
  expect(session.store.getState().laboratory).toMatchObject({
    judgement: { value: { kind: 'refused', why: `${hook} has no bound` }, isAsking: false },
    kernels: { value: { a: [], b: [] } },
    cause: { value: null },
  });
  close();
});

test('an answer about a hook that was left is dropped; questions about the next begin afresh', async () => {
  const { session, close } = openSitting('', 20);
  await session.start();
  session.judge();
  session.selectHook(OTHER);
  session.findCause(OTHER);
  await session.settled();
  expect(session.store.getState().laboratory).toMatchObject({
    hook: OTHER,
    judgement: { value: null, isAsking: false },
    cause: { value: { causes: [['order']] } },
  });
  close();
});

test('the trials of a search are told while it runs, and a cancelled one leaves nothing', async () => {
  const { session, close } = openSitting('', 40);
  await session.start();
  session.findCause(hook);
  await expect.poll(() => session.store.getState().laboratory?.trials).toEqual({ done: 0, total: 1 });
  session.cancelCause();
  await session.settled();
  expect(session.store.getState().laboratory).toMatchObject({
    trials: null,
    cause: { value: null, isAsking: false, problem: null },
  });
  close();
});

test('a judgement can be left, and a cause that was found stays known of its run while other hooks are looked at', async () => {
  const { session, close } = openSitting('', 40);
  await session.start();
  session.judge();
  session.cancelJudge();
  await session.settled();
  expect(session.store.getState().laboratory?.judgement).toEqual({ value: null, isAsking: false, problem: null });
  session.findCause(hook);
  await session.settled();
  session.selectHook(OTHER);
  session.showKernels();
  await session.settled();
  const { laboratory, foundCause, shown } = session.store.getState();
  expect(laboratory?.cause.value).toBeNull();
  expect(foundCause).toMatchObject({ runId: shown?.result.runId, cause: { hook, causes: [['order']] } });
  close();
});

test('nothing is asked before a run is shown', () => {
  const { session, asked, close } = openSitting();
  session.judge();
  session.findCause(hook);
  session.showKernels();
  expect([session.store.getState().laboratory, asked]).toEqual([null, []]);
  close();
});
