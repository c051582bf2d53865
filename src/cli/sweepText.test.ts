import { expect, test } from 'vitest';
import { sweepText } from './sweepText.ts';

const SWEEP = {
  sites: ['hook_q_input', 'hook_k_input'],
  operation: { kind: 'zero' },
  byPosition: false,
  metric: { kind: 'kl' },
  position: 3,
} as const;
const at = { layer: 0, position: null } as const;
const RESULT = {
  clean: 0,
  corrupted: null,
  dispatches: 1,
  multiplyAdds: 1,
  cells: [
    { site: 'hook_q_input', head: 1, value: 0.5, ...at },
    { site: 'hook_k_input', head: 1, value: 2, ...at },
  ],
} as const;

test('a k input is named by its kv head, a q input by its head; repeated, each by its head', () => {
  const grouped = sweepText(SWEEP, RESULT, { nLayers: 1, hasKvHeads: true });
  expect(grouped).toMatch(/L0KV1 +hook_k_input +\+2\n +L0H1 +hook_q_input +\+0\.5/);
  expect(sweepText(SWEEP, RESULT, { nLayers: 1, hasKvHeads: false })).toMatch(/L0H1 +hook_k_input/);
});
