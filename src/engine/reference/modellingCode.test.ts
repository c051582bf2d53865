// Architectures that no recording has, against a twin of transformers' modelling code: plain loops over the checkpoint's own tensors by
// their own names, with nothing of the reference in it.
import { expect, test } from 'vitest';
import { architectureFixture } from '../../../test/support/architectureFixtures.ts';
import { randomOf } from '../../../test/support/randomModel.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { widenToF32 } from '../tensor/bits.ts';
import { referenceForward, referenceLogits } from './forward.ts';
import { readReferenceWeights } from './loadWeights.ts';

type Rows = readonly (readonly number[])[]; // [pos][width]

const TOKENS = [5, 42, 79, 116, 153, 190, 227];

/** A checkpoint's modules as torch has them. */
class Modules {
  readonly #tensors: ReadonlyMap<string, Float32Array>;

  constructor(tensors: ReadonlyMap<string, Float32Array>) {
    this.#tensors = tensors;
  }

  static async read({ tensors }: Checkpoint): Promise<Modules> {
    const read = new Map<string, Float32Array>();
    for (const { name, source, byteOffset, byteLength, dtype } of tensors.values()) {
      read.set(name, widenToF32(await source.read(byteOffset, byteLength), dtype));
    }
    return new Modules(read);
  }

  tensor(name: string): readonly number[] {
    const values = this.#tensors.get(name);
    if (!values) throw new Error(`no ${name}`);
    return Array.from(values);
  }

  /** nn.Embedding */
  embedding(name: string, ids: readonly number[], width: number): Rows {
    const weight = this.tensor(`${name}.weight`);
    return ids.map((id) => weight.slice(id * width, (id + 1) * width));
  }

  /** nn.Linear, with a bias where there is one */
  linear(name: string, x: Rows): Rows {
    const weight = this.tensor(`${name}.weight`);
    const bias = this.#tensors.get(`${name}.bias`);
    return x.map((row) =>
      Array.from({ length: weight.length / row.length }, (_, out) =>
        row.reduce((sum, value, i) => sum + value * at(weight, out * row.length + i), bias?.[out] ?? 0),
      ),
    );
  }

  /** nn.LayerNorm */
  layerNorm(name: string, x: Rows, eps: number): Rows {
    const [weight, bias] = [this.tensor(`${name}.weight`), this.tensor(`${name}.bias`)];
    return x.map((row) => {
      const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
      return row.map((value, i) => ((value - mean) / Math.sqrt(variance + eps)) * at(weight, i) + at(bias, i));
    });
  }
}

const at = (values: readonly number[], index: number) => values[index] ?? Number.NaN;
const plus = (a: Rows, b: Rows): Rows => a.map((row, pos) => row.map((value, i) => value + at(b[pos] ?? [], i)));
const headOf = (x: Rows, head: number, width: number): Rows =>
  x.map((row) => row.slice(head * width, (head + 1) * width));

/** softmax(q·kᵀ/√d_head) · v over earlier positions. */
function attend(q: Rows, k: Rows, v: Rows): Rows {
  return q.map((query, pos) => {
    const scores = k
      .slice(0, pos + 1)
      .map((key) => key.reduce((sum, x, i) => sum + x * at(query, i), 0) / Math.sqrt(key.length));
    const most = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - most));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return query.map((_, i) => powers.reduce((sum, power, key) => sum + (power / total) * at(v[key] ?? [], i), 0));
  });
}

/** Heads attend each for itself; `before` is what happens to a head of q and of k. */
function heads(
  qkv: readonly [Rows, Rows, Rows],
  count: { q: number; kv: number; d: number },
  before: (x: Rows, part: 'q' | 'k') => Rows,
): Rows {
  const [q, k, v] = qkv;
  const each = Array.from({ length: count.q }, (_, head) => {
    const kv = Math.floor((head * count.kv) / count.q);
    return attend(before(headOf(q, head, count.d), 'q'), before(headOf(k, kv, count.d), 'k'), headOf(v, kv, count.d));
  });
  return q.map((_, pos) => each.flatMap((head) => head[pos] ?? []));
}

async function expectTwin(config: object, twin: (modules: Modules) => Rows): Promise<void> {
  const checkpoint = await randomOf(config);
  const weights = await readReferenceWeights(checkpoint);
  const run = { config: checkpoint.config, weights, tokenIds: TOKENS, kv: 'broadcast' } as const;
  const expected = twin(await Modules.read(checkpoint)).flat();
  const largest = Math.max(...expected.map(Math.abs));
  for (const qkv of ['fused', 'split'] as const) {
    const { values } = referenceLogits(checkpoint.config, referenceForward({ ...run, qkv }));
    const gap = values.reduce((most, value, i) => Math.max(most, Math.abs(value - at(expected, i))), 0);
    expect(gap / largest).toBeLessThan(1e-12); // two orders of summing in f64
  }
}

const geluNew = (x: number) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

test('Phi with a LayerNorm on q and k (modeling_phi.py)', async () => {
  const [d, nHeads, nKeyValueHeads, dim] = [12, 6, 3, 6];
  const change = {
    hidden_size: d * nHeads,
    num_attention_heads: nHeads,
    num_key_value_heads: nKeyValueHeads,
    qk_layernorm: true,
  };
  const { config } = architectureFixture('phi');
  const rotated = (x: Rows): Rows =>
    x.map((row, pos) => {
      const angle = (i: number) => pos * 10_000 ** ((-2 * (i % (dim / 2))) / dim);
      const half = (i: number) => (i < dim / 2 ? -at(row, i + dim / 2) : at(row, i - dim / 2)); // rotate_half
      return row.map((value, i) => (i < dim ? value * Math.cos(angle(i)) + half(i) * Math.sin(angle(i)) : value));
    });
  await expectTwin({ ...config, ...change }, (modules) => {
    let hidden = modules.embedding('model.embed_tokens', TOKENS, d * nHeads);
    for (const layer of ['model.layers.0', 'model.layers.1']) {
      const normed = modules.layerNorm(`${layer}.input_layernorm`, hidden, 1e-5);
      const of = (part: string) => modules.linear(`${layer}.self_attn.${part}_proj`, normed);
      const before = (x: Rows, part: 'q' | 'k') =>
        rotated(modules.layerNorm(`${layer}.self_attn.${part}_layernorm`, x, 1e-5));
      const z = heads([of('q'), of('k'), of('v')], { q: nHeads, kv: nKeyValueHeads, d }, before);
      const inner = modules.linear(`${layer}.mlp.fc1`, normed).map((row) => row.map(geluNew));
      hidden = plus(
        plus(modules.linear(`${layer}.self_attn.dense`, z), modules.linear(`${layer}.mlp.fc2`, inner)),
        hidden,
      );
    }
    return modules.linear('lm_head', modules.layerNorm('model.final_layernorm', hidden, 1e-5));
  });
});

test('OPT-350m: a norm behind each sum, projections in and out (modeling_opt.py)', async () => {
  const [d, nHeads, width] = [11, 4, 27];
  const { config } = architectureFixture('opt');
  const change = {
    do_layer_norm_before: false,
    word_embed_proj_dim: width,
    hidden_size: d * nHeads,
    num_attention_heads: nHeads,
  };
  await expectTwin({ ...config, ...change }, (modules) => {
    const decoder = 'model.decoder';
    const positions = TOKENS.map((_, pos) => pos + 2);
    const embedded = modules.linear(
      `${decoder}.project_in`,
      modules.embedding(`${decoder}.embed_tokens`, TOKENS, width),
    );
    let hidden = plus(embedded, modules.embedding(`${decoder}.embed_positions`, positions, d * nHeads));
    for (const layer of [`${decoder}.layers.0`, `${decoder}.layers.1`]) {
      const of = (part: string) => modules.linear(`${layer}.self_attn.${part}_proj`, hidden);
      const z = heads([of('q'), of('k'), of('v')], { q: nHeads, kv: nHeads, d }, (x) => x);
      hidden = plus(hidden, modules.linear(`${layer}.self_attn.out_proj`, z));
      hidden = modules.layerNorm(`${layer}.self_attn_layer_norm`, hidden, 1e-5);
      const inner = modules.linear(`${layer}.fc1`, hidden).map((row) => row.map((value) => Math.max(value, 0)));
      hidden = plus(hidden, modules.linear(`${layer}.fc2`, inner));
      hidden = modules.layerNorm(`${layer}.final_layer_norm`, hidden, 1e-5);
    }
    return modules.linear(`${decoder}.embed_tokens`, modules.linear(`${decoder}.project_out`, hidden)); // the tied lm_head
  });
});
