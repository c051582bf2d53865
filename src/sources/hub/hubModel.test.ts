// What opening would take, before a byte of weights is read.
import { expect, test } from 'vitest';
import { DEMO, hubFolders, readDemo } from '../../../test/support/hubFolders.ts';
import { NEVER_PAUSED } from '../pausing.ts';
import { HubFolder } from './hubFolder.ts';
import { measureModel } from './hubModel.ts';
import { openRepository } from './repository.ts';

const at = hubFolders();

const measure = async (repo: string) => {
  const repository = await openRepository({ endpoint: at.hub.url, repo, token: null }, 'main');
  const folder = new HubFolder({ repository, cache: at.cache, pausing: NEVER_PAUSED });
  return measureModel(folder, repository, at.cache).finally(() => folder.close());
};

test('the bytes of all files, and which are here already', async () => {
  const all = Object.values(DEMO).reduce((sum, { byteLength }) => sum + byteLength, 0);
  const first = await measure('demo/gqa');
  expect(first).toMatchObject({ modelType: 'mistral', totalBytes: all });
  const folder = await at.openFolder('demo/gqa', { cache: at.cache });
  await (await folder.open('model.safetensors'))?.read(0, 8);
  await folder.close();
  const { cachedBytes } = await measure('demo/gqa');
  expect(cachedBytes).toBeGreaterThan(readDemo('model.safetensors').byteLength / 2);
  expect(at.weightRequests()).toHaveLength(1);
});

test('pickles are the reason also where there is no tokenizer; what was only looked at is no cached model', async () => {
  await expect(measure('demo/pickle')).rejects.toThrow(/only pytorch_model\.bin, a Python pickle.*save_pretrained/);
  expect(await at.cache.list()).toEqual([]);
  expect(at.hub.seen.filter(({ path }) => path.endsWith('.bin'))).toEqual([]);
});

test('shards without one that their index names are refused by its name', async () => {
  await expect(measure('demo/shards')).rejects.toThrow('demo/shards has no b.safetensors');
});
