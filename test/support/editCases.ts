// Interventions to try on a random model of two layers, some 11 tokens and four heads: every operation, and every kind of hook.
import { blockHook, type HookName } from '../../src/engine/hooks/hookName.ts';
import type { Intervention, Operation } from '../../src/engine/hooks/intervention.ts';

/** An intervention at all heads and positions, unless said otherwise. */
export function edit(hook: HookName, operation: Operation, change: Partial<Intervention> = {}): Intervention {
  return { hook, heads: 'all', positions: 'all', operation, enabled: true, ...change };
}

/** Two operations that write back what they read. */
export const NOTHING: readonly Operation[] = [
  { kind: 'freeze', prompt: 'clean' },
  { kind: 'scale', factor: 1 },
];

const result = blockHook(0, 'attn.hook_result');

/** What is carried out where a mode allows it; every operation, and every kind of hook. */
export const EDITS: readonly (readonly [string, readonly Intervention[]])[] = [
  ['zero a head of q input', [edit('blocks.1.hook_q_input', { kind: 'zero' }, { heads: [1] })]],
  [
    'scale k input',
    [edit('blocks.1.hook_k_input', { kind: 'scale', factor: -0.5 }, { heads: [0], positions: [2, 3] })],
  ],
  [
    'patch v input from the corrupted stream',
    [edit('blocks.1.hook_v_input', { kind: 'patch', prompt: 'corrupted', source: 'blocks.1.hook_resid_pre' })],
  ],
  [
    'take a head of a result off a q input',
    [
      edit(
        'blocks.1.hook_q_input',
        { kind: 'add', factor: -1, prompt: 'same', source: result, sourceHead: 1 },
        { heads: [2] },
      ),
    ],
  ],
  ['mean of z', [edit('blocks.0.attn.hook_z', { kind: 'mean' }, { heads: [1] })]],
  ['zero a result', [edit(result, { kind: 'zero' }, { heads: [0, 2] })]],
  ['freeze a result', [edit(result, { kind: 'freeze', prompt: 'corrupted' }, { heads: [1], positions: [4, 10] })]],
  ['pattern set to one number', [edit('blocks.0.attn.hook_pattern', { kind: 'set', values: [0.1] }, { heads: [1] })]],
  ['scores zeroed, masks and all', [edit('blocks.1.attn.hook_attn_scores', { kind: 'zero' }, { heads: [0] })]],
  ['pattern swapped', [edit('blocks.0.attn.hook_pattern', { kind: 'swap' }, { positions: [10, 3] })]],
  ['noise on q', [edit('blocks.0.attn.hook_q', { kind: 'noise', deviation: 0.5, seed: 7 }, { heads: [1] })]],
  ['noise on scores', [edit('blocks.0.attn.hook_attn_scores', { kind: 'noise', deviation: 1, seed: 9 })]],
  ['rotated k', [edit('blocks.0.attn.hook_rot_k', { kind: 'scale', factor: 2 }, { heads: [0], positions: [1] })]],
  ['v', [edit('blocks.1.attn.hook_v', { kind: 'freeze', prompt: 'corrupted' })]],
  [
    'k, then its rotation',
    [
      edit('blocks.1.attn.hook_k', { kind: 'addVector', factor: 2, values: [0.3] }, { positions: [5] }),
      edit('blocks.1.attn.hook_rot_k', { kind: 'scale', factor: 0.5 }),
    ],
  ],
  [
    'a token added to the stream',
    [edit('blocks.0.hook_resid_post', { kind: 'addToken', factor: 3, token: 33 }, { positions: [6] })],
  ],
  ['the embedding swapped', [edit('hook_embed', { kind: 'swap' }, { positions: [1, 9] })]],
  ['scale of ln1', [edit('blocks.1.ln1.hook_scale', { kind: 'scale', factor: 1.5 })]],
  ['normalized of ln1', [edit('blocks.1.ln1.hook_normalized', { kind: 'zero' }, { positions: [3] })]],
  [
    'both of ln1',
    [
      edit('blocks.1.ln1.hook_scale', { kind: 'scale', factor: 1.5 }, { positions: [2, 3] }),
      edit('blocks.1.ln1.hook_normalized', { kind: 'mean' }, { positions: [3] }),
    ],
  ],
  ['normalized of ln2', [edit('blocks.0.ln2.hook_normalized', { kind: 'freeze', prompt: 'corrupted' })]],
  ['scale of the final norm', [edit('ln_final.hook_scale', { kind: 'set', values: [2] })]],
  ['normalized of the final norm', [edit('ln_final.hook_normalized', { kind: 'mean' }, { positions: [10] })]],
  [
    'MLP input',
    [edit('blocks.0.hook_mlp_in', { kind: 'patch', prompt: 'corrupted', source: 'blocks.0.hook_resid_pre' })],
  ],
  [
    'MLP inside',
    [edit('blocks.0.mlp.hook_post', { kind: 'scale', factor: 3 }), edit('blocks.1.mlp.hook_pre', { kind: 'mean' })],
  ],
  ['attention in, head by head', [edit('blocks.1.hook_attn_in', { kind: 'zero' }, { heads: [1] })]],
  [
    'MLP out from attention out',
    [edit('blocks.1.hook_mlp_out', { kind: 'add', factor: 0.5, prompt: 'clean', source: 'blocks.0.hook_attn_out' })],
  ],
  [
    'attention out and the middle',
    [
      edit('blocks.0.hook_attn_out', { kind: 'scale', factor: 0 }, { positions: [2] }),
      edit('blocks.0.hook_resid_mid', { kind: 'noise', deviation: 0.1, seed: 1 }),
    ],
  ],
  [
    'three in a row on one hook',
    [
      edit('blocks.1.hook_resid_pre', { kind: 'swap' }, { positions: [0, 1] }),
      edit('blocks.1.hook_resid_pre', { kind: 'scale', factor: 2 }, { positions: [1] }),
      edit('blocks.1.hook_resid_pre', { kind: 'mean' }, { positions: [10] }),
    ],
  ],
  ['the unembedding’s input', [edit('unembed.hook_in', { kind: 'freeze', prompt: 'corrupted' }, { positions: [10] })]],
  ['the logits', [edit('unembed.hook_out', { kind: 'zero' }, { positions: [4] })]],
];
