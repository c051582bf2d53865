import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { panelWords, plannedPanels, rounded, runForOne, seeded } from '../../../test/support/kernels.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { BufferSlot } from '../gpu/gpuTensor.ts';
import { bf16ToF32Bits, f16ToF32Bits, narrowFromF32 } from '../tensor/bits.ts';
import type { WeightDtype } from '../tensor/dtype.ts';
import { groupRange, type PanelMatrix } from './gpuWeight.ts';
import { layoutWeight, type SourceView } from './layoutWeight.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

type Source = { readonly dtype: WeightDtype; readonly words: Uint32Array<ArrayBuffer>; readonly base?: number };
type Part = { readonly view: SourceView; readonly target: PanelMatrix };

/**
 * Lays parts of a tensor out piece by piece: it is cut at those elements, each piece lies at an odd place of a buffer of its own,
 * and the last piece comes first. Reads the whole target back, as words.
 */
async function layOutInPieces(
  values: Float32Array<ArrayBuffer>,
  dtype: WeightDtype,
  cuts: readonly number[],
  parts: readonly Part[],
): Promise<Uint32Array> {
  const slot = parts[0]?.target.slot ?? new BufferSlot('none', 16);
  const ends = [...cuts, values.length];
  const pieces = ends.map((end, at) => {
    const base = ends[at - 1] ?? 0;
    const first = 2 * at + 1;
    const held = new Float32Array(first + end - base).fill(Number.NaN); // what lies before a piece must not be read
    held.set(values.subarray(base, end), first);
    const words = fileWords(held, dtype);
    return {
      words,
      source: { slot: new BufferSlot('piece', words.byteLength), dtype, base, elements: end - base, first },
    };
  });
  const dispatches = pieces
    .reverse()
    .flatMap(({ source }) => parts.flatMap(({ view, target }) => layoutWeight({ label: 'W', source, view, target })));
  const all = { label: 'W', slot, shape: [slot.byteLength / 4], strides: [1], offset: 0 };
  const uploads = pieces.map(({ source, words }) => [source.slot, words] as const);
  return new Uint32Array((await runForOne(gpu, { uploads, dispatches, results: [all] })).buffer);
}

/** Lays parts of one source out in one buffer and reads the whole buffer back, as words. */
async function layOut({ dtype, words, base = 0 }: Source, parts: readonly Part[]): Promise<Uint32Array> {
  const source = new BufferSlot('source', words.byteLength);
  const slot = parts[0]?.target.slot ?? new BufferSlot('none', 16);
  const elements = words.length * (dtype === 'f32' ? 1 : 2);
  const piece = { slot: source, dtype, base, elements, first: 0 };
  const dispatches = parts.flatMap(({ view, target }) => layoutWeight({ label: 'W', source: piece, view, target }));
  const all = { label: 'W', slot, shape: [slot.byteLength / 4], strides: [1], offset: 0 };
  const result = await runForOne(gpu, { uploads: [[source, words]], dispatches, results: [all] });
  return new Uint32Array(result.buffer);
}

/** The words of a tensor as a file holds it; an odd count of 16-bit values ends with a zero. */
function fileWords(values: Float32Array<ArrayBuffer>, dtype: WeightDtype): Uint32Array<ArrayBuffer> {
  if (dtype === 'f32') return new Uint32Array(values.buffer);
  const halves = new Uint16Array(Math.ceil(values.length / 2) * 2);
  halves.set(narrowFromF32(values, dtype));
  return new Uint32Array(halves.buffer);
}

/** The matrix [rows, columns] that a view shows of a tensor: its formula, element by element. */
function viewed(values: Float32Array, view: SourceView, rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const [k, n] = [Math.floor(i / columns), i % columns];
    const group = Math.floor(n / view.columnsPerGroup) * view.groupStride;
    return values[view.offset + k * view.rowStride + group + (n % view.columnsPerGroup) * view.columnStride] ?? 0;
  });
}

const linear = (rows: number, columns: number): SourceView => {
  return { offset: 0, rowStride: 1, columnStride: rows, columnsPerGroup: columns, groupStride: 0 };
};
const conv1d = (columns: number): SourceView => {
  return { offset: 0, rowStride: columns, columnStride: 1, columnsPerGroup: columns, groupStride: 0 };
};

const DTYPES = ['f32', 'f16', 'bf16'] as const;
const SHAPES = [
  { rows: 16, groups: 2, groupColumns: 16 },
  { rows: 1, groups: 2, groupColumns: 16 },
  { rows: 67, groups: 2, groupColumns: 16 },
  { rows: 16, groups: 1, groupColumns: 1 },
  { rows: 16, groups: 3, groupColumns: 11 },
  { rows: 16, groups: 3, groupColumns: 20 },
  { rows: 15, groups: 5, groupColumns: 7 },
  { rows: 17, groups: 5, groupColumns: 9 },
];

for (const dtype of DTYPES) {
  test.each(SHAPES)(
    `${dtype} [$rows, $groups · $groupColumns]: Linear and Conv1D reach their panels`,
    async (shape) => {
      const { rows, groups, groupColumns } = shape;
      const columns = groups * groupColumns;
      const values = seeded(rows * columns, 1);
      for (const view of [linear(rows, columns), conv1d(columns)]) {
        const target = plannedPanels(rows, groups, groupColumns, dtype);
        const words = await layOut({ dtype, words: fileWords(values, dtype) }, [{ view, target }]);
        expect(words).toEqual(panelWords(target, viewed(values, view, rows, columns)));
      }
    },
  );

  test(`${dtype}: an interleaved query_key_value becomes W_Q | W_K | W_V`, async () => {
    const [dModel, heads, dHead] = [22, 3, 11];
    const values = seeded(heads * 3 * dHead * dModel, 2); // [heads, 3, d_head, d_model]
    const target = plannedPanels(dModel, 3 * heads, dHead, dtype);
    const parts = [0, 1, 2].map((part) => ({
      view: {
        offset: part * dHead * dModel,
        rowStride: 1,
        columnStride: dModel,
        columnsPerGroup: dHead,
        groupStride: 3 * dHead * dModel,
      },
      target: groupRange(target, part * heads, heads),
    }));
    const each = parts.map(({ view }) => viewed(values, view, dModel, heads * dHead));
    const sideBySide = Float32Array.from({ length: dModel * 3 * heads * dHead }, (_, i) => {
      const [k, n] = [Math.floor(i / (3 * heads * dHead)), i % (3 * heads * dHead)];
      const part = Math.floor(n / (heads * dHead));
      return each[part]?.[k * heads * dHead + (n % (heads * dHead))] ?? Number.NaN;
    });
    expect(await layOut({ dtype, words: fileWords(values, dtype) }, parts)).toEqual(panelWords(target, sideBySide));
  });
}

test.each(['f16', 'bf16'] as const)('%s beside another dtype is widened to f32, exactly', async (dtype) => {
  const target = plannedPanels(17, 3, 11, 'f32');
  const values = seeded(17 * 33, 3);
  const view = linear(17, 33);
  const words = await layOut({ dtype, words: fileWords(values, dtype) }, [{ view, target }]);
  expect(words).toEqual(panelWords(target, viewed(rounded(values, dtype), view, 17, 33)));
});

test.each([
  ['f16', f16ToF32Bits, 0x7c00],
  ['bf16', bf16ToF32Bits, 0x7f80],
] as const)(
  'every finite %s widens to its own bits, subnormals too where f32 holds them as normal',
  async (dtype, widen, infinity) => {
    const halves = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
    const target = plannedPanels(8192, 1, 8, 'f32'); // eight columns: panels are the matrix itself
    const words = await layOut({ dtype, words: new Uint32Array(halves.buffer) }, [{ view: conv1d(8), target }]);
    const wrong = [...halves].filter((half) => {
      const [exact, magnitude] = [widen(half), half & 0x7fff];
      const mayFlush = (exact & 0x7f800000) === 0; // a subnormal f32: WGSL allows 0
      return magnitude < infinity && words[half] !== exact && !(mayFlush && ((words[half] ?? 1) & 0x7fffffff) === 0);
    });
    expect(wrong.map((half) => half.toString(16))).toEqual([]);
  },
);

test.each(DTYPES)('%s: pieces cut anywhere, in any order, give the panels of the whole', async (dtype) => {
  for (const { rows, groups, groupColumns } of SHAPES) {
    const columns = groups * groupColumns;
    const values = seeded(rows * columns, 6);
    const cuts = [0.11, 0.37, 0.38, 0.8].map((share) => Math.floor(share * values.length));
    for (const view of [linear(rows, columns), conv1d(columns)]) {
      const target = plannedPanels(rows, groups, groupColumns, dtype);
      const words = await layOutInPieces(values, dtype, cuts, [{ view, target }]);
      expect(words).toEqual(panelWords(target, viewed(values, view, rows, columns)));
    }
  }
});

test.each(DTYPES)('%s: a source that begins at a later element of its tensor gives the same panels', async (dtype) => {
  const [rows, columns, base] = [9, 10, 30];
  const values = seeded(rows * columns + base, 4);
  const view = { ...conv1d(columns), offset: base };
  const target = plannedPanels(rows, 1, columns, dtype);
  const tail = fileWords(values.slice(base), dtype);
  const words = await layOut({ dtype, words: tail, base }, [{ view, target }]);
  expect(words).toEqual(panelWords(target, viewed(values, view, rows, columns)));
});

test('a matrix of more than 65,535 workgroups is laid out whole', async () => {
  const [rows, columns] = [4, 1_048_600]; // 4,194,400 words: 65,538 workgroups of 64
  const values = seeded(rows * columns, 5);
  const target = plannedPanels(rows, 1, columns, 'f32');
  const words = await layOut({ dtype: 'f32', words: fileWords(values, 'f32') }, [{ view: conv1d(columns), target }]);
  const expected = panelWords(target, values);
  expect(words.length).toBe(expected.length);
  expect(words.findIndex((word, i) => word !== expected[i])).toBe(-1);
});
