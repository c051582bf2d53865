// How configs stretch rotary embedding, against transformers' own formulas (modeling_rope_utils.py), worked out beside it in Python.
import { describe, expect, test } from 'vitest';
import { architectureFixture } from '../../../test/support/architectureFixtures.ts';
import type { RotaryConfig } from './modelConfig.ts';
import { readConfig } from './readConfig.ts';
import { rotaryFrequencies, rotaryTable } from './rotaryTable.ts';

const configOf = (name: string, change: object) => readConfig({ ...architectureFixture(name).config, ...change });

/** The rotary embedding of a Llama with d_head 16, base 10,000 and a context of 512 under these parameters. */
function rotaryOf(parameters: object, change: object = {}): RotaryConfig {
  const [rotary] = configOf('llama3_rope', { rope_parameters: { rope_theta: 1e4, ...parameters }, ...change }).rotary;
  if (!rotary) throw new Error('the first layer does not turn');
  return rotary;
}

describe('yarn', () => {
  const yarn = { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 64 };

  test.each([
    [
      'a ramp between whole pairs',
      yarn,
      [1, 0.237170824513, 0.05, 0.00790569415042, 0.0025, 0.000790569415042, 0.00025, 7.90569415042e-5],
    ],
    [
      'a ramp not cut to whole pairs',
      { ...yarn, truncate: false },
      [1, 0.198583520154, 0.0255952458919, 0.00790569415042, 0.0025, 0.000790569415042, 0.00025, 7.90569415042e-5],
    ],
    [
      'betas and base of its own',
      { ...yarn, rope_theta: 1e6, factor: 8, original_max_position_embeddings: 32768, beta_fast: 16, beta_slow: 2 },
      [
        1, 0.177827941004, 0.0316227766017, 0.0056234132519, 0.0005625, 2.22284926255e-5, 3.95284707521e-6,
        7.02926656488e-7,
      ],
    ],
  ])('%s', (_, parameters, expected) => {
    const frequencies = rotaryFrequencies(rotaryOf(parameters), 1);
    expect(frequencies).toHaveLength(expected.length);
    for (const [pair, frequency] of expected.entries()) expect(frequencies[pair]).toBeCloseTo(frequency, 11);
  });

  test('cosine and sine are enlarged by the attention factor: 0.1·ln(factor) + 1, a quotient of two, or as told', () => {
    const factorOf = (parameters: object) => rotaryTable(rotaryOf({ ...yarn, ...parameters }), 1).cos[0];
    expect(factorOf({})).toBeCloseTo(1.13862943611, 10);
    expect(factorOf({ factor: 40, mscale: 0.7, mscale_all_dim: 1 })).toBeCloseTo(
      (0.07 * Math.log(40) + 1) / (0.1 * Math.log(40) + 1),
      12,
    );
    expect(factorOf({ factor: 40, mscale: 1, mscale_all_dim: 0 })).toBeCloseTo(0.1 * Math.log(40) + 1, 12);
    expect(factorOf({ attention_factor: 1.5 })).toBe(1.5);
    expect(factorOf({ factor: 0.5 })).toBe(1);
  });

  test('the original context may stand beside the rest, or be the context itself; the factor may follow from both', () => {
    const { original_max_position_embeddings: _, factor: __, ...bare } = yarn;
    expect(rotaryOf({ ...bare, factor: 4 }).scaling).toMatchObject({ originalNCtx: 512 });
    expect(rotaryOf(bare, { original_max_position_embeddings: 64 }).scaling).toMatchObject({
      originalNCtx: 64,
      factor: 8,
    });
  });
});

describe('longrope', () => {
  const factors = [1, 1.05, 1.1, 1.2, 1.5, 2, 3, 4];
  const longrope = {
    rope_type: 'longrope',
    rope_theta: 1e4,
    short_factor: factors,
    long_factor: factors.map((f) => 9 * f),
  };
  const context = { max_position_embeddings: 131072, original_max_position_embeddings: 4096 };

  test('a prompt within the original context turns by the short factors, a longer one by the long ones from its first position on', () => {
    const { rotary, nCtx } = configOf('phi3', { ...context, rope_parameters: longrope });
    const [first] = rotary;
    if (!first) throw new Error('the first layer does not turn');
    expect(nCtx).toBe(131072);
    for (const [pair, factor] of factors.entries()) {
      expect(rotaryFrequencies(first, 4096)[pair]).toBeCloseTo(1e4 ** ((-2 * pair) / 16) / factor, 15);
      expect(rotaryFrequencies(first, 4097)[pair]).toBeCloseTo(1e4 ** ((-2 * pair) / 16) / (9 * factor), 15);
    }
    for (const nPos of [1, 5000]) expect(rotaryTable(first, nPos).cos[0]).toBeCloseTo(1.190238071, 9); // √(1 + ln 32 / ln 4096)
    expect(rotaryTable(first, 5000).sin[8]).toBeCloseTo(1.190238071 * Math.sin(1 / 9), 9); // position 1, pair 0
  });

  test.each(['su', 'yarn'])("Phi-3's first configs call it %s", (type) => {
    const { short_factor, long_factor } = longrope;
    const change = { ...context, rope_parameters: null, rope_scaling: { type, short_factor, long_factor } };
    expect(configOf('phi3', change).rotary[0]?.scaling).toMatchObject({ kind: 'longrope', shortFactors: short_factor });
  });
});

/** base · (4·n/512 − 3)^(16/14), and its powers −2i/16. */
const DYNAMIC_600 = [1, 0.293451681666, 0.0861138894727, 0.0252702656806, 0.00741560196012, 0.00217612086576];
const DYNAMIC_2048 = [1, 0.21921245982, 0.0480541025405, 0.0105340580224, 0.00230919677098, 0.000506204704375];

describe('dynamic', () => {
  const plain = rotaryOf({ rope_type: 'default' });
  const dynamic = rotaryOf({ rope_type: 'dynamic', factor: 4 });

  test('a prompt within max_position_embeddings turns as if there were no scaling', () => {
    for (const nPos of [1, 512]) expect(rotaryTable(dynamic, nPos)).toEqual(rotaryTable(plain, nPos));
  });

  test.each([
    [600, DYNAMIC_600],
    [2048, DYNAMIC_2048],
  ])('a prompt of %i tokens turns by a base of its own, at every position', (nPos, expected) => {
    const frequencies = rotaryFrequencies(dynamic, nPos);
    for (const [pair, frequency] of expected.entries()) expect(frequencies[pair]).toBeCloseTo(frequency, 11);
    expect(rotaryTable(dynamic, nPos).sin[9]).toBeCloseTo(Math.sin(expected[1] ?? Number.NaN), 10); // position 1, pair 1
  });
});

test('llama3 without an original context takes the context itself', () => {
  const llama3 = { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4 };
  expect(rotaryOf(llama3).scaling).toMatchObject({ originalNCtx: 512 });
});

test('NeoX and Phi-3 turn whole pairs: an odd width is rounded up, but not in the exponents', () => {
  const rope_parameters = { rope_type: 'default', rope_theta: 1e4, partial_rotary_factor: 0.33 };
  for (const name of ['gpt_neox', 'phi3']) {
    const [rotary] = configOf(name, { rope_parameters }).rotary;
    expect(rotary).toMatchObject({ dim: 6, exponentDim: 5 });
    expect(rotary && [...rotaryFrequencies(rotary, 1)]).toEqual([1, 1e4 ** (-2 / 5), 1e4 ** (-4 / 5)]);
  }
});
