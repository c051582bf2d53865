import { expect, test } from 'vitest';
import { openSitting } from '../../test/support/sitting.ts';

test('a sitting starts with the default experiment, run and shown', async () => {
  const { session, ran, close } = openSitting();
  await session.start();
  const { run, shown, stale, gate, model } = session.store.getState();
  expect([run.status, stale, gate.status, model.status]).toEqual(['done', false, 'open', 'ready']);
  expect(shown?.result.tokenIds).toHaveLength(13);
  expect(ran.map(({ mode }) => mode)).toEqual(['fused', 'compare']); // A first, then what goes on from it
  close();
});

test('A alone is shown while B is still to run; it is what is wanted in part, and no run of the log', async () => {
  const { session, runs, close } = openSitting('', 40);
  const started = session.start();
  while (session.store.getState().shown === null) await new Promise((resolve) => setTimeout(resolve, 1));
  const { shown, run, stale, log } = session.store.getState();
  expect(shown).toMatchObject({ experiment: { mode: 'fused' }, result: { runId: 1, b: null } });
  expect([run.status, stale, log.filter(({ kind }) => kind === 'run')]).toEqual(['running', true, []]);
  expect(session.pinned()).toMatchObject({ mode: 'compare', fingerprint: null });
  session.selectHead(2, 5); // chosen while the comparison is under way
  await started;
  await session.settled();
  expect(session.store.getState()).toMatchObject({
    stale: false,
    shown: { experiment: { mode: 'compare' }, result: { runId: 2 }, heads: { layer: 2, head: 5 } },
  });
  expect(runs.map(({ aOf }) => aOf)).toEqual([null, 1]);
  session.rerun();
  await session.settled();
  expect(runs.at(-1)?.aOf).toBeNull(); // both again
  close();
});

test('what was shown stays, marked stale, until the newer run has it', async () => {
  const { session, close } = openSitting();
  await session.start();
  session.setPrompt('one two three');
  expect(session.store.getState()).toMatchObject({ stale: true, shown: { result: { runId: 2 } } });
  await session.settled();
  expect(session.store.getState()).toMatchObject({
    stale: false,
    shown: { result: { runId: 3, tokenIds: [0, 1, 2] } },
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
  expect(ran.map(({ mode }) => mode)).toEqual(['fused', 'compare', 'split']);
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
  const before = ran.length;
  session.setBudget('2 GiB');
  await session.settled();
  expect(session.store.getState().budget).toEqual({ bytes: 2 ** 31, problem: null });
  expect(ran).toHaveLength(before + 1);
  session.setBudget('much');
  await session.settled();
  expect(session.store.getState().budget).toMatchObject({ bytes: 2 ** 31, problem: expect.stringContaining('much') });
  session.setBudget('7'); // the small worker's model has to be laid out anew there
  await session.settled();
  expect(session.store.getState().log.filter(({ kind }) => kind === 'event')).toHaveLength(2); // loaded twice
  expect(ran).toHaveLength(before + 2);
  session.setBudget('');
  await session.settled();
  expect(session.store.getState().budget).toEqual({ bytes: null, problem: null });
  close();
});
