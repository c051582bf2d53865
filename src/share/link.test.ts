// The encoded link: what goes in comes out, and nothing that a stranger sends can throw, hang or reach a prototype.
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT, type Experiment, type RunFingerprint } from '../engine/index.ts';
import { arbitraryExperiment } from './arbitrary.node.ts';
import { toBase64Url } from './base64url.ts';
import { decodeLink } from './decode.ts';
import { encodeLink } from './encode.ts';
import { openInTime } from './inTime.node.ts';
import { MAX_LINK_LENGTH } from './limits.ts';

function linkOf(json: string, version = 1): string {
  return `#w${version}.${toBase64Url(deflateRawSync(json))}`;
}

/** Opens a link within the time that it may take. */
function open(link: string) {
  return openInTime(link, () => decodeLink(link));
}

describe('a link that Splitscope wrote', () => {
  test('opens as the experiment that it was made of', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryExperiment, async (experiment) => {
        expect(await decodeLink(await encodeLink(experiment))).toEqual({ experiment, problems: [] });
      }),
      { numRuns: 300 },
    );
  });

  test('of the default experiment holds nothing but its version', async () => {
    expect(await encodeLink(DEFAULT_EXPERIMENT)).toBe(linkOf('{}'));
  });

  test('of the default experiment with pinned ids and a full fingerprint is at most 1,500 characters', async () => {
    const digest = (seed: number) => (0x9e3779b97f4a7c15n * BigInt(seed) * 0xbf58476d1ce4e5b9n).toString(16).slice(-32);
    const run = (seed: number): RunFingerprint => ({
      logits: digest(seed),
      blocks: [1, 2, 3, 4].map((block) => digest(seed + block)),
      top: [
        { id: 6393, probability: Math.fround(0.99812344) },
        { id: 2516, probability: Math.fround(0.00091204) },
        { id: 262, probability: Math.fround(0.00023133) },
      ],
    });
    const full: Experiment = {
      ...DEFAULT_EXPERIMENT,
      prompt: {
        ...DEFAULT_EXPERIMENT.prompt,
        tokenIds: Array.from({ length: 15 }, (_, i) => (i * 7919 + 17) % 50_000),
      },
      b: { ...DEFAULT_EXPERIMENT.b, order: 'splitK(4)' },
      fingerprint: {
        modelHash: digest(1) + digest(2),
        tokens: digest(3),
        a: run(10),
        b: run(20), // nothing in common: the dearest case
        maxAbs: 2 ** -19,
        adapter: 'google swiftshader SwiftShader Device (LLVM 16.0.0)',
        appVersion: '0.1.0',
      },
    };
    const link = await encodeLink(full);
    expect(link.length).toBeLessThanOrEqual(1500);
    expect(link.length).toBeGreaterThan(300);
  });

  test('of numbers that JSON cannot hold leaves them out', async () => {
    const run = { logits: 'ab', blocks: ['cd'], top: [{ id: 1, probability: Number.NaN }] };
    const overflowed = {
      modelHash: 'ef',
      tokens: '01',
      a: run,
      b: null,
      maxAbs: Number.POSITIVE_INFINITY,
      adapter: '',
      appVersion: '',
    };
    const { experiment, problems } = await decodeLink(
      await encodeLink({ ...DEFAULT_EXPERIMENT, fingerprint: overflowed }),
    );
    expect(problems).toEqual([]);
    expect(experiment.fingerprint).toEqual({ ...overflowed, a: { ...run, top: [] }, maxAbs: null });
  });

  test('that would be too long is refused in a sentence', async () => {
    const text = Array.from({ length: 90_000 }, (_, i) => String.fromCharCode(0x4e00 + ((i * 7919 * i) % 20_000))).join(
      '',
    );
    const experiment = { ...DEFAULT_EXPERIMENT, prompt: { ...DEFAULT_EXPERIMENT.prompt, text } };
    await expect(encodeLink(experiment)).rejects.toThrow(/a link holds 65536 .* save a file/);
  });
});

describe('a link from a stranger', () => {
  test('of any characters never throws and gives an experiment', async () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String().map((text) => `#w1.${text}`),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (hash) => {
        const { experiment } = await open(hash);
        expect(Object.keys(experiment)).toEqual(Object.keys(DEFAULT_EXPERIMENT));
      }),
      { numRuns: 500 },
    );
  });

  test('of any JSON never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 12 }), fc.integer({ min: 1, max: 3 }), async (json, version) => {
        await open(linkOf(json, version));
      }),
      { numRuns: 300 },
    );
  });

  test('cut short or with a character changed opens whole, or says that it is damaged', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryExperiment,
        fc.nat(),
        fc.constantFrom('', 'A', '-', '~'),
        async (experiment, at, put) => {
          const link = await encodeLink(experiment);
          const place = 4 + (at % (link.length - 4));
          const changed = put === '' ? link.slice(0, place) : link.slice(0, place) + put + link.slice(place + 1);
          const opened = await open(changed);
          expect(Object.keys(opened.experiment)).toEqual(Object.keys(DEFAULT_EXPERIMENT));
          if (opened.problems.length > 0) expect(opened.experiment).toEqual(DEFAULT_EXPERIMENT);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('that is a bomb is stopped at the ceiling', async () => {
    const bomb = `#w1.${toBase64Url(deflateRawSync(Buffer.alloc(40 * 1024 * 1024, 32)))}`;
    expect(bomb.length).toBeLessThan(MAX_LINK_LENGTH);
    expect((await open(bomb)).problems).toEqual([expect.stringContaining('inflates to more than 262144 bytes')]);
  });

  test('over 64 KiB is not even unpacked', async () => {
    const { problems } = await open(`#w1.${'A'.repeat(MAX_LINK_LENGTH)}`);
    expect(problems).toEqual([expect.stringContaining('65540 characters; at most 65536 are read')]);
  });

  test('nested 100,000 deep is damaged, not a stack overflow', async () => {
    const deep = linkOf(`{"view":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect((await open(deep)).problems).toEqual([expect.stringContaining('damaged')]);
  });
});

describe('a link that names what no link has', () => {
  test.each(['__proto__', 'constructor', 'toString'])(
    'naming the key %s is refused and changes no prototype',
    async (key) => {
      for (const json of [`{"${key}":{"polluted":1}}`, `{"view":{"${key}":{"polluted":1}}}`]) {
        expect((await decodeLink(linkOf(json))).problems).toHaveLength(1);
      }
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    },
  );

  test.each([
    ['{"colour":"red"}', 'colour is not known'],
    ['{"view":{"layer":-1}}', 'view.layer is -1, expected >=0'],
    ['{"view":{"layer":1.5}}', 'view.layer is 1.5'],
    ['{"tolerance":{"atol":1e999}}', 'tolerance.atol'],
    ['{"a":{"order":"backwards"}}', 'a.order is "backwards", expected canonical, reversed'],
    ['{"b":{"order":"blocked(0)"}}', 'b.order is "blocked(0)"'],
    [
      '{"model":{"source":"bundled","name":"../secret"}}',
      'model.name is "../secret", expected the name of a bundled model',
    ],
    ['{"model":{"source":"hub","repo":"a/b"}}', 'model.revision is missing'],
    [
      '{"view":{"hook":"blocks.0.attn.hook_nothing"}}',
      'view.hook is "blocks.0.attn.hook_nothing", expected a hook name',
    ],
    ['{"prompt":{"tokenIds":[1,-2]}}', 'prompt.tokenIds.1 is -2'],
  ])('%s is refused: %s', async (json, sentence) => {
    const { experiment, problems } = await decodeLink(linkOf(json));
    expect(problems).toEqual([expect.stringContaining(sentence)]);
    expect(experiment).toBe(DEFAULT_EXPERIMENT);
  });
});

describe('a link of a newer version', () => {
  test('opens what version 1 knows, and names the rest', async () => {
    const json = '{"mode":"split","view":{"layer":3,"camera":"top"},"a":{"order":"pairwise"},"sound":true}';
    const { experiment, problems } = await decodeLink(linkOf(json, 2));
    expect(experiment).toEqual({
      ...DEFAULT_EXPERIMENT,
      mode: 'split',
      a: { ...DEFAULT_EXPERIMENT.a, order: 'pairwise' },
    });
    expect(problems).toEqual([
      'This link was made by a newer Splitscope (link version 2, this one knows 1); left out here: view, sound.',
    ]);
  });

  test('packed in a way not known here says so', async () => {
    const { problems } = await decodeLink('#w2.zzzz');
    expect(problems).toEqual([expect.stringContaining('made by a newer Splitscope')]);
  });
});
