// Which way a picture goes, and that it is the same picture. Node has no canvas: the stand-in's textures are real ones of the test's GPU.
import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../test/support/gpu.ts';
import { BufferSlot } from '../engine/gpu/gpuTensor.ts';
import { type Gpu, gpuOf, type MatrixPainting, PAINTED_FORMAT, PaintedMatrix } from '../engine/index.ts';
import { type Canvases, Presenter } from './presenter.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

const [WIDTH, HEIGHT] = [5, 3];
const PAINTING: MatrixPainting = {
  ...{ level: 0, columns: new Uint32Array(WIDTH), rows: new Uint32Array(HEIGHT), isMagnitude: false },
  ...{ firsts: Int32Array.of(-0x80000000), colours: Uint32Array.of(0xff112233) },
  ...{ zero: 2, nan: 3, masked: 1, ground: { mask: 0, stroke: 0, paper: 0xff445566, dot: 0xff778899, nan: 0 } },
};

/** One cell that is exactly 0: paper with dots. */
async function painted(): Promise<PaintedMatrix> {
  const slot = new BufferSlot('cell', 4);
  await gpu.allocate([slot]);
  const picture = await PaintedMatrix.make(gpu, { slot, offset: 0, extent: 1 }, PAINTING);
  slot.destroy();
  return picture;
}

const { paper: PAPER, dot: DOT } = PAINTING.ground;
const EXPECTED = [DOT, DOT, PAPER, PAPER, PAPER, DOT, DOT, PAPER, PAPER, PAPER, PAPER, PAPER, PAPER, PAPER, PAPER];

async function wordsOf(texture: GPUTexture): Promise<number[]> {
  const staging = gpu.device.createBuffer({
    size: 256 * HEIGHT,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  });
  const encoder = gpu.device.createCommandEncoder();
  encoder.copyTextureToBuffer({ texture }, { buffer: staging, bytesPerRow: 256 }, [WIDTH, HEIGHT]);
  gpu.device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const words = new Uint32Array(staging.getMappedRange());
  const rows = Array.from({ length: HEIGHT }, (_, y) => [...words.subarray(64 * y, 64 * y + WIDTH)]);
  staging.destroy();
  return rows.flat();
}

/** Canvases whose bitmap is the texture itself; `hasContext` false: that give none. */
function standIn(works: boolean, hasContext = true) {
  const tried: number[] = [];
  const configured: unknown[] = [];
  const context = {
    configure: (how: unknown) => configured.push(how),
    texture: null as GPUTexture | null,
    getCurrentTexture: () => {
      const usage = GPUTextureUsage.COPY_DST | GPUTextureUsage.COPY_SRC;
      context.texture = gpu.device.createTexture({ size: [WIDTH, HEIGHT], format: PAINTED_FORMAT, usage });
      return context.texture;
    },
  };
  const canvas = { getContext: () => (hasContext ? context : null), transferToImageBitmap: () => context.texture };
  const canvases = {
    make: () => canvas,
    tryOne: async () => {
      tried.push(1);
      return works;
    },
  };
  return { canvases: canvases as unknown as Canvases, tried, configured }; // of a canvas, what the presenter calls
}

const [SOFTWARE, HARDWARE] = [true, false];

test('on a software adapter, and where a reader wants it so, pixels are read back and no context is tried', async () => {
  const { canvases, tried } = standIn(true);
  const presenter = new Presenter(canvases);
  const ways = [[SOFTWARE, 'auto'] as const, [HARDWARE, 'readback'] as const];
  for (const [on, how] of ways) {
    const { content, widthPx, heightPx } = await presenter.present(await painted(), how, on);
    expect([widthPx, heightPx]).toEqual([WIDTH, HEIGHT]);
    expect(content).toBeInstanceOf(Uint8ClampedArray);
    if (content instanceof Uint8ClampedArray) expect([...new Uint32Array(content.buffer)]).toEqual(EXPECTED);
  }
  expect(tried).toEqual([]);
});

test('the first picture waits for no trial; where it says yes, the next go by one context, with the same pixels', async () => {
  const { canvases, tried, configured } = standIn(true);
  const presenter = new Presenter(canvases);
  const first = await presenter.present(await painted(), 'auto', HARDWARE);
  expect(first.content).toBeInstanceOf(Uint8ClampedArray);
  for (let turn = 0; turn < 2; turn++) {
    const { content } = await presenter.present(await painted(), 'auto', HARDWARE);
    expect(content).not.toBeInstanceOf(Uint8ClampedArray);
    expect(await wordsOf(content as unknown as GPUTexture)).toEqual(EXPECTED); // the stand-in's bitmap
  }
  expect([tried.length, configured.length]).toEqual([1, 1]);
  expect(configured[0]).toMatchObject({
    format: 'rgba8unorm',
    alphaMode: 'premultiplied',
    usage: GPUTextureUsage.COPY_DST,
  });
});

test.each([
  ['the trial says no', standIn(false)],
  ['there is no context after all', standIn(true, false)],
])(
  'where %s, pixels are read back, also where a context is asked for, and it is tried once',
  async (_, { canvases, tried }) => {
    const presenter = new Presenter(canvases);
    for (let turn = 0; turn < 2; turn++) {
      const { content } = await presenter.present(await painted(), 'context', SOFTWARE);
      expect(content).toBeInstanceOf(Uint8ClampedArray);
    }
    expect(tried).toHaveLength(1);
  },
);
