import { expect, test } from 'vitest';
import { whyNotApplicable } from './applicable.ts';
import type { HookMode } from './hookAxes.ts';
import type { HookName } from './hookName.ts';
import type { Intervention, Operation } from './intervention.ts';

const MODEL = {
  nLayers: 2,
  nHeads: 8,
  nKeyValueHeads: 2,
  dModel: 64,
  dHead: 16,
  dMlp: 128,
  dVocab: 300,
  positional: 'rotary',
  rotary: [{}, null],
  residual: 'serial',
  gatedMlp: false,
  finalNorm: true,
  experts: null,
} as const;

type Case = { readonly mode?: Partial<HookMode>; readonly nCorrupted?: number | null } & Partial<
  Omit<Intervention, 'hook'>
>;

function why(hook: HookName, operation: Operation, { mode, nCorrupted = 5, ...change }: Case = {}) {
  const to = { model: MODEL, mode: { qkv: 'split', kv: 'broadcast', ...mode } as const, nPos: 5, nCorrupted };
  return whyNotApplicable({ hook, heads: 'all', positions: 'all', operation, enabled: true, ...change }, to);
}

const ZERO = { kind: 'zero' } as const;
const fused = { qkv: 'fused' } as const;

test.each<[HookName, Operation, Case, string]>([
  ['blocks.0.hook_q_input', ZERO, { mode: fused }, 'exists in split mode only'],
  ['blocks.2.hook_resid_pre', ZERO, {}, 'the model has 2 layers, 0 to 1'],
  ['blocks.0.hook_k_input', ZERO, { heads: [2] }, 'has no head 2: it has 2 heads'],
  ['blocks.0.hook_resid_pre', ZERO, { heads: [0] }, 'has no head axis'],
  ['blocks.0.attn.hook_z', ZERO, { positions: [4, 5] }, 'position 5 is past the end: the prompt has 5 tokens'],
  ['blocks.1.attn.hook_rot_q', ZERO, {}, 'layer 1 of this model turns nothing'],
  ['hook_pos_embed', ZERO, {}, 'its positions are rotary, not learned'],
  ['blocks.0.mlp.hook_pre_linear', ZERO, {}, 'nothing gates its MLP'],
  ['blocks.0.hook_attn_in', ZERO, { mode: fused }, 'needs as many kv heads as heads (here 2 and 8)'],
  ['blocks.0.ln1.hook_normalized', ZERO, { heads: [0] }, 'met three times in split mode'],
  [
    'blocks.0.attn.hook_z',
    { kind: 'set', values: [1, 2, 3] },
    {},
    'takes 1 number, 16 or 128 (one vector a head), not 3',
  ],
  ['blocks.0.attn.hook_z', { kind: 'addToken', factor: 1, token: 3 }, {}, "16 wide, a token's embedding 64"],
  ['hook_embed', { kind: 'addToken', factor: 1, token: 300 }, {}, 'token 300 is not in the vocabulary'],
  ['hook_embed', { kind: 'swap' }, {}, 'exactly two positions, and all are listed'],
  ['hook_embed', { kind: 'freeze', prompt: 'corrupted' }, { nCorrupted: null }, 'and there is none'],
  [
    'hook_embed',
    { kind: 'freeze', prompt: 'corrupted' },
    { nCorrupted: 6 },
    'the corrupted prompt has 6 tokens and the clean one 5',
  ],
  [
    'hook_embed',
    { kind: 'patch', prompt: 'same', source: 'blocks.0.hook_resid_pre' },
    {},
    'computed no earlier than hook_embed',
  ],
  [
    'blocks.0.hook_q_input',
    { kind: 'patch', prompt: 'clean', source: 'blocks.0.attn.hook_z' },
    {},
    'hook_z is 16 wide, blocks.0.hook_q_input 64',
  ],
  [
    'blocks.1.hook_k_input',
    { kind: 'patch', prompt: 'clean', source: 'blocks.0.attn.hook_result' },
    {},
    'say which head to patch',
  ],
])('%s cannot take %o: it says why', (hook, operation, change, reason) => {
  expect(why(hook, operation, change)).toContain(reason);
});

test('the indices of a router take numbers of its experts, and nothing that computes with them', () => {
  const model = { ...MODEL, experts: { count: 4, perToken: 2 } };
  const to = { model, mode: { qkv: 'split', kv: 'broadcast' } as const, nPos: 5, nCorrupted: 5 };
  const hook = 'blocks.1.mlp.hook_expert_indices';
  const of = (operation: Operation) =>
    whyNotApplicable({ hook, heads: 'all', positions: 'all', operation, enabled: true }, to);
  const source = 'blocks.0.mlp.hook_expert_indices';
  const taken: readonly Operation[] = [
    ZERO,
    { kind: 'set', values: [3] },
    { kind: 'set', values: [2, 0] },
    { kind: 'freeze', prompt: 'clean' },
    { kind: 'patch', prompt: 'same', source },
  ];
  expect(taken.map(of)).toEqual(taken.map(() => null));
  expect(of({ kind: 'set', values: [1, 4] })).toBe(`${hook} has no expert 4: it has 4, 0 to 3`);
  expect(of({ kind: 'set', values: [1.5] })).toContain('has no expert 1.5');
  expect(of({ kind: 'scale', factor: 2 })).toContain('holds numbers of experts, with which scale cannot compute');
  expect(of({ kind: 'noise', deviation: 1, seed: 1 })).toContain('noise cannot compute');
  expect(of({ kind: 'patch', prompt: 'clean', source: 'blocks.0.hook_mlp_out' })).toContain('hook_mlp_out does not');
});

test('with kv: repeat each query head has a k input of its own', () => {
  expect(why('blocks.0.hook_k_input', ZERO, { heads: [7], mode: { kv: 'repeat' } })).toBeNull();
});

test('a stream goes to every head, one head of a result to any', () => {
  expect(
    why('blocks.1.hook_k_input', { kind: 'patch', prompt: 'corrupted', source: 'blocks.1.hook_resid_pre' }),
  ).toBeNull();
  const source = 'blocks.0.attn.hook_result';
  expect(why('blocks.1.hook_q_input', { kind: 'add', factor: -1, prompt: 'same', source, sourceHead: 3 })).toBeNull();
});
