import { expect, test } from 'vitest';
import type { PathCell, PathSweep } from '../../engine/index.ts';
import { inputsOf, pathChoicesOf, pathMapsOf, pathSweepOf, whyNotReceivers, whyNotSenders } from './pathChoices.ts';
import { type SweepChoices, sweepChoicesOf, sweepOf } from './sites.ts';

const PATHS: PathSweep = {
  senders: [{ kind: 'head', layer: 0, head: 7 }, { kind: 'mlp', layer: 0 }, { kind: 'embed' }],
  receivers: [...inputsOf(1, 7, 4), { kind: 'mlp', layer: 2 }, { kind: 'final' }],
  heads: 'recomputed',
  mlps: 'frozen',
  metric: { kind: 'logitDifference', tokens: [5, 6] },
  position: 3,
};

test('a path sweep is shown as it was asked, kv heads by their own name, and asks the same again', () => {
  const shown = pathChoicesOf(PATHS, true);
  expect(shown.senders).toBe('L0H7, L0 MLP, embed');
  expect(shown.receivers).toBe('L1H7.q, L1KV1.k, L1KV1.v, L2 MLP, final');
  const base = {
    senders: 'all',
    receivers: '',
    heads: 'frozen',
    mlps: 'recomputed',
    metric: 'kl',
    right: 0,
    wrong: 0,
    position: 0,
  } as const;
  expect(pathSweepOf({ ...base, ...shown })).toEqual(PATHS);
  expect(pathSweepOf({ ...base, ...pathChoicesOf({ ...PATHS, senders: 'all' }, false) })?.senders).toBe('all');
  expect(pathSweepOf(base)).toBeNull();
});

test.each([
  ['all', null],
  ['L0H3, embed', null],
  ['L0H3.q', 'L0H3.q is no sender: L0H3, L1.mlp or embed'],
  ['', 'all, or L0H3, L1.mlp, embed'],
] as const)('senders "%s": %s', (text, why) => {
  expect(whyNotSenders(text)).toBe(why);
});

test.each([
  ['L1H7.q, final', null],
  ['L1H7', 'L1H7 is no receiver: L1H7.q, L1KV1.k, L2.mlp or final'],
  [' ', 'L1H7.q, L1KV1.k, L2.mlp, final'],
] as const)('receivers "%s": %s', (text, why) => {
  expect(whyNotReceivers(text)).toBe(why);
});

test('heads and MLPs are a map each; what has not come is not there', () => {
  const cells: PathCell[] = [
    { sender: { kind: 'head', layer: 1, head: 3 }, value: 2 },
    { sender: { kind: 'mlp', layer: 0 }, value: 4 },
    { sender: { kind: 'embed' }, value: 8 },
  ];
  const [heads, mlps] = pathMapsOf(cells, { nLayers: 2, nHeads: 4, nPos: 0 });
  expect([heads?.at(1, 3)?.value, heads?.at(0, 3), mlps?.at(0, 0)?.value, mlps?.at(1, 0)]).toEqual([
    2,
    undefined,
    4,
    undefined,
  ]);
  expect([heads?.nRows, heads?.nColumns, mlps?.nColumns]).toEqual([2, 4, 1]);
});

test('a sweep of a link is shown in the form, also where its operation is none of the form’s, and asks the same again', () => {
  const first: SweepChoices = {
    sites: ['attn.hook_z'],
    operation: 'patch',
    asked: null,
    byPosition: true,
    metric: 'kl',
    right: 1,
    wrong: 2,
    position: 9,
  };
  for (const operation of [
    { kind: 'freeze', prompt: 'corrupted' },
    { kind: 'zero' },
    { kind: 'noise', deviation: 0.5, seed: 3 },
  ] as const) {
    const sweep = {
      sites: ['hook_q_input', 'hook_mlp_out'],
      operation,
      byPosition: false,
      metric: { kind: 'rank', token: 7 },
      position: 4,
    } as const;
    expect(sweepOf({ ...first, ...sweepChoicesOf(sweep) })).toEqual(sweep);
  }
});
