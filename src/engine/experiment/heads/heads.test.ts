// Heads of a prompt whose patterns are not kept: made again, they are those that would have been kept, bit for bit.
import { beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../../test/support/gpu.ts';
import { bitsOf } from '../../../../test/support/kernels.ts';
import { randomArchitecture, randomCheckpoint } from '../../../../test/support/randomModel.ts';
import { headScores } from '../../analysis/headScores.ts';
import { matrixDifference, rangeOf } from '../../analysis/pooledMatrix.ts';
import type { CaptureRequest } from '../../capture/captureRequest.ts';
import { HeldCapture } from '../../capture/heldCapture.ts';
import { type Gpu, gpuOf } from '../../gpu/device.ts';
import { blockHook } from '../../hooks/hookName.ts';
import type { FinishedRun } from '../../model/attendAgain.ts';
import { loadModel } from '../../model/loadModel.ts';
import type { Model } from '../../model/model.ts';
import { prepareRun } from '../../model/prepareRun.ts';
import type { ForwardSpec } from '../../model/runContext.ts';
import { headThumbnail } from '../../reference/headThumbnails.ts';
import { headAtlas, thumbnailExtent } from './headAtlas.ts';
import { headMatrix } from './headMatrix.ts';
import { HeldHead } from './heldHead.ts';
import { keptHooks } from './keptHooks.ts';
import type { MatrixPainting } from './paintedMatrix.ts';

const CANONICAL: ForwardSpec = { qkv: 'fused', kv: 'broadcast', order: { kind: 'canonical' } };
const REVERSED: ForwardSpec = { ...CANONICAL, order: { kind: 'reversed' } };
const N_POS = 21;

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

function zip<K, V>(keys: readonly K[], values: readonly V[]): [K, V][] {
  return keys.flatMap((key, at): [K, V][] => {
    const value = values[at];
    return value === undefined ? [] : [[key, value]];
  });
}

function promptOf({ config }: Model): number[] {
  return Array.from({ length: N_POS }, (_, i) => ((i % 9) * 31 + 2) % config.dVocab);
}

/** Runs with these hooks kept; the run lasts as long as the model. */
async function finished(model: Model, spec: ForwardSpec, capture: CaptureRequest) {
  const run = await prepareRun({ model, spec, batch: 1, nPos: N_POS, capture, headInputs: 'shared' });
  await run.execute(promptOf(model));
  return { config: model.config, spec, capture: run.capture } satisfies FinishedRun;
}

const PORTABLE_BF16: ForwardSpec = {
  ...CANONICAL,
  numerics: { arithmetic: 'portable', precision: 'bf16', bias: 'inside' },
};

const CASES = [
  { name: 'llama3_rope', what: 'grouped heads, rotary', spec: CANONICAL },
  { name: 'llama3_rope', what: 'split, repeat_kv materialised', spec: { ...CANONICAL, qkv: 'split', kv: 'repeat' } },
  { name: 'llama3_rope', what: 'online softmax', spec: { ...CANONICAL, softmax: 'online' } },
  { name: 'llama3_rope', what: 'portable, bf16', spec: PORTABLE_BF16 },
  { name: 'gpt2', what: 'learned positions: q and k are not turned', spec: CANONICAL },
  { name: 'bloom', what: 'ALiBi', spec: CANONICAL },
  { name: 'gemma2', what: 'soft caps and sliding windows', spec: CANONICAL },
  { name: 'gemma3', what: 'q and k normalised head for head', spec: CANONICAL },
] as const satisfies readonly { name: string; what: string; spec: ForwardSpec }[];

describe.each(CASES)('$name: $what', ({ name, spec }) => {
  test('every head made again has the bits that are kept, and so has the atlas', async () => {
    const model = await loadModel(gpu, await randomArchitecture(name));
    const { nLayers, nHeads } = model.config;
    const { capture, note } = keptHooks(model.config, N_POS, [], 0);
    const [kept, remade] = [await finished(model, spec, 'standard'), await finished(model, spec, capture)];
    expect(note).toContain('made again, bit for bit');
    expect(remade.capture.tensor(blockHook(0, 'attn.hook_pattern'))).toBeUndefined();
    for (const show of ['pattern', 'scores', 'weighted'] as const) {
      for (let head = 0; head < nHeads; head++) {
        const at = { show, layer: nLayers - 1, head };
        const [ours, theirs] = [await headMatrix(remade, at, N_POS), await headMatrix(kept, at, N_POS)];
        expect(bitsOf(ours ?? new Float32Array()), `${show} of head ${head}`).toEqual(
          bitsOf(theirs ?? new Float32Array(1)),
        );
      }
    }
    const prompt = promptOf(model);
    const atlas = await headAtlas(kept, remade, prompt);
    expect(atlas?.maxAbsDelta).toEqual(new Array(nLayers * nHeads).fill(0));
    expect(await headAtlas(remade, kept, prompt)).toEqual(atlas);
    model.destroy();
  });
});

describe('the atlas of kept patterns', () => {
  test('has the thumbnails and the scores of each layer', async () => {
    const shape = { dHead: 8, nHeads: 4, nKeyValueHeads: 2, nLayers: 3, dVocab: 97, dMlp: 11 };
    const model = await loadModel(gpu, await randomCheckpoint(shape));
    const run = await finished(model, CANONICAL, 'standard');
    const reversed = await finished(model, REVERSED, 'standard');
    const prompt = promptOf(model);
    const atlas = await headAtlas(run, reversed, prompt);
    const extent = atlas?.extent ?? 0;
    for (let layer = 0; layer < 3; layer++) {
      const [pattern] = await run.capture.read([blockHook(layer, 'attn.hook_pattern')]);
      if (!pattern || !atlas) throw new Error('nothing was read');
      const truth = headScores(pattern, prompt);
      for (let head = 0; head < 4; head++) {
        const at = layer * 4 + head;
        const matrix = pattern.values.subarray(head * N_POS * N_POS, (head + 1) * N_POS * N_POS);
        const ours = atlas.values.subarray(at * extent * extent, (at + 1) * extent * extent);
        expect(bitsOf(ours)).toEqual(bitsOf(headThumbnail(matrix, N_POS, extent)));
        expect(atlas.scores.induction[at]).toBeCloseTo(truth.induction[head] ?? Number.NaN, 5);
      }
    }
    expect(Math.max(...(atlas?.maxAbsDelta ?? []))).toBeGreaterThan(0);
    model.destroy();
  });

  test('is smaller a head the more heads there are, and never larger than the prompt', () => {
    expect(thumbnailExtent(15, 32)).toBe(15);
    expect(thumbnailExtent(512, 32)).toBe(64);
    expect(thumbnailExtent(512, 24 * 16)).toBe(52);
    expect(thumbnailExtent(512, 10_000)).toBe(16);
  });
});

describe('a head that stays on the GPU', () => {
  test.each(['pattern', 'scores'] as const)(
    'has the %s, ranges and pixels that values read would give',
    async (show) => {
      const model = await loadModel(gpu, await randomArchitecture('llama3_rope'));
      const { capture } = keptHooks(model.config, N_POS, [], 0);
      const runs = { a: await finished(model, CANONICAL, 'standard'), b: await finished(model, REVERSED, capture) }; // kept, made again
      const at = { show, layer: 1, head: 1 };
      const read = { a: await headMatrix(runs.a, at, N_POS), b: await headMatrix(runs.b, at, N_POS) };
      const before = gpu.memory.liveBytes;
      const held = await HeldHead.make(runs, at, N_POS);
      if (!held || !read.a || !read.b) throw new Error('both runs have it');
      expect(await held.read()).toEqual(read);
      const delta = matrixDifference(read.a, read.b);
      const matrices = { ...read, delta };
      for (const side of ['a', 'b', 'delta'] as const) {
        const matrix = matrices[side] ?? delta;
        expect(held.ranges[side]).toEqual(rangeOf(matrix, N_POS));
        const painted = await held.paint(side, SIGNS);
        expect(new Uint32Array((await painted.read()).buffer)).toEqual(signsOf(matrix));
        painted.destroy();
      }
      expect(held.ranges.delta?.high).toBeGreaterThan(0);
      held.destroy();
      expect(gpu.memory.liveBytes).toBe(before);
      model.destroy();
    },
  );

  test('is none where it is weighted by values, or where its captures do not lie on a GPU; of one run it is that one', async () => {
    const model = await loadModel(gpu, await randomArchitecture('gpt2'));
    const b = await finished(model, CANONICAL, 'standard');
    const inMemory = { ...b, capture: new HeldCapture(new Map()) };
    const at = { show: 'pattern', layer: 0, head: 0 } as const;
    expect(await HeldHead.make({ a: null, b }, { ...at, show: 'weighted' }, N_POS)).toBeNull();
    expect(await HeldHead.make({ a: null, b: inMemory }, at, N_POS)).toBeNull();
    expect(await HeldHead.make({ a: b, b: inMemory }, at, N_POS)).toBeNull();
    const held = await HeldHead.make({ a: null, b }, at, N_POS);
    expect(held?.ranges).toMatchObject({ a: null, delta: null, b: { high: 1 } });
    expect(await held?.read()).toEqual({ a: null, b: await headMatrix(b, at, N_POS) });
    expect(() => held?.paint('a', SIGNS)).toThrow('side a of a head is not there');
    held?.destroy();
    model.destroy();
  });
});

const POSITIONS = Uint32Array.from({ length: N_POS }, (_, at) => at);

/** A pixel a cell: whether its value is above 0, below, exactly 0, or masked. */
const SIGNS: MatrixPainting = {
  ...{ level: 0, columns: POSITIONS, rows: POSITIONS, isMagnitude: false },
  ...{ firsts: Int32Array.of(-0x80000000, 0), colours: Uint32Array.of(0xff00000b, 0xff00000a) },
  ...{ zero: 0xff000000, nan: 0xff0000ff, masked: 0xff000001 },
  ground: { mask: 0, stroke: 0, paper: 0, dot: 0, nan: 0 },
};

function signsOf(matrix: Float32Array): Uint32Array {
  return Uint32Array.from(matrix, (value, i) => {
    if (i % N_POS > Math.floor(i / N_POS) || value === Number.NEGATIVE_INFINITY) return 0xff000001;
    return value === 0 ? 0xff000000 : value > 0 ? 0xff00000a : 0xff00000b;
  });
}

test('captures that lie in memory give the atlas that those on the GPU give', async () => {
  const model = await loadModel(gpu, await randomArchitecture('gpt2'));
  const [run, reversed] = [await finished(model, CANONICAL, 'standard'), await finished(model, REVERSED, 'standard')];
  const held = async ({ capture, ...others }: typeof run): Promise<FinishedRun> => {
    const read = await capture.read(capture.hooks);
    return { ...others, capture: new HeldCapture(new Map(zip(capture.hooks, read))) };
  };
  const prompt = promptOf(model);
  const ours = await headAtlas(run, reversed, prompt);
  const theirs = await headAtlas(await held(run), await held(reversed), prompt);
  expect(theirs?.values).toEqual(ours?.values);
  expect(theirs?.maxAbsDelta).toEqual(ours?.maxAbsDelta);
  expect(Math.max(...(ours?.maxAbsDelta ?? []))).toBeGreaterThan(0);
  model.destroy();
});

test('captures that hold neither patterns nor q and k give no atlas and no matrix', async () => {
  const model = await loadModel(gpu, await randomArchitecture('gpt2'));
  const run = await finished(model, CANONICAL, ['hook_embed']);
  expect(await headAtlas(run, null, promptOf(model))).toBeNull();
  expect(await headMatrix(run, { show: 'pattern', layer: 0, head: 0 }, N_POS)).toBeNull();
  model.destroy();
});

test('an edited pattern is kept however long the prompt is, since it cannot be made again', () => {
  const config = { nLayers: 2, nHeads: 4, rotary: [null, null], qkNorm: null };
  const edit = { hook: blockHook(1, 'attn.hook_pattern'), heads: [0], positions: 'all', enabled: true } as const;
  const { capture } = keptHooks(config, 4096, [{ ...edit, operation: { kind: 'zero' } }]);
  expect(capture).toContain(blockHook(1, 'attn.hook_pattern'));
  expect(capture).not.toContain(blockHook(0, 'attn.hook_pattern'));
  expect(keptHooks(config, 512, [])).toEqual({ capture: 'standard', note: null });
});
