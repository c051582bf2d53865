// Models of shapes that no recording has, with random weights: each hook within the bound of its own operation in f64, and fused, split
// and repeated key/value heads equal bit for bit. That the configs mean what they mean to transformers is readConfig.test.ts' business.
import { beforeAll, expect, test } from 'vitest';
import { ARCHITECTURE_FIXTURES, architectureFixture } from '../../test/support/architectureFixtures.ts';
import { testDevice } from '../../test/support/gpu.ts';
import { randomOf } from '../../test/support/randomModel.ts';
import {
  type Activation,
  type Checkpoint,
  type Gpu,
  gpuOf,
  type HookName,
  loadModel,
  type Model,
  prepareRun,
  readReferenceWeights,
  referenceForward,
} from '../engine/index.ts';
import { largest, largestGap } from '../engine/tensor/gap.ts';
import { captureOf, localDeparture } from './localDeparture.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

const MODES = [
  { qkv: 'fused', kv: 'broadcast' },
  { qkv: 'split', kv: 'broadcast' },
  { qkv: 'split', kv: 'repeat' },
] as const;

type Kind = readonly [what: string, architecture: string, change: object, nPos: number];

const rope = (parameters: object) => ({ rope_parameters: { rope_theta: 10_000, ...parameters } });

/** What configs call the width of the stream. */
const WIDTHS = ['hidden_size', 'n_embd', 'word_embed_proj_dim'];

/** Tokens of a prompt where its length is not what is tried. */
const USUAL = 11;

const KINDS = (
  [
    ['one token', 'llama', {}, 1],
    ['one key/value head, d_head 6', 'llama', { head_dim: 6, num_attention_heads: 5, num_key_value_heads: 1 }],
    ['no grouping, biases', 'llama', { num_key_value_heads: 8, attention_bias: true, mlp_bias: true }],
    ['a window of one', 'mistral', { sliding_window: 1 }],
    ['a window longer than the prompt', 'mistral', { sliding_window: 500 }],
    ['llama3 angles beyond the original context', 'llama3_rope', {}, 70],
    ['yarn', 'llama', rope({ rope_type: 'yarn', factor: 4, original_max_position_embeddings: 16 }), 40],
    ['linear scaling', 'llama', rope({ rope_type: 'linear', factor: 3 })],
    [
      'longrope beyond the original context, part of d_head',
      'phi3',
      {
        ...rope({
          rope_type: 'longrope',
          partial_rotary_factor: 0.75,
          short_factor: [1, 1.1, 1.3, 1.7, 2, 4],
          long_factor: [1, 2, 4, 8, 16, 32],
        }),
        original_max_position_embeddings: 32,
      },
      40,
    ],
    [
      'dynamic beyond the context',
      'llama',
      { ...rope({ rope_type: 'dynamic', factor: 4 }), max_position_embeddings: 16 },
      40,
    ],
    [
      'serial, an odd rotary width, no attention bias',
      'gpt_neox',
      { use_parallel_residual: false, attention_bias: false, ...rope({ partial_rotary_factor: 0.32 }) },
    ],
    ['heads that are no power of two, d_head 7', 'bloom', { n_head: 6, hidden_size: 42 }],
    [
      'scores by the inverse of the layer, five heads',
      'gpt2',
      { n_embd: 35, n_head: 5, n_inner: 50, scale_attn_by_inverse_layer_idx: true },
    ],
    ['scores not scaled at all', 'gpt2', { scale_attn_weights: false }],
    ['windows of one, three heads', 'gpt_neo', { hidden_size: 33, num_heads: 3, window_size: 1 }],
    ['six of ten turn, pairs beside each other', 'gptj', { n_embd: 30, n_head: 3, rotary_dim: 6 }],
    [
      'grouped queries, a LayerNorm on q and k',
      'phi',
      { hidden_size: 72, num_attention_heads: 6, num_key_value_heads: 3, qk_layernorm: true },
    ],
    [
      'norms behind each sum, an embedding of another width (OPT-350m)',
      'opt',
      { do_layer_norm_before: false, word_embed_proj_dim: 27, hidden_size: 44, num_attention_heads: 4 },
    ],
    ['no biases, no final norm', 'opt', { enable_bias: false, _remove_final_layer_norm: true }],
    [
      'windows from layer 1 on',
      'qwen2',
      { layer_types: null, use_sliding_window: true, sliding_window: 3, max_window_layers: 1 },
    ],
    ['d_head 10, biases', 'qwen3', { head_dim: 10, attention_bias: true }],
    ['every head its own', 'gemma', { num_key_value_heads: 4, head_dim: 10 }],
    [
      'a window of one, no caps',
      'gemma2',
      { sliding_window: 1, attn_logit_softcapping: null, final_logit_softcapping: null },
    ],
    ['one key/value head, a cap', 'gemma3', { num_key_value_heads: 1, attn_logit_softcapping: 5 }],
    ['one expert of three', 'mixtral', { num_local_experts: 3, num_experts_per_tok: 1 }],
    ['every expert', 'mixtral', { num_local_experts: 3, num_experts_per_tok: 3, num_key_value_heads: 4 }],
  ] satisfies readonly (readonly [string, string, object, number?])[]
).map(([what, architecture, change, nPos = USUAL]): Kind => [what, architecture, change, nPos]);

/** Every architecture at d_head 80 on one token, and at 11 (12 where all of it turns) on five; the fields of all, each under its names. */
const ODD_HEADS: readonly Kind[] = ARCHITECTURE_FIXTURES.flatMap(({ name, config }) => {
  const turnsWhole = !['gpt2', 'gpt_neo', 'opt', 'bloom', 'phi', 'phi3', 'gpt_neox', 'gptj'].includes(name);
  return [
    [80, 2, 1, 1],
    [turnsWhole ? 12 : 11, 3, 3, 5],
  ].map(([d = 0, nHeads = 0, nKeyValueHeads = 0, nPos = 0]): Kind => {
    const fields = {
      ...Object.fromEntries(WIDTHS.map((field) => [field, nHeads * d])),
      ...{ num_attention_heads: nHeads, n_head: nHeads, num_heads: nHeads, num_key_value_heads: nKeyValueHeads },
      ...{ head_dim: d, intermediate_size: 53, ffn_dim: 53, n_inner: 53, vocab_size: 509, rotary_dim: 6 },
    };
    const change = Object.entries(fields).filter(([field]) => field in config || field === 'head_dim');
    const partial = turnsWhole || !('rope_parameters' in config) ? {} : rope({ partial_rotary_factor: 0.75 });
    return [
      `d_head ${d}, ${nHeads} over ${nKeyValueHeads}, ${nPos} tokens`,
      name,
      { ...Object.fromEntries(change), ...partial },
      nPos,
    ];
  });
});

test.each([...KINDS, ...ODD_HEADS])('%s (%s)', async (_, architecture, change, nPos) => {
  const checkpoint = await randomOf({ ...architectureFixture(architecture).config, ...change });
  const { config } = checkpoint;
  const tokenIds = Array.from({ length: nPos }, (_, i) => (i * 37 + 5) % config.dVocab);
  const weights = await readReferenceWeights(checkpoint);
  const model = await loadModel(gpu, checkpoint);
  const [fused, ...others] = await Promise.all(MODES.map((mode) => runMode(model, checkpoint, tokenIds, mode)));
  model.destroy();
  for (const [at, run] of [fused, ...others].entries()) {
    const mode = MODES[at] ?? MODES[0];
    const captured = captureOf(run ?? new Map());
    const departures = [...captured.keys()].map((hook) =>
      localDeparture(hook, { config, weights, tokenIds, ...mode, captured }),
    );
    expect(departures.filter((found) => found !== null)).toEqual([]);
  }
  for (const other of others) {
    for (const [hook, { values }] of fused ?? []) {
      const twin = other.get(hook)?.values;
      if (twin?.length === values.length)
        expect(new Uint32Array(twin.buffer), hook).toEqual(new Uint32Array(values.buffer));
    }
  }
  const exact =
    referenceForward({ config, weights, tokenIds, ...MODES[0] }).get('unembed.hook_out')?.values ?? new Float64Array();
  const ours = fused?.get('unembed.hook_out')?.values ?? new Float32Array();
  expect(largestGap(ours, exact)).toBeLessThan(1e-3 * largest(exact)); // another model is off by a share of 1
});

async function runMode(
  model: Model,
  { config }: Checkpoint,
  tokenIds: readonly number[],
  mode: (typeof MODES)[number],
): Promise<ReadonlyMap<HookName, Activation>> {
  const spec = { ...mode, order: { kind: 'canonical' } } as const;
  const run = await prepareRun({
    model,
    spec,
    batch: 1,
    nPos: tokenIds.length,
    capture: 'standard',
    headInputs: 'shared',
  });
  await run.execute(tokenIds);
  const { hooks } = run.capture;
  const read = await run.capture.read(hooks);
  run.destroy();
  expect(hooks.length).toBeGreaterThan(10 * config.nLayers);
  return new Map(hooks.flatMap((hook, at) => (read[at] ? [[hook, read[at]] as const] : [])));
}
