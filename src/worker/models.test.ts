// Models from a hub through the worker's door: what is offered, what is kept, and what is said where the browser gives no room.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type HubServer, openHubServer } from '../../test/support/hubServer.ts';
import { diskStorage } from '../sources/cache/diskStorage.node.ts';
import type { Room, Storage } from '../sources/cache/storage.ts';
import { NEVER_PAUSED } from '../sources/pausing.ts';
import type { Handling } from './host.ts';
import { Models } from './models.ts';
import type { Progress } from './protocol.ts';

const NAMES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'];
const read = (name: string) => new Uint8Array(readFileSync(`public/models/demo-gqa/${name}`));
const DEMO = Object.fromEntries(NAMES.map((name) => [name, read(name)]));
const MODEL = { source: 'hub', repo: 'demo/gqa', revision: 'main' } as const;

let hub: HubServer;
let folder = '';
beforeEach(async () => {
  hub = await openHubServer({ 'demo/gqa': { files: DEMO, license: 'mit' } });
  folder = mkdtempSync(join(tmpdir(), 'splitscope-models-'));
});
afterEach(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

function handling(
  onProgress: (progress: Progress) => void = () => {},
  signal = new AbortController().signal,
): Handling {
  return { signal, pausing: NEVER_PAUSED, onProgress };
}

/** Models whose cache says that it has this room; null: the browser gives no storage at all. */
async function modelsIn(room: Room | null, openFile = diskStorage(folder).openFile): Promise<Models> {
  const storage: Storage | null = room && { ...diskStorage(folder), openFile, room: async () => room };
  const models = new Models({ baseUrl: 'http://none/', storage: async () => storage });
  await models.handlers.setHub({ kind: 'setHub', endpoint: hub.url, token: null }, handling());
  return models;
}

const offer = (models: Models) => models.handlers.offerModel({ kind: 'offerModel', ...MODEL }, handling());
const weightRequests = () => hub.seen.filter(({ path }) => path.endsWith('.safetensors'));

async function load(models: Models) {
  const opened = await models.open(MODEL, handling());
  for (const { source, byteOffset, byteLength } of opened.checkpoint.tensors.values()) {
    await source.read(byteOffset, byteLength);
  }
  const hash = await opened.hash();
  await opened.close();
  return { hash, origin: await opened.origin() };
}

test('a model that fits is kept: offered as here, opened without asking for its weights, listed, removed', async () => {
  const models = await modelsIn({ usedBytes: 0, quotaBytes: 1e9 });
  expect(await offer(models)).toMatchObject({ license: 'mit', uncached: null, reference: { repo: 'demo/gqa' } });
  const first = await load(models);
  expect(first.origin).toEqual({ license: 'mit', isCached: true, notice: null });
  hub.seen.length = 0;
  const { totalBytes, cachedBytes } = await offer(models);
  expect(cachedBytes).toBe(totalBytes);
  expect((await load(models)).hash).toBe(first.hash);
  expect(weightRequests()).toEqual([]);
  const { models: listed } = await models.handlers.listCached({ kind: 'listCached' }, handling());
  expect(listed).toMatchObject([{ repo: 'demo/gqa', isComplete: true }]);
  const [model] = listed;
  if (!model) throw new Error('nothing is listed');
  const left = await models.handlers.removeCached({ kind: 'removeCached', model }, handling());
  expect(left.models).toEqual([]);
  const again = await offer(models);
  expect(again.totalBytes - again.cachedBytes).toBeGreaterThanOrEqual(read('model.safetensors').byteLength);
});

test('where the quota is too small, it says how much is there, free and needed, and loads without the cache', async () => {
  const models = await modelsIn({ usedBytes: 950e6, quotaBytes: 951e6 });
  const { uncached } = await offer(models);
  expect(uncached).toMatch(
    /^The browser's storage holds 950 MB and has 1 MB free; this model needs 2 MB more\. It is loaded without being kept/,
  );
  const { origin, hash } = await load(models);
  expect(origin).toEqual({ license: 'mit', isCached: false, notice: uncached });
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect((await models.handlers.listCached({ kind: 'listCached' }, handling())).models).toEqual([]);
});

test('where the storage takes less than it said, it says what it holds, and loads without the cache', async () => {
  const full = async () => {
    throw new DOMException('The requested operation exceeded its quota.', 'QuotaExceededError');
  };
  const models = await modelsIn({ usedBytes: 950e6, quotaBytes: 1e9 }, full);
  const { origin } = await load(models);
  expect(origin.isCached).toBe(false);
  expect(origin.notice).toMatch(
    /^The browser's storage took no more of this model's \d MB\. It holds 950 MB of the 1,000 MB that it said to have\. It is loaded without being kept; remove/,
  );
});

test('a browser that gives no storage is told so, and the model loads all the same', async () => {
  const models = await modelsIn(null);
  expect((await offer(models)).uncached).toContain('gives the page no storage');
  expect((await load(models)).origin.isCached).toBe(false);
});

test('a file that is gone after it was listed is named, and is not asked for again', async () => {
  hub.faults.push({ path: 'model.safetensors', times: 100, kind: 'status', status: 404 });
  await expect(load(await modelsIn(null))).rejects.toMatchObject({
    kind: 'not-found',
    message: expect.stringContaining('model.safetensors'),
  });
  expect(weightRequests().map(({ host }) => host)).toEqual(['hub', 'store']); // redirected once
});

test('a download that is cancelled ends, and asks for nothing more', async () => {
  hub.faults.push({ path: 'model.safetensors', times: 1, kind: 'slow', bytesPerSecond: 200_000 });
  const models = await modelsIn({ usedBytes: 0, quotaBytes: 1e9 });
  const controller = new AbortController();
  const onProgress = (progress: Progress) => {
    if (progress.kind === 'load' && progress.done > 200_000) controller.abort(new Error('cancelled'));
  };
  const opening = models.open(MODEL, handling(onProgress, controller.signal)).then(async (opened) => {
    await opened.hash().finally(() => opened.close());
  });
  await expect(opening).rejects.toThrow('cancelled');
  const asked = weightRequests().length;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(weightRequests()).toHaveLength(asked);
});

test('a token goes over https alone, or to this machine', async () => {
  const models = new Models({ baseUrl: 'http://none/', storage: async () => null });
  const set = (endpoint: string) => models.handlers.setHub({ kind: 'setHub', endpoint, token: 'hf_x' }, handling());
  await expect(set('http://mirror.example')).rejects.toThrow('A token is sent over https alone');
  expect(await set('https://mirror.example/')).toEqual({ endpoint: 'https://mirror.example' });
  expect(await set(hub.url)).toEqual({ endpoint: hub.url });
});
