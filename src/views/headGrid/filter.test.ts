import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Atlas } from '../data.ts';
import { type FilterContext, parseFilter } from './filter.ts';

const scores = Array.from({ length: 8 }, (_, at) => at / 10);
const atlas: Atlas = {
  nLayers: 2,
  nHeads: 4,
  extent: 1,
  values: new Float32Array(8),
  effect: { values: Float32Array.from(scores, (score) => 0.3 - score), metric: 'KL divergence', sites: ['z'] },
  maxAbsDelta: scores.map((score) => score * 1e-5),
  scores: {
    previousToken: scores,
    induction: scores,
    duplicateToken: scores,
    bosMass: scores,
    self: scores,
    entropy: scores,
  },
};
const CONTEXT: FilterContext = { atlas, nKeyValueHeads: 2, metric: 'delta' };

function heads(text: string): string[] {
  const filter = parseFilter(text);
  if (filter.kind === 'problem') return [filter.message];
  const all = [0, 1].flatMap((layer) => [0, 1, 2, 3].map((head) => ({ layer, head })));
  return all.filter((at) => filter.matches(at, CONTEXT)).map(({ layer, head }) => `L${layer}H${head}`);
}

test.each([
  ['L1H2', ['L1H2']],
  ['l1 kv:0', ['L1H0', 'L1H1']],
  ['h3', ['L0H3', 'L1H3']],
  ['metric>5.5e-6', ['L1H2', 'L1H3']],
  ['induction >= 0.3 induction<0.5', ['L0H3', 'L1H0']],
  ['effect<-0.25', ['L1H2', 'L1H3']],
  ['L9H6', []],
])('%s', (text, expected) => {
  expect(heads(text)).toEqual(expected);
});

test('an empty filter matches every head, and what is no term is named', () => {
  expect(heads(' ')).toHaveLength(8);
  expect(heads('L1 nonsense>')[0]).toMatch(/^“nonsense>” is no term\./);
});

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.string(), (text) => heads(text).length >= 0));
});
