// The link that people write by hand.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../engine/index.ts';
import { decodeLink } from './decode.ts';
import { VERSION_1_DEFAULTS } from './version1.ts';

const { a, b, view, prompt } = VERSION_1_DEFAULTS;

test('an empty link is the default experiment', async () => {
  for (const hash of ['', '#'])
    expect(await decodeLink(hash)).toEqual({ experiment: DEFAULT_EXPERIMENT, problems: [] });
});

test.each([
  ['#model=demo-gqa&split=1&layer=2&head=3', { mode: 'split', view: { ...view, layer: 2, head: 3 } }],
  ['#split=0', { mode: 'fused' }],
  ['#mode=compare&order=splitK(8)', { b: { ...b, order: 'splitK(8)' } }],
  ['#order=reversed&mode=fused', { mode: 'fused', a: { ...a, order: 'reversed' } }],
  [
    '#a.order=pairwise&b.order=blocked(32)&kv=repeat',
    { a: { ...a, order: 'pairwise' }, b: { ...b, order: 'blocked(32)', kv: 'repeat' } },
  ],
  ['#prompt=a+b%20c%26d&bos=0', { prompt: { ...prompt, text: 'a b c&d', prependBos: false } }],
  ['#ids=0,523,11', { prompt: { ...prompt, tokenIds: [0, 523, 11] } }],
  ['#atol=5e-4&rtol=0', { tolerance: { atol: 5e-4, rtol: 0 } }],
  [
    '#hook=blocks.2.attn.hook_z&show=scores&side=absDelta&cell=14,3',
    { view: { ...view, hook: 'blocks.2.attn.hook_z', show: 'scores', side: 'absDelta', cell: [14, 3] } },
  ],
  [
    '#model=EleutherAI/pythia-70m@a39f36b',
    { model: { source: 'hub', repo: 'EleutherAI/pythia-70m', revision: 'a39f36b' } },
  ],
])('%s opens', async (hash, differs) => {
  expect(await decodeLink(hash)).toEqual({ experiment: { ...VERSION_1_DEFAULTS, ...differs }, problems: [] });
});

test.each([
  ['#layer=two&head=3', 'layer="two" was left out: view.layer is "two", expected number'],
  ['#colour=red&head=3', '"colour", which is no key that Splitscope knows'],
  ['#constructor=1&__proto__=2&head=3', '"constructor", which is no key'],
  ['#order=random&head=3', 'b.order is "random", expected canonical'],
  ['#model=EleutherAI/pythia-70m&head=3', 'model.revision is missing'],
  ['#atol=NaN&head=3', 'tolerance.atol is "NaN", expected number'],
])('%s names what is wrong and opens the rest', async (hash, sentence) => {
  const { experiment, problems } = await decodeLink(hash);
  expect(problems[0]).toContain(sentence);
  expect(experiment).toEqual({ ...VERSION_1_DEFAULTS, view: { ...view, head: 3 } });
});

test('any keys and values give an experiment of the right kind', async () => {
  const keys = fc.constantFrom(
    'model',
    'prompt',
    'bos',
    'ids',
    'mode',
    'split',
    'order',
    'a.kv',
    'atol',
    'layer',
    'cell',
    'x',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(keys, fc.string({ unit: 'binary' }))), async (pairs) => {
      const { experiment } = await decodeLink(`#${pairs.map(([key, value]) => `${key}=${value}`).join('&')}`);
      expect(Object.keys(experiment)).toEqual(Object.keys(DEFAULT_EXPERIMENT));
      expect(Number.isInteger(experiment.view.layer)).toBe(true);
    }),
  );
});
