import { expect, test } from 'vitest';
import { openSitting } from '../../test/support/sitting.ts';
import type { Intervention, Sweep } from '../engine/index.ts';
import type { RunEntry } from './logEntry.ts';

const ZEROED: Intervention = {
  hook: 'blocks.1.attn.hook_z',
  heads: [3],
  positions: 'all',
  operation: { kind: 'zero' },
  enabled: true,
};

function runsOf(session: ReturnType<typeof openSitting>['session']): RunEntry[] {
  return session.store.getState().log.filter((entry): entry is RunEntry => entry.kind === 'run');
}

test('undo and redo go through prompt, specifications, tolerance and interventions, and leave the view', async () => {
  const { session, close } = openSitting();
  await session.start();
  session.setPrompt('one two');
  await session.settled();
  session.setSpec('b', { order: 'reversed' });
  await session.settled();
  session.setTolerance({ atol: 0, rtol: 0 });
  session.selectHead(2, 3);
  session.setInterventions([ZEROED]);
  await session.settled();
  session.undo();
  expect(session.store.getState().experiment).toMatchObject({ interventions: [], tolerance: { atol: 0 } });
  session.undo();
  expect(session.store.getState().experiment.tolerance.atol).toBe(5e-4);
  session.undo();
  session.undo();
  await session.settled();
  const { experiment, shown, stale } = session.store.getState();
  expect(experiment).toMatchObject({ b: { order: 'canonical' }, view: { layer: 2, head: 3 } });
  expect([experiment.prompt.text.slice(0, 9), shown?.tokens.length, stale]).toEqual(['When Mary', 13, false]);
  for (let redone = 0; redone < 5; redone++) session.redo(); // one more than were undone
  await session.settled();
  expect(session.store.getState().experiment).toMatchObject({
    prompt: { text: 'one two' },
    b: { order: 'reversed' },
    tolerance: { atol: 0, rtol: 0 },
    interventions: [ZEROED],
  });
  close();
});

test('letters typed before their run begins are one edit', async () => {
  const { session, close } = openSitting();
  await session.start();
  for (const text of ['o', 'on', 'one']) session.setPrompt(text);
  await session.settled();
  expect(session.store.getState().edits.past).toHaveLength(1);
  session.undo();
  expect(session.store.getState().experiment.prompt.text).toMatch(/^When Mary/);
  close();
});

test('undo before the run has begun needs no run: what is shown is wanted again', async () => {
  const { session, ran, close } = openSitting();
  await session.start();
  const before = ran.length;
  session.setMode('fused');
  session.undo();
  await session.settled();
  expect(ran).toHaveLength(before);
  expect(session.store.getState()).toMatchObject({
    stale: false,
    run: { status: 'done' },
    experiment: { mode: 'compare' },
  });
  close();
});

test('redo while the undone run is under way puts back the tokens of what is shown', async () => {
  const { session, close } = openSitting();
  await session.start();
  session.setPrompt('one two');
  await session.settled();
  const shownTokens = session.store.getState().tokens;
  const hasBegun = new Promise<void>((resolve) => {
    const stop = session.store.subscribe(({ tokens }, before) => {
      if (tokens === before.tokens) return;
      stop();
      session.redo();
      resolve();
    });
  });
  session.undo();
  await hasBegun;
  expect(session.store.getState().tokens).not.toEqual(shownTokens);
  await session.settled();
  const { tokens, shown, stale } = session.store.getState();
  expect([tokens, shown?.tokens, stale]).toEqual([shownTokens, shownTokens, false]);
  close();
});

test('the log keeps every run, and any two of the same tokens are run against each other', async () => {
  const { session, ran, close } = openSitting();
  await session.start();
  session.setSpec('b', { order: 'reversed' });
  await session.settled();
  session.setSpec('b', { order: 'pairwise' });
  await session.settled();
  const [, reversed, pairwise] = runsOf(session);
  session.restoreRun(reversed?.id ?? 0);
  session.setMode('split');
  await session.settled();
  session.compareRuns(runsOf(session).at(-1)?.id ?? 0, pairwise?.id ?? 0);
  await session.settled();
  expect(ran.at(-1)).toMatchObject({
    mode: 'compare',
    a: { qkv: 'split', order: 'reversed' },
    b: { qkv: 'split', order: 'pairwise' },
  });
  close();
});

test('runs of other tokens do not pair, and the notice says why', async () => {
  const { session, ran, close } = openSitting();
  await session.start();
  session.setPrompt('one two');
  await session.settled();
  const [first, second] = runsOf(session);
  const before = ran.length;
  session.compareRuns(first?.id ?? 0, second?.id ?? 0);
  await session.settled();
  expect(session.store.getState().notice?.text).toContain('they ran different tokens');
  expect(ran).toHaveLength(before);
  close();
});

/** A tab's storage of `room` characters. */
function tabOf(room = Number.POSITIVE_INFINITY) {
  let kept: string | null = null;
  return {
    load: () => kept,
    save: (text: string) => {
      if (text.length > room) throw new Error('QuotaExceededError');
      kept = text;
    },
  };
}

test('a reload loses nothing: experiment, chosen token, edits and log are as they were', async () => {
  const tab = tabOf();
  const first = openSitting('', 5, tab);
  let address = '';
  first.session.onAddress((hash) => {
    address = hash;
  });
  await first.session.start();
  first.session.setSpec('b', { order: 'reversed' });
  await first.session.settled();
  first.session.selectPosition(3);
  first.session.setPrompt('not yet run');
  first.session.flush();
  first.session.dispose();
  const second = openSitting(address, 5, tab);
  await second.session.start();
  const state = second.session.store.getState();
  expect(state.experiment).toMatchObject({ prompt: { text: 'not yet run' }, b: { order: 'reversed' } });
  expect(state.edits.past).toHaveLength(2);
  expect(runsOf(second.session).map(({ experiment }) => experiment.b.order)).toEqual([
    'canonical',
    'reversed',
    'reversed',
  ]);
  second.session.undo();
  await second.session.settled();
  expect(second.session.store.getState().shown?.tokens).toHaveLength(13);
  first.close();
  second.close();
});

test('a run that ends while the page is fetched anew is what the reload shows; a link that is come to is opened as it is', async () => {
  const tab = tabOf();
  const addresses: string[] = [];
  const first = openSitting('', 5, tab);
  first.session.onAddress((hash) => addresses.push(hash));
  await first.session.start();
  const asked = addresses.at(-1) ?? ''; // the fragment when the reload is asked for
  first.session.setSpec('b', { order: 'reversed' });
  await first.session.settled();
  expect(addresses.at(-1)).not.toBe(asked);
  first.session.flush();
  for (const [isReload, order] of [
    [true, 'reversed'],
    [false, 'canonical'],
  ] as const) {
    const second = openSitting(asked, 5, { load: tab.load, save: () => {} }, isReload);
    await second.session.start();
    expect(second.session.store.getState().experiment.b.order).toBe(order);
    second.close();
  }
  first.close();
});

test('a reload keeps what sweeps gave, ended ones too; another page of the same question asks again', async () => {
  const tab = tabOf();
  const sweep: Sweep = {
    ...{ sites: ['attn.hook_z'], operation: { kind: 'zero' }, byPosition: false },
    ...{ metric: { kind: 'kl' }, position: 3 },
  };
  const first = openSitting('', 5, tab);
  await first.session.start();
  first.session.runSweep(sweep);
  await first.session.settled();
  const given = first.session.store.getState().sweep;
  first.session.flush();
  const second = openSitting((await first.session.link()) ?? '', 5, tab);
  await second.session.start();
  await second.session.settled();
  expect(given?.cells).toHaveLength(2);
  expect(second.session.store.getState().sweep).toEqual(given);
  expect(second.swept).toEqual([]);
  const text = tab.load()?.replaceAll('\\"test\\"', '\\"another adapter\\"') ?? '';
  const third = openSitting((await first.session.link()) ?? '', 5, { load: () => text, save: () => {} });
  await third.session.start();
  await third.session.settled();
  expect(third.session.store.getState().sweep).toEqual(given);
  expect(third.swept).toEqual([sweep]);
  for (const { close } of [first, second, third]) close();
});

test('a reload keeps the case that is open, and one that was closed stays closed', async () => {
  const tab = tabOf();
  const first = openSitting('', 5, tab);
  await first.session.start();
  first.session.openCase('519-f32', 1);
  await first.session.settled();
  first.session.flush();
  const second = openSitting((await first.session.link()) ?? '', 5, tab);
  await second.session.start();
  expect(second.session.store.getState().caseAt).toEqual({ id: '519-f32', step: 1 });
  second.session.closeCase();
  second.session.flush();
  const third = openSitting((await second.session.link()) ?? '', 5, tab);
  await third.session.start();
  expect(third.session.store.getState().caseAt).toBeNull();
  for (const { close } of [first, second, third]) close();
});

test('another link in the same tab is opened, and the log goes on', async () => {
  const tab = tabOf();
  const first = openSitting('', 5, tab);
  await first.session.start();
  first.session.flush();
  const second = openSitting('#b.order=reversed', 5, tab);
  await second.session.start();
  expect(second.session.store.getState().experiment.b.order).toBe('reversed');
  expect(runsOf(second.session)).toHaveLength(2);
  first.close();
  second.close();
});

test('a full storage keeps the newest half, a damaged one is as none', async () => {
  const small = tabOf(12_000);
  const first = openSitting('', 1, small);
  await first.session.start();
  for (let n = 1; n <= 20; n++) {
    first.session.setSpec('b', { order: `blocked(${n})` });
    await first.session.settled();
  }
  first.session.flush();
  const kept = JSON.parse(small.load() ?? '{}');
  expect(kept.log.length).toBeGreaterThan(0);
  expect(kept.log.at(-1)).toMatchObject({ experiment: { b: { order: 'blocked(20)' } } });
  const damaged = openSitting('', 5, { load: () => '{"experiment": 7', save: () => {} });
  await damaged.session.start();
  expect(damaged.session.store.getState().run.status).toBe('done');
  first.close();
  damaged.close();
});
