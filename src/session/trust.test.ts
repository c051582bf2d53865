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
  session.rerun();
  await session.settled();
  expect(ran).toHaveLength(2);
  expect(asked.filter((kind) => kind === 'measureAdapter')).toHaveLength(1);
  close();
});
