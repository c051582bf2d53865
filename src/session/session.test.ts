import { expect, test } from 'vitest';
import { openSitting } from '../../test/support/sitting.ts';

test('a sitting starts with the default experiment, run and shown', async () => {
  const { session, ran, close } = openSitting();
  await session.start();
  const { run, shown, stale, gate, model } = session.store.getState();
  expect([run.status, stale, gate.status, model.status]).toEqual(['done', false, 'open', 'ready']);
  expect(shown?.result.tokenIds).toHaveLength(13);
  expect(ran).toHaveLength(1);
  close();
});

test('what was shown stays, marked stale, until the newer run has it', async () => {
  const { session, close } = openSitting();
  await session.start();
  session.setPrompt('one two three');
  expect(session.store.getState()).toMatchObject({ stale: true, shown: { result: { runId: 1 } } });
  await session.settled();
  expect(session.store.getState()).toMatchObject({
    stale: false,
    shown: { result: { runId: 2, tokenIds: [0, 1, 2] } },
  });
  close();
});

test('two runs never race: the latest wanted one wins', async () => {
  const { session, ran, close } = openSitting('', 40);
  await session.start();
  session.setMode('fused');
  await new Promise((resolve) => setTimeout(resolve, 10));
  session.setMode('split');
  await session.settled();
  expect(ran.map(({ mode }) => mode)).toEqual(['compare', 'split']);
  expect(session.store.getState().shown?.experiment.mode).toBe('split');
  close();
});

test('a link restores the experiment, and the same result is reproduced bit for bit', async () => {
  const first = openSitting('#b.order=reversed&layer=2&head=3');
  await first.session.start();
  const link = await first.session.link();
  const second = openSitting(link ?? '');
  await second.session.start();
  const { experiment, reproduction } = second.session.store.getState();
  expect(experiment).toMatchObject({ b: { order: 'reversed' }, view: { layer: 2, head: 3 } });
  expect(reproduction).toEqual({ verdict: 'bit-for-bit' });
  first.close();
  second.close();
});

test('a layer that the model does not have is brought in range, and said', async () => {
  const { session, close } = openSitting('#layer=9&head=3');
  await session.start();
  expect(session.store.getState().experiment.view.layer).toBe(3);
  expect(session.store.getState().linkProblem).toContain('layer 9');
  close();
});

test('A and B are exchanged only where both run', async () => {
  const { session, close } = openSitting();
  await session.start();
  session.swapSpecs();
  await session.settled();
  expect(session.store.getState().experiment.a.qkv).toBe('split');
  session.setMode('fused');
  session.swapSpecs();
  expect(session.store.getState().experiment.a.qkv).toBe('fused');
  session.dispose();
  close();
});

test('a head and a hook chosen in one breath are both shown', async () => {
  const { session, close } = openSitting();
  await session.start();
  session.selectHead(2, 5);
  session.selectHook('blocks.2.attn.hook_pattern');
  await session.settled();
  expect(session.store.getState().shown?.heads).toMatchObject({ layer: 2, head: 5 });
  close();
});

test('the plan of the run is there before the run, and again under another budget', async () => {
  const { session, ran, close } = openSitting('', 40);
  const started = session.start();
  while (session.store.getState().memory === null) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(session.store.getState().run.status).toBe('running');
  await started;
  session.setBudget('2 GiB');
  await session.settled();
  expect(session.store.getState().budget).toEqual({ bytes: 2 ** 31, problem: null });
  expect(ran).toHaveLength(2);
  session.setBudget('much');
  await session.settled();
  expect(session.store.getState().budget).toMatchObject({ bytes: 2 ** 31, problem: expect.stringContaining('much') });
  session.setBudget('7'); // the small worker's model has to be laid out anew there
  await session.settled();
  expect(session.store.getState().log.filter(({ kind }) => kind === 'event')).toHaveLength(2); // loaded twice
  expect(ran).toHaveLength(3);
  session.setBudget('');
  await session.settled();
  expect(session.store.getState().budget).toEqual({ bytes: null, problem: null });
  close();
});
