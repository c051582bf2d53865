import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ARCHITECTURE_FIXTURES, architectureFixture } from '../../../test/support/architectureFixtures.ts';
import { memoryFolder, safetensorsFile, zeroTensors } from '../../../test/support/memoryFolder.ts';
import { nodeFolder } from '../../sources/folder.node.ts';
import { openCheckpoint } from './openCheckpoint.ts';

const llama = architectureFixture('llama');
const SHARED = '../shared';

/** The llama fixture as two shards; `change` edits the index's weight_map. */
function sharded(change: (weightMap: Record<string, string>) => void = () => {}) {
  const tensors = Object.entries(llama.tensors);
  const [a, b] = [Object.fromEntries(tensors.slice(0, 9)), Object.fromEntries(tensors.slice(9))];
  const [fileA, fileB] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  const weightMap = Object.fromEntries([
    ...Object.keys(a).map((n) => [n, fileA]),
    ...Object.keys(b).map((n) => [n, fileB]),
  ]);
  change(weightMap);
  return {
    'config.json': llama.config,
    'model.safetensors.index.json': { metadata: {}, weight_map: weightMap },
    [fileA]: zeroTensors(a),
    [fileB]: zeroTensors(b),
  };
}

test.each(ARCHITECTURE_FIXTURES)('$name opens, and no payload is read', async ({ config, tensors }) => {
  const file = zeroTensors(tensors);
  const folder = memoryFolder({ 'config.json': config, 'model.safetensors': file });
  const checkpoint = await openCheckpoint(folder);
  const elements = Object.values(tensors).reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
  expect([checkpoint.parameters, checkpoint.byteLength]).toEqual([elements, 4 * elements]);
  const weightReads = folder.reads.filter(({ fileName }) => fileName === 'model.safetensors');
  expect(weightReads.reduce((sum, read) => sum + read.byteLength, 0)).toBe(file.byteLength - 4 * elements);
});

test('shards are opened by their index, each tensor where the index says', async () => {
  const checkpoint = await openCheckpoint(memoryFolder(sharded()));
  const first = checkpoint.tensors.get(Object.keys(llama.tensors)[0] ?? '');
  expect(first?.source.name).toBe('model-00001-of-00002.safetensors');
  expect(checkpoint.tensors.size).toBe(Object.keys(llama.tensors).length);
});

test.each<[string, (map: Record<string, string>) => void, string]>([
  [
    'a shard that is not there',
    (map) => {
      map['lm_head.weight'] = 'model-00003-of-00003.safetensors';
    },
    'has no model-00003-of-00003.safetensors',
  ],
  [
    'a tensor in another shard than the index says',
    (map) => {
      map['lm_head.weight'] = 'model-00002-of-00002.safetensors';
    },
    'holds lm_head.weight, which model.safetensors.index.json puts in model-00002',
  ],
  [
    'a tensor that the index does not name',
    (map) => {
      delete map['lm_head.weight'];
    },
    'which model.safetensors.index.json does not name',
  ],
  [
    'a tensor that no shard holds',
    (map) => {
      map.more = 'model-00002-of-00002.safetensors';
    },
    'does not hold more',
  ],
  [
    'a way out of the folder',
    (map) => {
      map.more = '../secret.safetensors';
    },
    'puts more in "../secret.safetensors", expected the name of a .safetensors file',
  ],
  [
    'a file that is no text',
    (map) => {
      Object.assign(map, { more: 3 });
    },
    'puts more in 3',
  ],
])('an index with %s is refused', async (_, change, message) => {
  await expect(openCheckpoint(memoryFolder(sharded(change)))).rejects.toThrow(message);
});

test('an empty index is refused', async () => {
  const files = { 'config.json': llama.config, 'model.safetensors.index.json': { weight_map: {} } };
  await expect(openCheckpoint(memoryFolder(files))).rejects.toThrow('has no weight_map');
});

test('a folder with a pickle only is refused, and the error says how to convert it', async () => {
  const folder = memoryFolder({ 'config.json': llama.config, 'pytorch_model.bin': 'x' });
  await expect(openCheckpoint(folder)).rejects.toThrow(/has only pytorch_model\.bin.*save_pretrained/s);
});

test('an adapter is refused with its model and how to merge it, with and without a config.json', async () => {
  const adapter = { 'adapter_config.json': { peft_type: 'LORA', base_model_name_or_path: 'some/base' } };
  const words = /is an adapter .*peft_type LORA\) to some\/base, expected a whole model.*merge_and_unload/s;
  await expect(openCheckpoint(memoryFolder(adapter))).rejects.toThrow(words);
  await expect(openCheckpoint(memoryFolder({ ...adapter, 'config.json': llama.config }))).rejects.toThrow(words);
});

test("another framework's weights are refused with the command that converts them", async () => {
  const folder = memoryFolder({ 'config.json': llama.config, 'tf_model.h5': 'x' });
  await expect(openCheckpoint(folder)).rejects.toThrow(/has only tf_model\.h5.*from_tf=True/s);
});

test.each([
  ['model.layers.0.self_attn.q_proj.weight', 'model.layers.0.self_attn.q_proj.qweight', 'a quantised checkpoint'],
  ['lm_head.weight', 'score.weight', 'a model with another head'],
  ['lm_head.weight', null, 'A bare model has no unembedding'],
])('without %s and with %s, it says what that means', async (missing, instead, words) => {
  const { [missing]: shape = [], ...others } = llama.tensors;
  const file = zeroTensors(instead ? { ...others, [instead]: shape } : others);
  const folder = memoryFolder({ 'config.json': llama.config, 'model.safetensors': file });
  await expect(openCheckpoint(folder)).rejects.toThrow(`has no ${missing}`);
  await expect(openCheckpoint(folder)).rejects.toThrow(words);
});

test('a folder without weights or without config.json says what is missing', async () => {
  await expect(openCheckpoint(memoryFolder({ 'config.json': llama.config }))).rejects.toThrow(
    'has neither model.safetensors nor',
  );
  await expect(openCheckpoint(memoryFolder({}))).rejects.toThrow('a folder in memory has no config.json');
});

test('a config that is a Git LFS pointer or cut off says so', async () => {
  const pointer = memoryFolder({ 'config.json': 'version https://git-lfs.github.com/spec/v1\noid sha256:1' });
  await expect(openCheckpoint(pointer)).rejects.toThrow('Git LFS pointer');
  await expect(openCheckpoint(memoryFolder({ 'config.json': '{"model_type": ' }))).rejects.toThrow(
    'config.json is not valid JSON (it begins with "{\\"model_type\\": "): "Unexpected end of JSON input"',
  );
});

test.each(['I8', 'F8_E4M3'])('weights in %s are refused by name', async (dtype) => {
  const header = { 'transformer.wte.weight': { dtype, shape: [257, 64], data_offsets: [0, 257 * 64] } };
  const { config, tensors } = architectureFixture('gpt2');
  const rest = Object.entries(tensors).filter(([name]) => name !== 'transformer.wte.weight');
  let end = 257 * 64;
  for (const [name, shape] of rest) {
    const bytes = 4 * shape.reduce((a, b) => a * b, 1);
    Object.assign(header, { [name]: { dtype: 'F32', shape, data_offsets: [end, end + bytes] } });
    end += bytes;
  }
  const folder = memoryFolder({ 'config.json': config, 'model.safetensors': safetensorsFile(header, end) });
  await expect(openCheckpoint(folder)).rejects.toThrow(
    `transformer.wte.weight in model.safetensors has dtype ${dtype}, expected F32, F16 or BF16`,
  );
});

test('an aborted signal stops the opening with its reason', async () => {
  const opening = openCheckpoint(memoryFolder(sharded()), AbortSignal.abort(new Error('no longer wanted')));
  await expect(opening).rejects.toThrow('no longer wanted');
});

test.each(readdirSync('test/fixtures/goldens'))('the real checkpoint %s opens from disk', async (name) => {
  const checkpoint = await openCheckpoint(nodeFolder(`test/fixtures/goldens/${name}`));
  const { source, byteOffset, byteLength } = checkpoint.tensors.get(checkpoint.weights.W_U.tensor) ?? {};
  expect((await source?.read(byteOffset ?? 0, byteLength ?? 0))?.byteLength).toBe(byteLength);
});

if (existsSync(SHARED)) {
  const folders = ['goldens', 'models', 'checkpoints'].flatMap((kind) =>
    readdirSync(`${SHARED}/${kind}`).map((name) => `${SHARED}/${kind}/${name}`),
  );
  const weights = (folder: string) => readdirSync(folder).some((file) => /^model.*\.safetensors$/.test(file));
  test.each(folders.filter((folder) => !folder.endsWith('.md') && weights(folder)))('%s opens', async (folder) => {
    expect((await openCheckpoint(nodeFolder(folder))).parameters).toBeGreaterThan(50_000);
  });
  test('the Pythia fine-tune without an unembedding is refused by its class', async () => {
    const opening = openCheckpoint(nodeFolder(`${SHARED}/checkpoints/pythia-410m-config`));
    await expect(opening).rejects.toThrow('["GPTNeoXForSequenceClassification"], expected GPTNeoXForCausalLM');
  });
} else {
  console.warn('openCheckpoint: ../shared is not there; only the checkpoints in test/fixtures were opened.');
}
