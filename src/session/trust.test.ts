import { expect, test } from 'vitest';
import { openSitting } from '../../test/support/sitting.ts';

test('the canary is asked for once, after the first result is shown, and becomes part of the adapter', async () => {
  const { session, asked, ran, close } = openSitting();
  await session.start();
  await session.settled();
  expect(asked.filter((kind) => kind === 'measureAdapter')).toHaveLength(1);
  expect(asked.indexOf('measureAdapter')).toBeGreaterThan(asked.indexOf('outputs')); // the last thing that a first result shows
  const { gate } = session.store.getState();
  expect(gate.status === 'open' && gate.adapter.canary?.roundsToEven).toBe(true);
  const before = ran.length;
  session.rerun();
  await session.settled();
  expect(ran).toHaveLength(before + 1);
  expect(asked.filter((kind) => kind === 'measureAdapter')).toHaveLength(1);
  close();
});

test('a verification fills in row by row, and one that fails says where', async () => {
  const { session, close } = openSitting();
  await session.start();
  session.verifyGpu();
  expect(session.store.getState().verification).toMatchObject({ status: 'running', rows: [] });
  await session.settled();
  const { verification, notice, log } = session.store.getState();
  expect(verification).toMatchObject({ status: 'done', total: 2, rows: [{ mode: 'fused' }, { mode: 'split' }] });
  expect(notice).toEqual({
    text: 'GPU verified. 1 of 2 modes fail, first demo-gqa, split: blocks.0.attn.hook_k has other bits than those recorded.',
    tone: 'bad',
  });
  expect(log.at(-1)).toMatchObject({ kind: 'event', notice });
  close();
});

test('a cancelled verification keeps the rows that came, and the next begins anew', async () => {
  const { session, close } = openSitting('', 30);
  await session.start();
  session.verifyGpu();
  await new Promise((resolve) => setTimeout(resolve, 10));
  session.cancelVerification();
  await session.settled();
  expect(session.store.getState().verification).toMatchObject({
    status: 'cancelled',
    rows: [{ mode: 'fused' }],
    total: 2,
  });
  session.verifyGpu();
  await session.settled();
  expect(session.store.getState().verification?.rows).toHaveLength(2);
  close();
});
