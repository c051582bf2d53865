// What the GPU paints is what the page draws, byte for byte: of every scale, every texture, at any distance, at odd sizes.
import { beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { seeded, vector } from '../../../test/support/kernels.ts';
import { pooledMatrix } from '../../engine/analysis/pooledMatrix.ts';
import { PAINTED_FORMAT, PaintedMatrix } from '../../engine/experiment/heads/paintedMatrix.ts';
import { type Gpu, gpuOf } from '../../engine/gpu/device.ts';
import { rowPixels } from '../../engine/kernels/paintMatrix.ts';
import { type Cells, extentOf, pixelAt } from '../pattern/cells.ts';
import { windowPainting } from '../pattern/windowPainting.ts';
import { STEPS, stepAt } from './colour.ts';
import { coloursOf } from './painting.ts';
import { drawWindow } from './raster.ts';
import { magnitudeScale, patternScale, scoreScale, signedScale, type ValueScale } from './valueScale.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

const N_POS = 70; // three levels
const GROUND = { mask: 0xff101010, stroke: 0xff202020, paper: 0xff303030, dot: 0xff404040, nan: 0xff505050 };
const NASTY = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** -149, -(2 ** -149), 3e38];

/** A matrix of all magnitudes and signs, with everything in it that has a texture. */
function matrixOf(isSigned: boolean): Float32Array<ArrayBuffer> {
  const [values, powers] = [seeded(N_POS * N_POS, 9), seeded(N_POS * N_POS, 10, 12)];
  return values.map((value, i) => {
    if (i % 13 === 0) return NASTY[(i / 13) % NASTY.length] ?? 0;
    return (isSigned ? value : Math.abs(value)) * 2 ** -Math.abs(Math.round(powers[i] ?? 0));
  });
}

const cividis = { isCividis: true, isFit: false };
const SCALES: readonly (readonly [name: string, side: Cells['side'], scale: ValueScale])[] = [
  ['attention, viridis', 'a', patternScale()],
  ['attention, cividis, fitted', 'b', patternScale(cividis, 0.37)],
  ['scores on both sides of 0', 'a', scoreScale(-0.7, 0.9)],
  ['scores of one value', 'a', scoreScale(0.25, 0.25, cividis)],
  ['signed differences', 'delta', signedScale(0.8)],
  ['no difference', 'delta', signedScale(0)],
  ['magnitudes', 'absDelta', magnitudeScale(2 ** -149, 1, 1e-4)],
  ['magnitudes of 0', 'absDelta', magnitudeScale(0, 0, 0)],
];

const WINDOWS = [
  { what: 'a cell has many pixels, with gaps', window: { top: 41, left: 33, span: 8 }, side: 127, ratio: 1.5 },
  { what: 'the whole, at an odd size', window: { top: 0, left: 0, span: N_POS }, side: 83, ratio: 1 },
  { what: 'many cells are a pixel', window: { top: 0, left: 0, span: N_POS }, side: 23, ratio: 1 },
  { what: 'a pooled window that begins within a cell', window: { top: 13, left: 7, span: 51 }, side: 40, ratio: 2.625 },
] as const;

function cellsOf(side: Cells['side'], scale: ValueScale): Cells {
  const isSigned = side !== 'b' && scale.title !== 'attention';
  return { nPos: N_POS, side, scale, ...pooledMatrix(matrixOf(isSigned), N_POS) };
}

/** As CellsCanvas draws it. */
function drawn(cells: Cells, at: (typeof WINDOWS)[number]) {
  const { painting, view, gapPx } = windowPainting(cells, at.window, {
    side: at.side,
    ratio: at.ratio,
    ground: GROUND,
  });
  const [widthPx, heightPx] = [painting.columns.length, painting.rows.length];
  const pixels = new Uint32Array(widthPx * heightPx);
  drawWindow({ pixels, widthPx, heightPx, gapPx, ground: GROUND }, view, (q, k) =>
    pixelAt(cells, painting.level, q, k),
  );
  return { painting, pixels };
}

async function paint(cells: Cells, at: (typeof WINDOWS)[number]) {
  const { painting, pixels } = drawn(cells, at);
  const [slot, values] = vector('level', Float32Array.from(cells.levels[painting.level] ?? []));
  await gpu.allocate([slot]);
  gpu.device.queue.writeBuffer(slot.buffer, 0, values);
  const painted = await PaintedMatrix.make(gpu, { slot, offset: 0, extent: extentOf(cells, painting.level) }, painting);
  return { painted, expected: pixels, free: () => [painted, slot].map((each) => each.destroy()) };
}

/** The first pixel that is another one, and both its words; null where all are the same. */
function firstApart(bytes: ArrayBuffer, expected: Uint32Array, widthPx: number): string | null {
  const ours = new Uint32Array(bytes);
  if (ours.length !== expected.length) return `${ours.length} pixels, not ${expected.length}`;
  const at = ours.findIndex((pixel, i) => pixel !== expected[i]);
  if (at < 0) return null;
  return `[${Math.floor(at / widthPx)}, ${at % widthPx}]: ${ours[at]?.toString(16)}, not ${expected[at]?.toString(16)}`;
}

describe.each(SCALES)('%s', (_, side, scale) => {
  test.each(WINDOWS)('painted as the page draws it: $what', async (at) => {
    const { painted, expected, free } = await paint(cellsOf(side, scale), at);
    const ours = await painted.read();
    free();
    expect([painted.widthPx, painted.heightPx]).toEqual([
      Math.round(at.side * at.ratio),
      Math.round(at.side * at.ratio),
    ]);
    expect(firstApart(ours.buffer, expected, painted.widthPx)).toBeNull();
  });
});

test('the windows go through every level and texture', () => {
  const cells = cellsOf('a', patternScale());
  expect(WINDOWS.map((at) => drawn(cells, at).painting.level)).toEqual([0, 0, 2, 1]);
  const words = new Set(WINDOWS.flatMap((at) => [...drawn(cells, at).pixels]));
  for (const colour of [0, ...Object.values(GROUND)].filter((each) => each !== GROUND.paper))
    expect(words).toContain(colour);
});

test('a texture that is filled with the pixels, as a canvas is, holds the same bytes', async () => {
  const [at] = WINDOWS;
  const { painted, expected, free } = await paint(cellsOf('delta', signedScale(0.8)), at);
  const { widthPx, heightPx } = painted;
  const extent = [widthPx, heightPx] as const;
  const usage = GPUTextureUsage.COPY_DST | GPUTextureUsage.COPY_SRC;
  const texture = gpu.device.createTexture({ size: extent, format: PAINTED_FORMAT, usage });
  painted.copyTo(texture);
  const bytesPerRow = 4 * rowPixels(widthPx);
  const flags = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
  const staging = gpu.device.createBuffer({ size: bytesPerRow * heightPx, usage: flags });
  const encoder = gpu.device.createCommandEncoder();
  encoder.copyTextureToBuffer({ texture }, { buffer: staging, bytesPerRow }, extent);
  gpu.device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const mapped = new Uint32Array(staging.getMappedRange());
  const rows = Array.from({ length: heightPx }, (_, y) => [
    ...mapped.subarray(y * (bytesPerRow / 4)).subarray(0, widthPx),
  ]);
  expect(firstApart(Uint32Array.from(rows.flat()).buffer, expected, widthPx)).toBeNull();
  staging.destroy();
  texture.destroy();
  free();
});

test('a colour is used from the first f32 on that the scale gives it, and not from the one before', () => {
  const ordered = new Int32Array(1);
  const float = new Float32Array(ordered.buffer);
  const stepOf = (scale: ValueScale, at: number) => {
    ordered[0] = at < 0 ? at ^ 0x7fffffff : at;
    return stepAt(scale.position(float[0] ?? 0));
  };
  for (const [, , scale] of SCALES) {
    const { firsts, colours } = coloursOf(scale);
    expect([firsts.length, colours.length]).toEqual([STEPS, STEPS]);
    const used = [...firsts.entries()].filter(([, first]) => Math.abs(first) < 0x7f800000);
    for (const [step, first] of used) {
      expect(stepOf(scale, first)).toBeGreaterThanOrEqual(step);
      expect(stepOf(scale, first - 1)).toBeLessThan(step);
    }
  }
});
