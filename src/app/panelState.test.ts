// What the panels are in before, while and after a run, and when the first one fails.
import { expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../engine/index.ts';
import { runPanelState } from './panelState.ts';

const NONE = {
  model: { status: 'none' },
  run: { status: 'idle' },
  shown: null,
  stale: false,
  experiment: DEFAULT_EXPERIMENT,
} as const;
const failure = { kind: 'internal', message: 'blocks.0.attn.W_Q has shape [3], expected [4]' } as const;

test('panels wait until the first run is there', () => {
  expect(runPanelState(NONE)).toEqual({ kind: 'loading', what: 'Waiting for the first run' });
  expect(runPanelState({ ...NONE, run: { status: 'running', progress: null } }).kind).toBe('loading');
});

test.each([
  [{ run: { status: 'failed', failure } }, 'The first run failed'],
  [{ model: { status: 'failed', name: 'own', failure } }, 'The model was not opened'],
] as const)('after %j they are empty, and leave the reason to the banner', (patch, said) => {
  const state = runPanelState({ ...NONE, ...patch });
  expect(state).toEqual({ kind: 'error', message: expect.stringContaining(said) });
  expect(JSON.stringify(state)).not.toContain('W_Q');
});
