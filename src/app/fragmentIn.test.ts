import { expect, test } from 'vitest';
import { fragmentIn } from './fragmentIn.ts';

const PAGE = 'https://here.example/splitscope/#w1.q64FAA';

test.each([
  ['#w1.q64FAA', '#w1.q64FAA'],
  ['  https://elsewhere.example/app/?x=1#w2.abc\n', '#w2.abc'],
  ['#model=demo-gqa&layer=2', '#model=demo-gqa&layer=2'],
  ['https://here.example/splitscope/#split=1', '#split=1'],
])('%j holds the fragment %j', (text, fragment) => {
  expect(fragmentIn(text, PAGE)).toBe(fragment);
});

test.each([
  '',
  '#',
  'When Mary and John',
  'see https://here.example/splitscope/#w1.q64FAA for it',
  'no address#w1.q64FAA',
  'https://elsewhere.example/page#section=2', // anybody's page
  '# heading=1',
])('%j is no link to be opened', (text) => {
  expect(fragmentIn(text, PAGE)).toBeNull();
});
