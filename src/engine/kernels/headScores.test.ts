import { beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { runForOne, seeded, vector } from '../../../test/support/kernels.ts';
import { HEAD_SCORES, headScores, scoredQueries } from '../analysis/headScores.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { BufferSlot } from '../gpu/gpuTensor.ts';
import { softmax } from '../reference/softmax.ts';
import { meanEntropyBound, meanShareBound } from '../tensor/tolerances.ts';
import { headScoreSums, SUMS_PER_HEAD } from './headScores.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

const CONTROL = { nHeads: 3, nPos: 65, vocabulary: 9, lanes: 4 };
const SHAPES = [
  CONTROL,
  { ...CONTROL, nHeads: 1 },
  { ...CONTROL, nPos: 2 },
  { ...CONTROL, nPos: 3, lanes: 64 }, // more lanes than queries
  { ...CONTROL, nPos: 131, lanes: 64 },
  { ...CONTROL, vocabulary: 1 }, // every token comes again
  { ...CONTROL, vocabulary: 65 }, // none does
];

function patternsOf(nHeads: number, nPos: number, seed: number): Float32Array<ArrayBuffer> {
  const scores = seeded(nHeads * nPos * nPos, seed, 6).map((score, i) =>
    i % nPos > Math.floor(i / nPos) % nPos ? Number.NEGATIVE_INFINITY : score,
  );
  return Float32Array.from(softmax(Float64Array.from(scores), nPos));
}

async function sumsOf(c: (typeof SHAPES)[number], values: Float32Array<ArrayBuffer>, other: Float32Array<ArrayBuffer>) {
  const { nHeads, nPos, vocabulary, lanes } = c;
  const tokenIds = Uint32Array.from({ length: nPos }, (_, i) => (vocabulary === nPos ? i : (i * 7 + 3) % vocabulary));
  const [[pattern], [otherSlot]] = [vector('pattern', values), vector('other', other)];
  const tokens = new BufferSlot('token_ids', nPos * 4);
  const sums = new BufferSlot('sums', (nHeads + 2) * SUMS_PER_HEAD * 4);
  const dispatch = headScoreSums({
    label: 'sums',
    pattern: { slot: pattern, offset: 0 },
    other: { slot: otherSlot, offset: 0 },
    nHeads,
    nPos,
    tokenIds: tokens,
    sums,
    firstHead: 2,
    lanes,
  });
  const shape = [nHeads + 2, SUMS_PER_HEAD];
  const read = await runForOne(gpu, {
    uploads: [
      [pattern, values],
      [otherSlot, other],
      [tokens, tokenIds],
    ],
    dispatches: [dispatch],
    results: [{ label: 'sums', slot: sums, shape, strides: [SUMS_PER_HEAD, 1], offset: 0 }],
  });
  return { tokenIds: [...tokenIds], sums: read.subarray(2 * SUMS_PER_HEAD) };
}

describe.each(SHAPES)('$nHeads heads, $nPos positions, $vocabulary tokens, $lanes lanes', (c) => {
  const { nHeads, nPos, lanes } = c;
  const values = patternsOf(nHeads, nPos, 3);

  test('the sums over the queries are the scores of the twin', async () => {
    const { tokenIds, sums } = await sumsOf(c, values, values);
    const truth = headScores({ shape: [nHeads, nPos, nPos], values }, tokenIds);
    const queries = scoredQueries(tokenIds);
    const nRoundings = nPos + Math.ceil(nPos / lanes) + lanes;
    for (let head = 0; head < nHeads; head++) {
      HEAD_SCORES.forEach((score, at) => {
        const expected = truth[score][head] ?? Number.NaN;
        const ours = (sums[head * SUMS_PER_HEAD + at] ?? Number.NaN) / queries[score];
        const bound = score === 'entropy' ? meanEntropyBound : meanShareBound;
        if (Number.isNaN(expected)) expect(ours, score).toBeNaN();
        else
          expect(Math.abs(ours - expected), `${score} of head ${head}`).toBeLessThanOrEqual(
            bound(nRoundings, expected),
          );
      });
    }
  });

  test('the largest difference from another pattern is exact', async () => {
    const other = patternsOf(nHeads, nPos, 4);
    const { sums } = await sumsOf(c, values, other);
    for (let head = 0; head < nHeads; head++) {
      let most = 0;
      for (let i = head * nPos * nPos; i < (head + 1) * nPos * nPos; i++) {
        most = Math.max(most, Math.fround(Math.abs((values[i] ?? 0) - (other[i] ?? 0))));
      }
      expect(sums[head * SUMS_PER_HEAD + 6]).toBe(most);
    }
  });
});
