// Whatever config.json holds, reading it ends.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ARCHITECTURE_FIXTURES } from '../../../test/support/architectureFixtures.ts';
import { CheckpointError } from './checkpointError.ts';
import { readArchitecture } from './readConfig.ts';
import { rotaryTable } from './rotaryTable.ts';

const MISSING = Symbol('a field that is left out');

/** Fields that some configs have and no fixture has, or not all. */
const OTHER_FIELDS = [
  ...[
    'rope_scaling',
    'rope_theta',
    'rotary_pct',
    'partial_rotary_factor',
    'rope_parameters',
    'head_dim',
    'sliding_window',
  ],
  ...['layer_types', 'max_window_layers', 'use_sliding_window', 'sliding_window_pattern', 'rope_local_base_freq'],
  ...['quantization_config', 'text_config', 'auto_map', 'qk_layernorm', 'attention_bias', 'mlp_bias', 'n_inner'],
  ...[
    'attention_types',
    'rotary_dim',
    'original_max_position_embeddings',
    'query_pre_attn_scalar',
    'hidden_activation',
  ],
];

test('whatever config.json holds, it is read into finite positive sizes or refused by a CheckpointError', () => {
  const fixtures = fc.constantFrom(...ARCHITECTURE_FIXTURES);
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(0, -1, 1.5, 1e308, '8', null, true, [], {}, 'silu'),
  );
  const rope = fc.record({
    rope_type: fc.constantFrom('linear', 'dynamic', 'llama3', 'yarn', 'longrope', 'su', 'default'),
    factor: fc.oneof(odd, fc.double({ min: 0.1, max: 64 })),
    short_factor: fc.oneof(odd, fc.array(fc.double({ min: 1, max: 9 }), { maxLength: 16 })),
    original_max_position_embeddings: fc.oneof(odd, fc.nat(4096)),
    partial_rotary_factor: fc.oneof(odd, fc.double({ min: 0.1, max: 1 })),
    full_attention: odd,
  });
  const value = fc.oneof({ weight: 5, arbitrary: odd }, { weight: 1, arbitrary: rope });
  const change = fc.tuple(
    fc.nat(),
    fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant(MISSING) }),
  );
  fc.assert(
    fc.property(fixtures, fc.array(change, { minLength: 1, maxLength: 4 }), ({ config }, changes) => {
      const names = [...new Set([...Object.keys(config), ...OTHER_FIELDS])];
      const changed: Record<string, unknown> = { ...config };
      for (const [at, to] of changes) {
        const name = names[at % names.length] ?? '';
        if (to === MISSING) delete changed[name];
        else changed[name] = to;
      }
      try {
        const { config: read } = readArchitecture(changed);
        const { nLayers, dModel, dHead, dMlp, rotary, windows, attnScales } = read;
        for (const layer of rotary) if (layer) expect(rotaryTable(layer, 3).cos.every(Number.isFinite)).toBe(true);
        expect([nLayers, dModel, dHead, dMlp].every((size) => Number.isSafeInteger(size) && size > 0)).toBe(true);
        expect([rotary.length, windows.length, attnScales.length]).toEqual([nLayers, nLayers, nLayers]);
        expect(attnScales.every((scale) => scale > 0 && Number.isFinite(scale))).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(CheckpointError);
      }
    }),
    { numRuns: 3000 },
  );
});
