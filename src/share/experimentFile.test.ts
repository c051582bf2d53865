import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_EXPERIMENT } from '../engine/index.ts';
import { arbitraryExperiment } from './arbitrary.node.ts';
import { readExperimentFile, writeExperimentFile } from './experimentFile.ts';
import { openInTime } from './inTime.node.ts';

test('what is written is read back', () => {
  fc.assert(
    fc.property(arbitraryExperiment, (experiment) => {
      expect(readExperimentFile(writeExperimentFile(experiment))).toEqual({ experiment, problems: [] });
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['', 'is no experiment'],
  ['[]', 'is no experiment'],
  ['{"splitscope":1}', 'has no "experiment"'],
  ['{"splitscope":1e400,"experiment":{}}', 'is no experiment'],
  ['{"splitscope":2,"experiment":{}}', 'made by a newer Splitscope (version 2)'],
  ['{"splitscope":1,"experiment":{"__proto__":{"a":1}}}', 'is no experiment'],
  ['{"splitscope":1,"experiment":{"view":{"layer":-1}}}', 'view.layer is -1'],
  [`{"splitscope":1,"experiment":${'['.repeat(1e5)}`, 'is no experiment'],
])('%.60s is refused: %s', (text, why) => {
  const { experiment, problems } = readExperimentFile(text);
  expect(experiment).toBe(DEFAULT_EXPERIMENT);
  expect(problems).toEqual([expect.stringContaining(why)]);
});

test('any text, and any damage to a file, is read or refused within 100 ms', async () => {
  const file = writeExperimentFile(DEFAULT_EXPERIMENT);
  const damaged = fc.tuple(fc.nat(file.length), fc.nat(40), fc.string()).map(([at, cut, put]) => {
    return file.slice(0, at) + put + file.slice(at + cut);
  });
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.json(), damaged), async (text) => {
      const { experiment } = await openInTime(text, () => readExperimentFile(text));
      expect(Object.keys(experiment)).toEqual(Object.keys(DEFAULT_EXPERIMENT));
    }),
    { numRuns: 1000 },
  );
});
