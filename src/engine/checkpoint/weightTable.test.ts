import { expect, test } from 'vitest';
import {
  ARCHITECTURE_FIXTURES,
  type ArchitectureFixture,
  architectureFixture,
} from '../../../test/support/architectureFixtures.ts';
import { CheckpointError } from './checkpointError.ts';
import { readArchitecture } from './readConfig.ts';
import type { WeightView } from './weights.ts';
import { weightTable } from './weightTable.ts';

/** Mixtral's experts in one tensor a matrix, as transformers 5 holds them. */
function stackedExperts(): ArchitectureFixture {
  const { name, config, tensors } = architectureFixture('mixtral');
  const others = Object.entries(tensors).filter(([tensor]) => !tensor.includes('block_sparse_moe'));
  const stacked = [0, 1].flatMap((layer): [string, readonly number[]][] => [
    [`model.layers.${layer}.mlp.gate.weight`, [4, 48]],
    [`model.layers.${layer}.mlp.experts.gate_up_proj`, [4, 2 * 64, 48]],
    [`model.layers.${layer}.mlp.experts.down_proj`, [4, 48, 64]],
  ]);
  return { name: `${name}, stacked`, config, tensors: Object.fromEntries([...others, ...stacked]) };
}

const ALL_FIXTURES = [...ARCHITECTURE_FIXTURES, stackedExperts()];

type Shapes = Readonly<Record<string, readonly number[]>>;

function tableOf(
  { config, tensors }: Pick<ArchitectureFixture, 'config' | 'tensors'>,
  change: Shapes = {},
  drop?: string,
) {
  const { config: modelConfig, names } = readArchitecture(config);
  const shapes = new Map(Object.entries({ ...tensors, ...change }).map(([name, shape]) => [name, { shape }]));
  if (drop !== undefined) shapes.delete(drop);
  return weightTable(modelConfig, names, shapes);
}

/** Flat index of element (k, n), as `weights.ts` defines it. */
function address(view: WeightView, k: number, n: number): number {
  const group = Math.floor(n / view.columnsPerGroup);
  return view.offset + k * view.rowStride + group * view.groupStride + (n % view.columnsPerGroup) * view.columnStride;
}

/** Every view in a table, wherever it stands. */
function viewsIn(value: unknown): WeightView[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('tensorShape' in value) return [value as WeightView];
  return Object.values(value).flatMap(viewsIn);
}

test.each(ALL_FIXTURES)('$name: every tensor is used, and every element of it by exactly one view', (fixture) => {
  const { weights, used } = tableOf(fixture);
  expect([...used].sort()).toEqual(Object.keys(fixture.tensors).sort());
  const seen = new Map(
    Object.entries(fixture.tensors).map(([name, s]) => [name, new Uint8Array(s.reduce((a, b) => a * b, 1))]),
  );
  for (const view of new Set(viewsIn(weights))) {
    const counts = seen.get(view.tensor) ?? new Uint8Array();
    for (let k = 0; k < view.rows; k++) {
      for (let n = 0; n < view.columns; n++) counts[address(view, k, n)] = (counts[address(view, k, n)] ?? 0) + 1;
    }
  }
  for (const [name, counts] of seen) expect([name, counts.every((count) => count === 1)]).toEqual([name, true]);
});

test.each(ALL_FIXTURES)('$name: a missing tensor is named', (fixture) => {
  for (const name of Object.keys(fixture.tensors)) {
    const opening = () => tableOf(fixture, {}, name);
    expect(opening).toThrow(CheckpointError);
    expect(opening).toThrow(/Does config.json belong to this checkpoint\?/);
    if (!name.includes('embed_out') && !/(wte|embed_tokens|embed_in|word_embeddings)\.weight/.test(name))
      expect(opening).toThrow(name);
  }
});

test.each(ALL_FIXTURES)('$name: a tensor of another shape is named with both shapes', (fixture) => {
  for (const [name, shape] of Object.entries(fixture.tensors)) {
    const other = shape.map((extent, axis) => (axis === 0 ? extent + 1 : extent));
    expect(() => tableOf(fixture, { [name]: other })).toThrow(
      `${name} has shape [${other.join(', ')}], expected [${shape.join(', ')}]`,
    );
  }
});

test.each(ALL_FIXTURES)('$name: a layer too many is refused, and so is a name that no model has', (fixture) => {
  const layers = Number(fixture.config.num_hidden_layers ?? fixture.config.n_layer ?? fixture.config.num_layers);
  const names = Object.keys(fixture.tensors).filter((name) => name.includes(`.${layers - 1}.`));
  const another = Object.fromEntries(
    names.map((name) => [name.replace(`.${layers - 1}.`, `.${layers}.`), fixture.tensors[name] ?? []]),
  );
  expect(() => tableOf(fixture, another)).toThrow(`of ${layers} layers does not have`);
  expect(() => tableOf(fixture, { 'model.extra.weight': [1] })).toThrow('The checkpoint has model.extra.weight');
});

test('the error of a wrong shape says where the expected one comes from', () => {
  const wrong = { 'model.layers.1.self_attn.k_proj.weight': [64, 64] };
  expect(() => tableOf(architectureFixture('llama'), wrong)).toThrow(
    'model.layers.1.self_attn.k_proj.weight has shape [64, 64], expected [16, 64] (n_key_value_heads × d_head = 2 × 8, d_model = 64). Does config.json belong to this checkpoint?',
  );
});

test('query_key_value of GPT-NeoX and BLOOM is interleaved by head', () => {
  for (const name of ['gpt_neox', 'bloom']) {
    const { weights } = tableOf(architectureFixture(name));
    const { W_Q, W_K, W_V, b_V } = weights.blocks[1] ?? {};
    const dHead = name === 'bloom' ? 8 : 16;
    for (const [part, view] of [W_Q, W_K, W_V].entries()) {
      // Row (head, part, i) of [n_heads, 3, d_head] is column head · d_head + i of W.
      const [head, i, k] = [2, 5, 33];
      expect(view && address(view, k, head * dHead + i)).toBe(((head * 3 + part) * dHead + i) * 64 + k);
    }
    expect(b_V && address(b_V, 0, 3 * dHead + 1)).toBe((3 * 3 + 2) * dHead + 1);
  }
});

test("GPT-2's matrices lie the other way round, q, k and v side by side", () => {
  const { W_K, W_O, b_K } = tableOf(architectureFixture('gpt2')).weights.blocks[0] ?? {};
  expect(W_K && address(W_K, 3, 7)).toBe(3 * 192 + 64 + 7);
  expect(W_O && address(W_O, 3, 7)).toBe(3 * 64 + 7);
  expect(b_K && address(b_K, 0, 7)).toBe(64 + 7);
});

test("Phi-3's gate comes before up, its k after all of q", () => {
  const { mlp, W_K, W_V } = tableOf(architectureFixture('phi3')).weights.blocks[0] ?? {};
  expect(mlp?.W_gate && address(mlp.W_gate, 5, 0)).toBe(5);
  expect(mlp && address(mlp.W_in, 5, 1)).toBe((128 + 1) * 64 + 5);
  expect(W_K && address(W_K, 0, 0)).toBe(64 * 64);
  expect(W_V && address(W_V, 0, 0)).toBe((64 + 32) * 64);
});

test('a tied unembedding is the very embedding; where the checkpoint holds one all the same, that is read, as in transformers 5', () => {
  const { weights } = tableOf(architectureFixture('gpt2'));
  expect(weights.W_U).toBe(weights.W_E);
  const own = tableOf(architectureFixture('gpt2'), { 'lm_head.weight': [257, 64] });
  expect(own.weights.W_U.tensor).toBe('lm_head.weight');
  expect(() => tableOf(architectureFixture('gpt2'), { 'lm_head.weight': [256, 64] })).toThrow('expected [257, 64]');
});

test("an expert's rows in a stacked tensor begin where those before it end, the gate's before up's", () => {
  const { experts } = tableOf(stackedExperts()).weights.blocks[1] ?? {};
  const third = experts?.experts[2];
  expect(third?.W_gate && address(third.W_gate, 5, 7)).toBe((2 * 128 + 7) * 48 + 5);
  expect(third && address(third.W_in, 5, 7)).toBe((2 * 128 + 64 + 7) * 48 + 5);
  expect(third && address(third.W_out, 5, 7)).toBe((2 * 48 + 7) * 64 + 5);
});

test('masks and frequencies that older checkpoints carry along are no weights', () => {
  const gpt2 = { 'transformer.h.0.attn.bias': [1, 1, 64, 64], 'transformer.h.0.attn.masked_bias': [] };
  expect(tableOf(architectureFixture('gpt2'), gpt2).used.has('transformer.h.0.attn.bias')).toBe(false);
  const neox = {
    'gpt_neox.layers.0.attention.rotary_emb.inv_freq': [2],
    'gpt_neox.layers.0.attention.bias': [1, 1, 64, 64],
  };
  expect(tableOf(architectureFixture('gpt_neox'), neox).used.size).toBeGreaterThan(0);
});

test('checkpoints of the bare model, without its prefix, are opened too', () => {
  for (const name of ['gpt2', 'bloom']) {
    const { config, tensors } = architectureFixture(name);
    const bare = Object.fromEntries(
      Object.entries(tensors).map(([key, shape]) => [key.replace('transformer.', ''), shape]),
    );
    expect(tableOf({ config, tensors: bare }).used.size).toBe(Object.keys(tensors).length);
  }
});

test('the language model of a multimodal Gemma-3 checkpoint is found beside its vision tower', () => {
  const { config, tensors } = architectureFixture('gemma3');
  const inner = Object.fromEntries(Object.entries(tensors).map(([key, shape]) => [`language_model.${key}`, shape]));
  const outer = { model_type: 'gemma3', text_config: config };
  expect(tableOf({ config: outer, tensors: { ...inner, 'vision_tower.x.weight': [3] } }).used.size).toBe(
    Object.keys(tensors).length,
  );
});

test('biases stand where the config says', () => {
  const { config, tensors } = architectureFixture('llama');
  const biased = { ...config, attention_bias: true };
  expect(() => tableOf({ config: biased, tensors })).toThrow(
    'has no model.layers.0.self_attn.q_proj.bias, expected one of shape [64]',
  );
  const qwen = tableOf(architectureFixture('qwen2')).weights.blocks[0];
  expect([qwen?.b_Q?.columns, qwen?.b_K?.columns, qwen?.b_O]).toEqual([64, 16, null]);
});
