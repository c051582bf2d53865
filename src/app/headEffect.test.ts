import { expect, test } from 'vitest';
import { DEFAULT_RUN_SPEC, type SweepCell } from '../engine/index.ts';
import type { SweepRun } from '../session/state.ts';
import { headEffectOf } from './headEffect.ts';

const HEADS = { nLayers: 2, nHeads: 4, nKeyValueHeads: 2 };

function swept(cells: readonly SweepCell[], patch: Partial<SweepRun> = {}): SweepRun {
  const asked = {
    sites: ['hook_q_input', 'hook_k_input', 'hook_resid_pre'],
    operation: { kind: 'zero' },
    byPosition: false,
    metric: { kind: 'logitDifference', tokens: [1, 2] },
    position: 3,
  } as const;
  const on = { spec: DEFAULT_RUN_SPEC, tokenIds: [0, 1, 2, 3], corruptedTokenIds: null };
  return { asked, on, status: 'done', clean: 10, corrupted: null, cells, total: cells.length, ...patch };
}

const cell = (site: SweepCell['site'], layer: number, head: number | null, value: number): SweepCell => ({
  site,
  layer,
  head,
  position: null,
  value,
});

test('a head has the effect of its strongest edit, with its sign; an edit of a kv head is one of its whole group', () => {
  const cells = [
    cell('hook_q_input', 0, 0, 10.5),
    cell('hook_q_input', 0, 2, 9),
    cell('hook_k_input', 0, 0, 8), // heads 0 and 1
    cell('hook_k_input', 0, 1, 10.25), // heads 2 and 3
    cell('hook_resid_pre', 1, null, 0), // of no head
  ];
  const effect = headEffectOf(swept(cells), HEADS);
  expect(Array.from(effect?.values ?? [])).toEqual([-2, -2, -1, 0.25, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  expect(effect).toMatchObject({ metric: 'logit difference', sites: ['q input', 'k input'] });
});

test('with repeated keys and values an edit is of its own head', () => {
  const on = { ...swept([]).on, spec: { ...DEFAULT_RUN_SPEC, kv: 'repeat' as const } };
  const effect = headEffectOf(swept([cell('hook_k_input', 1, 3, 7)], { on }), HEADS);
  expect(effect?.values[7]).toBe(-3);
  expect(effect?.values.filter(Number.isNaN)).toHaveLength(7);
});

test('a NaN of an edit is the effect of its head, until another edit of it is known', () => {
  const cells = [cell('hook_q_input', 0, 0, Number.NaN), cell('hook_q_input', 0, 1, Number.NaN)];
  const effect = headEffectOf(swept([...cells, cell('hook_k_input', 0, 0, 11)]), HEADS);
  expect(Array.from(effect?.values.subarray(0, 2) ?? [])).toEqual([1, 1]);
});

test('nothing is said while a sweep runs, and where it edited no heads', () => {
  expect(headEffectOf(null, HEADS)).toBeNull();
  expect(headEffectOf(swept([cell('hook_q_input', 0, 0, 1)], { status: 'running' }), HEADS)).toBeNull();
  expect(headEffectOf(swept([cell('hook_resid_pre', 0, null, 1)]), HEADS)).toBeNull();
});
