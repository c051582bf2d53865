import { expect, test } from 'vitest';
import { architectureFixture } from '../../../test/support/architectureFixtures.ts';
import { continuationEnd, lengthNote, sameAnglesUpTo, whyTooLong } from './promptLength.ts';
import { readConfig } from './readConfig.ts';

const configOf = (name: string, change: object = {}) => readConfig({ ...architectureFixture(name).config, ...change });

const scaled = (rope: object) => ({ max_position_embeddings: 64, rope_parameters: { rope_theta: 1e4, ...rope } });
const factors = new Array(8).fill(1);
const LONGROPE = {
  ...scaled({ rope_type: 'longrope', short_factor: factors, long_factor: factors }),
  original_max_position_embeddings: 32,
};
const PLAIN = configOf('llama', { max_position_embeddings: 64 });
const DYNAMIC = configOf('llama', scaled({ rope_type: 'dynamic', factor: 2 }));
const LONG = configOf('phi3', LONGROPE);

test.each(['gpt2', 'gpt_neo', 'opt', 'gptj'])('%s has a table of positions, and no prompt is longer', (name) => {
  const config = configOf(name);
  expect(config.maxPositions).toBe(config.nCtx);
  expect(whyTooLong(config, config.nCtx)).toBeNull();
  expect(whyTooLong(config, config.nCtx + 1)).toContain(`has ${config.nCtx + 1} tokens, and the model has a table of`);
});

test.each(['llama', 'gpt_neox', 'phi', 'bloom', 'gemma3'])('%s runs beyond the context that it names', (name) => {
  expect(whyTooLong(configOf(name), 1e6)).toBeNull();
});

test('angles hold up to the context where scaling begins, of whichever layer begins first', () => {
  expect([PLAIN, DYNAMIC, LONG].map(sameAnglesUpTo)).toEqual([Number.POSITIVE_INFINITY, 64, 32]);
  const { rotary } = configOf('gemma3', { rope_scaling: { rope_type: 'dynamic', factor: 2 }, rope_parameters: null });
  expect(sameAnglesUpTo({ rotary })).toBe(128);
});

test('a prompt beyond is told of', () => {
  expect(lengthNote(PLAIN, 64)).toBeNull();
  expect(lengthNote(PLAIN, 65)).toContain('longer than the context of 64');
  expect(lengthNote(LONG, 32)).toBeNull();
  expect(lengthNote(LONG, 33)).toContain('longer than the 32 tokens that its rotary scaling begins at');
});

test.each([
  ['a plain text ends at the context', PLAIN, 60, { nPos: 64, why: 'context' }],
  ['one beyond the context goes on', PLAIN, 65, { nPos: Number.POSITIVE_INFINITY, why: 'context' }],
  ['longrope ends where the cached keys would turn by other factors', LONG, 30, { nPos: 32, why: 'rotary' }],
  ['a text that has the long factors ends at the context', LONG, 33, { nPos: 64, why: 'context' }],
  ['dynamic ends at its context', DYNAMIC, 60, { nPos: 64, why: 'context' }],
  ['beyond it every token changes the base: one is chosen, none cached', DYNAMIC, 70, { nPos: 70, why: 'rotary' }],
  ['a table ends with its rows', configOf('gpt2'), 10, { nPos: 64, why: 'context' }],
] as const)('continued, %s', (_, config, nPrompt, end) => {
  expect(continuationEnd(config, nPrompt)).toEqual(end);
});
