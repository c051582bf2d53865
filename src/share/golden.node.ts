// The experiments of the golden links. Neither they nor their links are ever changed: they were sent, and must open for ever.
import type { Experiment } from '../engine/index.ts';
import { VERSION_1_DEFAULTS } from './version1.ts';

const { prompt, a, b, view } = VERSION_1_DEFAULTS;

export const GOLDEN_EXPERIMENTS: readonly Experiment[] = [
  VERSION_1_DEFAULTS,
  {
    ...VERSION_1_DEFAULTS,
    prompt: { ...prompt, tokenIds: [0, 2383, 361, 285, 516, 402, 281, 253, 4657, 13, 516, 2047, 247, 5484, 281] },
    b: { ...b, order: 'splitK(4)' },
    view: { ...view, layer: 2, head: 3, side: 'absDelta', cell: [14, 1] },
    fingerprint: {
      modelHash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      tokens: '2c26b46b68ffc68ff99b453c1d304134',
      a: {
        logits: '0123456789abcdef',
        blocks: ['1123456789abcdef', '2123456789abcdef'],
        top: [{ id: 6393, probability: 0.998 }],
      },
      b: {
        logits: 'fedcba9876543210',
        blocks: ['1123456789abcdef', '3fedcba987654321'],
        top: [{ id: 6393, probability: 0.998 }],
      },
      maxAbs: 0.0000019073486328125,
      adapter: 'google swiftshader',
      appVersion: '0.1.0',
    },
  },
  {
    model: { source: 'hub', repo: 'EleutherAI/pythia-70m', revision: 'a39f36b100fe8a5377810d56c3f4789b9c53ac42' },
    prompt: { text: 'Ünïcödé 日本語 🦊 <b>&amp;', prependBos: true, tokenIds: null },
    corrupted: null,
    mode: 'split',
    a: { ...a, engine: 'f64', kv: 'repeat', order: 'compensated', arithmetic: 'portable' },
    b: { ...b, qkv: 'fused', order: 'blocked(32)', bias: 'after', precision: 'bf16', softmax: 'online' },
    tolerance: { atol: 0, rtol: 1.3e-6 },
    interventions: [
      { hook: 'blocks.0.hook_q_input', heads: [1, 2], positions: 'all', operation: { kind: 'zero' }, enabled: true },
      {
        hook: 'blocks.3.attn.hook_z',
        heads: 'all',
        positions: [0, 4],
        operation: { kind: 'add', factor: -0.5, prompt: 'clean', source: 'blocks.2.attn.hook_z', sourceHead: 1 },
        enabled: false,
      },
    ],
    sweep: null,
    paths: null,
    continuation: null,
    view: { hook: 'unembed.hook_out', layer: 5, head: 7, show: 'scores', side: 'delta', cell: null },
    fingerprint: null,
  },
  {
    ...VERSION_1_DEFAULTS,
    corrupted: {
      text: 'When Mary and John went to the store, Mary gave a drink to',
      prependBos: 'model',
      tokenIds: null,
    },
    sweep: {
      sites: ['attn.hook_z', 'hook_resid_pre'],
      operation: { kind: 'freeze', prompt: 'corrupted' },
      byPosition: true,
      metric: { kind: 'logitDifference', tokens: [523, 521] },
      position: 14,
    },
    paths: {
      senders: [{ kind: 'head', layer: 0, head: 1 }, { kind: 'mlp', layer: 2 }, { kind: 'embed' }],
      receivers: [{ kind: 'q', layer: 3, head: 7 }, { kind: 'final' }],
      heads: 'frozen', // its link, older than the choice, leaves it out
      mlps: 'frozen',
      metric: { kind: 'kl' },
      position: 14,
    },
    continuation: { sampling: { kind: 'seeded', seed: 7, temperature: 0.8, topK: 40, topP: null }, maxTokens: 12 },
  },
];
