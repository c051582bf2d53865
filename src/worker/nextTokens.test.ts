// What the Outputs read of a run's logits: the rows and values asked for, and no more bytes than those.
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../test/support/gpu.ts';
import { seeded } from '../../test/support/kernels.ts';
import type { Capture } from '../engine/capture/capture.ts';
import { UploadedCapture } from '../engine/capture/uploadedCapture.ts';
import { type Gpu, gpuOf, klByPosition, type ModelConfig, openCheckpoint } from '../engine/index.ts';
import { nodeFolder } from '../sources/folder.node.ts';
import { createTokenizer } from '../tokenizer/tokenizer.ts';
import { nextTokensAt, predictionsOf } from './nextTokens.ts';

const DEMO = 'public/models/demo-gqa';
const N_POS = 5;
const readJson = (name: string) => JSON.parse(readFileSync(`${DEMO}/${name}`, 'utf8'));

let gpu: Gpu;
let config: ModelConfig;
let logits: { readonly a: Float32Array<ArrayBuffer>; readonly b: Float32Array<ArrayBuffer> }; // [pos, d_vocab]
let runs: { readonly a: Capture; readonly b: Capture };

beforeAll(async () => {
  gpu = gpuOf(await testDevice());
  config = (await openCheckpoint(nodeFolder(DEMO))).config;
  const size = N_POS * config.dVocab;
  logits = { a: seeded(size, 1), b: seeded(size, 2) };
  const upload = async (values: Float32Array<ArrayBuffer>) => {
    const activation = { shape: [N_POS, config.dVocab], values };
    return (await UploadedCapture.make(gpu, new Map([['unembed.hook_out', activation]]))).capture;
  };
  runs = { a: await upload(logits.a), b: await upload(logits.b) };
});

/** Bytes read back meanwhile. */
async function bytesRead<T>(work: () => Promise<T>): Promise<[T, number]> {
  const before = gpu.counters.readbackBytes;
  const result = await work();
  return [result, gpu.counters.readbackBytes - before];
}

test('the next tokens of a position read its row of each run', async () => {
  const tokenizer = createTokenizer(readJson('tokenizer.json'), readJson('tokenizer_config.json'));
  const [{ rows }, bytes] = await bytesRead(() => nextTokensAt(runs, 3, config, tokenizer));
  const row = logits.a.subarray(3 * config.dVocab, 4 * config.dVocab);
  expect(rows[0]?.token.id).toBe(row.indexOf(Math.max(...row)));
  expect(bytes).toBe(2 * 4 * config.dVocab);
});

test('the difference of two tokens reads two values a position', async () => {
  const [{ differenceA, differenceB, kl }, bytes] = await bytesRead(() =>
    predictionsOf({ a: runs.a, b: null }, [7, 2], config),
  );
  const at = (pos: number, id: number) => logits.a[pos * config.dVocab + id] ?? Number.NaN;
  expect(differenceA).toEqual(Array.from({ length: N_POS }, (_, pos) => at(pos, 7) - at(pos, 2)));
  expect([differenceB, kl]).toEqual([null, null]);
  expect(bytes).toBe(Math.ceil((N_POS * 2 * 4) / 16) * 16); // buffers are whole vec4s
});

test('KL by position, of rows read a few at a time, is that of the whole logits', async () => {
  const { kl } = await predictionsOf(runs, [7, 2], config);
  expect(kl).toEqual(klByPosition(logits.a, logits.b, config.dVocab));
});

test('a position past the end is refused by name', async () => {
  const tokenizer = createTokenizer(readJson('tokenizer.json'), readJson('tokenizer_config.json'));
  await expect(nextTokensAt(runs, N_POS, config, tokenizer)).rejects.toThrow('unembed.hook_out');
});
