import { beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { bitsOf, departure, laidOut, planned, runForOne, seeded, vector } from '../../../test/support/kernels.ts';
import { rotaryTable } from '../checkpoint/rotaryTable.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { rotary as rotaryTwin } from '../reference/rotary.ts';
import { rotaryBound } from '../tensor/tolerances.ts';
import { repeatHeads, rotary } from './heads.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

type Turn = {
  readonly batch: number;
  readonly nPos: number;
  readonly heads: number;
  readonly dHead: number;
  readonly dim: number;
};
type Style = 'half' | 'interleaved';

/** x as a view into a wider row, as q is in a fused q, k, v: 4 elements before, NaN around. */
async function turned({ batch, nPos, heads, dHead, dim }: Turn, style: Style, values: Float32Array) {
  const [rows, xRowStride] = [batch * nPos, Math.ceil((heads * dHead) / 4) * 4 + 8];
  const x = planned('x', [rows, heads, dHead], [xRowStride, dHead, 1], 4);
  const y = planned('y', [rows, heads, dHead]);
  const angles = rotaryTable({ base: 10_000, dim, style, scaling: null }, nPos);
  const cosSin = Float32Array.from({ length: nPos * dim }, (_, i) => (i % 2 ? angles.sin : angles.cos)[i >> 1] ?? 0);
  const table = vector('table', cosSin);
  const dispatch = rotary({
    x,
    xRowStride,
    xHeadStride: dHead,
    y,
    yRowStride: y.strides[0] ?? 0,
    table: table[0],
    rows,
    nPos,
    heads,
    dHead,
    rotaryDim: dim,
    interleaved: style === 'interleaved',
  });
  const ours = await runForOne(gpu, { uploads: [laidOut(x, values), table], dispatches: [dispatch], results: [y] });
  const rowLength = nPos * heads * dHead;
  const twins = Array.from({ length: batch }, (_, prompt) => {
    const part = Float64Array.from(values.subarray(prompt * rowLength, (prompt + 1) * rowLength));
    return [...rotaryTwin({ shape: [nPos, heads, dHead], values: part }, style, angles).values];
  });
  return { ours, truth: Float64Array.from(twins.flat()) };
}

/** The other element of the pair that element i of a head is turned with. */
function partner(i: number, dim: number, style: Style): number {
  if (style === 'interleaved') return i ^ 1;
  return (i + dim / 2) % dim;
}

const TURNS: readonly Turn[] = [
  { batch: 1, nPos: 5, heads: 2, dHead: 16, dim: 16 },
  { batch: 1, nPos: 1, heads: 2, dHead: 16, dim: 16 },
  { batch: 1, nPos: 5, heads: 1, dHead: 16, dim: 16 },
  { batch: 1, nPos: 5, heads: 2, dHead: 16, dim: 2 },
  { batch: 1, nPos: 5, heads: 3, dHead: 11, dim: 6 },
  { batch: 1, nPos: 5, heads: 2, dHead: 80, dim: 20 },
  { batch: 1, nPos: 5, heads: 7, dHead: 9, dim: 8 }, // 63 elements a row
  { batch: 1, nPos: 5, heads: 5, dHead: 13, dim: 12 }, // 65
  { batch: 1, nPos: 67, heads: 2, dHead: 16, dim: 16 },
  { batch: 3, nPos: 5, heads: 2, dHead: 16, dim: 16 },
];

describe.each(['half', 'interleaved'] as const)('%s pairs', (style) => {
  test.each(TURNS)(
    '$batch × $nPos positions, $heads heads of $dHead, $dim turned: within the bound; the rest keeps its bits',
    async (turn) => {
      const { dHead, dim } = turn;
      const shape = [turn.batch * turn.nPos, turn.heads, dHead];
      const values = seeded(turn.batch * turn.nPos * turn.heads * dHead, 1);
      const { ours, truth } = await turned(turn, style, values);
      const allowed = (at: number) => {
        const i = at % dHead;
        if (i >= dim) return 0;
        const other = at - i + partner(i, dim, style);
        return rotaryBound(Math.abs(values[at] ?? Number.NaN) + Math.abs(values[other] ?? Number.NaN));
      };
      expect(departure({ shape, ours, truth, allowed })).toBeNull();
    },
  );
});

test('position 0 is not turned at all, to the bit', async () => {
  const values = seeded(2 * 16, 2);
  const { ours } = await turned({ batch: 1, nPos: 1, heads: 2, dHead: 16, dim: 16 }, 'half', values);
  expect(bitsOf(ours)).toEqual(bitsOf(values));
});

type Repeat = { readonly rows: number; readonly heads: number; readonly repeats: number; readonly d: number };

const REPEATS: readonly Repeat[] = [
  { rows: 5, heads: 8, repeats: 4, d: 64 },
  { rows: 1, heads: 8, repeats: 4, d: 64 },
  { rows: 5, heads: 8, repeats: 1, d: 64 },
  { rows: 5, heads: 8, repeats: 8, d: 64 },
  { rows: 5, heads: 9, repeats: 3, d: 64 },
  { rows: 5, heads: 8, repeats: 4, d: 1 },
  { rows: 5, heads: 8, repeats: 4, d: 63 },
  { rows: 5, heads: 8, repeats: 4, d: 65 },
  { rows: 67, heads: 8, repeats: 4, d: 131 },
];

/** Bits of every kind: random ones, and among them NaN payloads, −0, infinities and subnormals. */
function anyBits(count: number): Uint32Array<ArrayBuffer> {
  const special = [0x7fc00001, 0xffa12345, 0x80000000, 0x7f800000, 0xff800000, 1, 0x807fffff];
  const random = new Uint32Array(seeded(count, 3).buffer);
  return random.map((bits, i) => (i % 3 === 0 ? (special[(i / 3) % special.length] ?? bits) : bits));
}

test.each(REPEATS)('repeating $rows rows of $heads / $repeats heads of $d copies every bit', async (c) => {
  const { rows, heads, repeats, d } = c;
  const xHeadStride = Math.ceil(d / 4) * 4;
  const x = planned('x', [rows, heads / repeats, d], [(heads / repeats) * xHeadStride + 4, xHeadStride, 1], 8);
  const y = planned('y', [rows, heads, d], [heads * (d + 1), d + 1, 1]);
  const bits = anyBits((rows * heads * d) / repeats);
  const span = new Uint32Array(x.slot.byteLength / 4);
  const at = (row: number, head: number) => row * (x.strides[0] ?? 0) + head * xHeadStride;
  const expected = new Uint32Array(rows * heads * d);
  for (let row = 0; row < rows; row++) {
    for (let head = 0; head < heads; head++) {
      const from = Math.floor(head / repeats);
      const part = bits.subarray((row * (heads / repeats) + from) * d, (row * (heads / repeats) + from + 1) * d);
      span.set(part, 8 + at(row, from));
      expected.set(part, (row * heads + head) * d);
    }
  }
  const dispatch = repeatHeads({
    ...c,
    x,
    xRowStride: x.strides[0] ?? 0,
    xHeadStride,
    y,
    yRowStride: y.strides[0] ?? 0,
    yHeadStride: y.strides[1] ?? 0,
  });
  const ours = await runForOne(gpu, { uploads: [[x.slot, span]], dispatches: [dispatch], results: [y] });
  expect(bitsOf(ours)).toEqual(expected);
});
