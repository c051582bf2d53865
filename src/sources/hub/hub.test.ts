import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Fault, type HubServer, openHubServer } from '../../../test/support/hubServer.ts';
import { safetensorsFile } from '../../../test/support/memoryFolder.ts';
import { openCheckpoint, readJson } from '../../engine/index.ts';
import { diskStorage } from '../cache/diskStorage.node.ts';
import { ModelCache } from '../cache/modelCache.ts';
import { isHashing } from '../hashing/hashedSource.ts';
import { NEVER_PAUSED, type Pausing } from '../pausing.ts';
import { hashWeights } from '../weightsHash.ts';
import { HubFolder, type HubFolderOptions } from './hubFolder.ts';
import { measureModel } from './hubModel.ts';
import { openRepository } from './repository.ts';

const read = (name: string) => new Uint8Array(readFileSync(`public/models/demo-gqa/${name}`));
const DEMO = Object.fromEntries(
  ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'].map((name) => [name, read(name)]),
);
/** 9 MB of weights: three pieces, the last one short. */
const LARGE = safetensorsFile({ w: { dtype: 'U8', shape: [9_000_001], data_offsets: [0, 9_000_001] } }, 9_000_001);
for (let i = 100; i < LARGE.length; i++) LARGE[i] = (i * 2_654_435_761) >>> 24;

let hub: HubServer;
let cacheFolder = '';
let cache: ModelCache;

beforeEach(async () => {
  hub = await openHubServer({
    'demo/gqa': { files: DEMO, license: 'mit' },
    'demo/git': { files: DEMO, inGit: true },
    'demo/large': { files: { 'config.json': '{}', 'model.safetensors': LARGE }, license: 'apache-2.0' },
    'demo/gated': { files: DEMO, token: 'secret-of-mine' },
    'demo/shards': {
      files: {
        'config.json': read('config.json'),
        'tokenizer.json': read('tokenizer.json'),
        'a.safetensors': read('model.safetensors'),
        'model.safetensors.index.json': JSON.stringify({ weight_map: { x: 'a.safetensors', y: 'b.safetensors' } }),
      },
    },
    'demo/pickle': { files: { 'config.json': read('config.json'), 'pytorch_model.bin': new Uint8Array(100) } },
  });
  cacheFolder = mkdtempSync(join(tmpdir(), 'splitscope-cache-'));
  cache = new ModelCache(diskStorage(cacheFolder));
});

afterEach(async () => {
  await hub.close();
  rmSync(cacheFolder, { recursive: true, force: true });
});

type Change = Partial<HubFolderOptions> & { readonly token?: string };

async function openFolder(repo: string, { token, ...change }: Change = {}): Promise<HubFolder> {
  const repository = await openRepository({ endpoint: hub.url, repo, token: token ?? null }, 'main', change.signal);
  return new HubFolder({ repository, cache: null, pausing: NEVER_PAUSED, ...change });
}

async function openWeights(change: Change = {}, repo = 'demo/large') {
  const folder = await openFolder(repo, change);
  const source = await folder.open('model.safetensors');
  if (source === null || !isHashing(source)) throw new Error('the weights are no hashing source');
  return { folder, source };
}

const weightRequests = () => hub.seen.filter(({ host, path }) => host === 'store' && path.endsWith('.safetensors'));
const fault = (fault: Partial<Fault>) => hub.faults.push({ path: 'model.safetensors', times: 1, ...fault } as Fault);

test('a repository is one commit: its files with sizes and hashes, its licence', async () => {
  const repository = await openRepository({ endpoint: hub.url, repo: 'demo/large', token: null }, 'main');
  expect(repository.commit).toBe(hub.commitOf('demo/large'));
  expect(repository.license).toBe('apache-2.0');
  expect(repository.files.get('model.safetensors')).toMatchObject({ byteLength: LARGE.byteLength });
  expect(repository.files.get('model.safetensors')?.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(repository.files.get('config.json')?.sha256).toBeNull();
  const pinned = await openRepository({ endpoint: hub.url, repo: 'demo/large', token: null }, repository.commit);
  expect(pinned.commit).toBe(repository.commit);
});

test.each(['demo/gqa', 'demo/git'])('%s opens over ranges as its files on disk do', async (repo) => {
  const received: number[] = [];
  const folder = await openFolder(repo, { onBytes: (count) => received.push(count) });
  const checkpoint = await openCheckpoint(folder);
  expect(checkpoint.parameters).toBe(967_808);
  const tokenizer = await folder.open('tokenizer.json');
  expect(tokenizer && (await readJson(tokenizer))).toHaveProperty('model');
  const local = await openWeightsHash();
  expect(await hashWeights(checkpoint)).toBe(local);
  const expected = ['config.json', 'tokenizer.json', 'model.safetensors'].reduce(
    (sum, name) => sum + (DEMO[name]?.byteLength ?? 0),
    0,
  );
  expect(received.reduce((sum, count) => sum + count, 0)).toBe(expected); // to the byte, nothing twice
});

async function openWeightsHash(): Promise<string> {
  const { source } = await openWeights({}, 'demo/gqa');
  return source.sha256();
}

test('reads of any range, overlapping and at once, give the bytes and fetch each piece once', async () => {
  const { source } = await openWeights();
  const ranges = [
    [0, 8],
    [4_194_300, 10],
    [4_000_000, 5_000_000],
    [8_999_000, 1_000],
    [0, LARGE.byteLength],
  ] as const;
  const reads = await Promise.all(ranges.map(([offset, length]) => source.read(offset, length)));
  for (const [i, [offset, length]] of ranges.entries()) {
    expect(Buffer.compare(reads[i] ?? new Uint8Array(), LARGE.subarray(offset, offset + length))).toBe(0);
  }
  expect(
    weightRequests()
      .map(({ range }) => range)
      .sort(),
  ).toEqual(['bytes=0-4194303', 'bytes=4194304-8388607', `bytes=8388608-${LARGE.byteLength - 1}`]);
  await expect(source.read(LARGE.byteLength, 1)).rejects.toThrow(`has ${LARGE.byteLength} bytes`);
});

describe('what servers and connections do', () => {
  test.each([
    ['drops the connection', { kind: 'drop', afterBytes: 1_000_000 }],
    ['ends early as if complete', { kind: 'truncate', afterBytes: 1_000_000 }],
    ['falls silent', { kind: 'stall', afterBytes: 1_000_000 }],
  ] as const)('a store that %s is asked again from the byte reached', async (_, what) => {
    fault(what);
    const { source } = await openWeights({ stallMs: 300 });
    expect(Buffer.compare(await source.read(0, 2_000_000), LARGE.subarray(0, 2_000_000))).toBe(0);
    expect(weightRequests().map(({ range }) => range)).toEqual(['bytes=0-4194303', 'bytes=1000000-4194303']);
    expect(await source.sha256()).toMatch(/^[0-9a-f]{64}$/);
  });

  test('429 waits as long as Retry-After says, and the wait is told', async () => {
    fault({ kind: 'status', status: 429, headers: { 'Retry-After': '1' } });
    const told: (string | null)[] = [];
    const { source } = await openWeights({ onWait: (why) => told.push(why) });
    const start = Date.now();
    await source.read(0, 8);
    expect(Date.now() - start).toBeGreaterThanOrEqual(990);
    expect(told[0]).toContain('answered too many requests (429) for model.safetensors. Trying again in 1 s.');
    expect(told.at(-1)).toBeNull();
  });

  test('500 is asked again; a server that never recovers is told', async () => {
    fault({ kind: 'status', status: 503 });
    const { source } = await openWeights();
    expect(await source.read(0, 8)).toEqual(LARGE.slice(0, 8));
    fault({ kind: 'status', status: 503, headers: { 'Retry-After': '0' }, times: 100 });
    const again = await openWeights();
    await expect(again.source.read(0, 8)).rejects.toThrow('answered a fault of its own (503) for model.safetensors');
  });

  test('a server that ignores ranges is told, and what helps', async () => {
    fault({ kind: 'ignoreRange' });
    const { source } = await openWeights();
    await expect(source.read(0, 8)).rejects.toThrow(
      /with the whole of model\.safetensors .* it ignores ranges\. Use another hub/,
    );
  });

  test('another range than was asked for is told', async () => {
    fault({ kind: 'wrongRange' });
    const { source } = await openWeights();
    await expect(source.read(0, 8)).rejects.toThrow(
      `answered "bytes 1-4194304/${LARGE.byteLength}" for model.safetensors`,
    );
  });

  test('damaged weights fail their sha256, and leave the cache', async () => {
    fault({ kind: 'corrupt' });
    const { folder, source } = await openWeights({ cache });
    await expect(source.sha256()).rejects.toThrow(
      /model\.safetensors came with sha256 [0-9a-f]{64}, expected [0-9a-f]{64}/,
    );
    await folder.close();
    expect(await cache.list()).toEqual([]);
    const again = await openWeights({ cache });
    expect(await again.source.sha256()).toMatch(/^[0-9a-f]{64}$/);
    await again.folder.close();
  });

  test("a damaged small file fails git's own hash", async () => {
    hub.faults.push({ path: 'config.json', times: 1, kind: 'corrupt' });
    const folder = await openFolder('demo/gqa');
    await expect(folder.open('config.json')).rejects.toThrow('config.json came with git hash');
  });

  test('a small file with fewer bytes than the repository lists is told', async () => {
    hub.faults.push({ path: 'config.json', times: 1, kind: 'truncate', afterBytes: 10 });
    const folder = await openFolder('demo/gqa');
    await expect(folder.open('config.json')).rejects.toThrow(/gives 10 bytes for config\.json, expected the \d+ that/);
  });
});

describe('who may read', () => {
  test('a gated model asks for a token; with one it opens, and the store never sees it', async () => {
    const without = await openFolder('demo/gated');
    await expect(without.open('config.json')).rejects.toMatchObject({
      kind: 'gated',
      message: expect.stringContaining('then give a token'),
    });
    const wrong = await openFolder('demo/gated', { token: 'wrong' });
    await expect(wrong.open('config.json')).rejects.toMatchObject({ kind: 'gated' });
    const { source } = await openWeights({ token: 'secret-of-mine' }, 'demo/gated');
    await source.read(0, 8);
    const seen = hub.seen.filter(({ authorization }) => authorization === 'Bearer secret-of-mine');
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every(({ host }) => host === 'hub')).toBe(true);
    expect(weightRequests().map(({ authorization }) => authorization)).toEqual([null]);
  });

  test('what is not there is named', async () => {
    const at = (repo: string, revision: string) => openRepository({ endpoint: hub.url, repo, token: null }, revision);
    await expect(at('demo/none', 'main')).rejects.toMatchObject({ kind: 'gated' });
    await expect(at('demo/none', 'main')).rejects.toThrow('or there is none of that name');
    await expect(at('demo/gqa', 'v9')).rejects.toThrow('demo/gqa on localhost');
    await expect(at('nonsense', 'main')).rejects.toThrow('expected owner/name');
    const gone = { endpoint: 'http://127.0.0.1:1', repo: 'demo/gqa', token: null };
    await expect(openRepository(gone, 'main')).rejects.toMatchObject({ kind: 'offline' });
    const folder = await openFolder('demo/gqa');
    expect(await folder.open('none.json')).toBeNull();
  });

  test('a repository of pickles alone is refused with the conversion, and nothing of it was read', async () => {
    const folder = await openFolder('demo/pickle');
    await expect(openCheckpoint(folder)).rejects.toThrow(/only pytorch_model\.bin, a Python pickle.*save_pretrained/);
    expect(hub.seen.filter(({ path }) => path.includes('resolve')).map(({ path }) => path.split('/').at(-1))).toEqual([
      'config.json',
    ]);
  });
});

describe('what opening would take, before a byte of weights is read', () => {
  const measure = async (repo: string) => {
    const repository = await openRepository({ endpoint: hub.url, repo, token: null }, 'main');
    const folder = new HubFolder({ repository, cache, pausing: NEVER_PAUSED });
    return measureModel(folder, repository, cache).finally(() => folder.close());
  };

  test('the bytes of all files, and which are here already', async () => {
    const all = Object.values(DEMO).reduce((sum, { byteLength }) => sum + byteLength, 0);
    const first = await measure('demo/gqa');
    expect(first).toMatchObject({ modelType: 'mistral', totalBytes: all });
    const folder = await openFolder('demo/gqa', { cache });
    await (await folder.open('model.safetensors'))?.read(0, 8);
    await folder.close();
    const { cachedBytes } = await measure('demo/gqa');
    expect(cachedBytes).toBeGreaterThan(read('model.safetensors').byteLength / 2);
    expect(weightRequests()).toHaveLength(1);
  });

  test('pickles are the reason also where there is no tokenizer; what was only looked at is no cached model', async () => {
    await expect(measure('demo/pickle')).rejects.toThrow(/only pytorch_model\.bin, a Python pickle.*save_pretrained/);
    expect(await cache.list()).toEqual([]);
    expect(hub.seen.filter(({ path }) => path.endsWith('.bin'))).toEqual([]);
  });

  test('shards without one that their index names are refused by its name', async () => {
    await expect(measure('demo/shards')).rejects.toThrow('demo/shards has no b.safetensors');
  });
});

describe('paused, aborted, resumed', () => {
  test('a paused download asks for nothing and goes on from the byte reached', async () => {
    const pausing = new Switch();
    let received = 0;
    fault({ kind: 'slow', bytesPerSecond: 4_000_000 });
    const { source } = await openWeights({
      pausing,
      onBytes: (count) => {
        received += count;
        if (received > 500_000 && weightRequests().length === 1) pausing.set(true);
      },
    });
    const reading = source.read(0, 8);
    while (!pausing.isPaused) await new Promise((resolve) => setTimeout(resolve, 10));
    const before = received;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([received, weightRequests().length]).toEqual([before, 1]);
    pausing.set(false);
    expect(await reading).toEqual(LARGE.slice(0, 8));
    expect(weightRequests()[1]?.range).toBe(`bytes=${before}-4194303`);
  });

  test('an aborted download rejects with the reason, and the next one has what was kept', async () => {
    const controller = new AbortController();
    const { folder, source } = await openWeights({ cache, signal: controller.signal });
    await source.read(0, 8);
    fault({ kind: 'stall', afterBytes: 100 });
    const reading = source.read(5_000_000, 8);
    setTimeout(() => controller.abort(new Error('cancelled by the reader')), 100);
    await expect(reading).rejects.toThrow('cancelled by the reader');
    await folder.close();
    expect(await cache.list()).toMatchObject([{ repo: 'demo/large', cachedBytes: 4_194_304, isComplete: false }]);
    hub.seen.length = 0;
    const again = await openWeights({ cache });
    expect(again.folder.fromCacheBytes).toBe(4_194_304);
    expect(Buffer.compare(await again.source.read(0, LARGE.byteLength), LARGE)).toBe(0);
    expect(weightRequests()).toHaveLength(2);
    await again.folder.close();
  });
});

describe('the cache', () => {
  test('what was checked opens without a request for bytes, is listed with its size, and can be removed', async () => {
    const first = await openWeights({ cache });
    const hash = await first.source.sha256();
    await first.folder.close();
    hub.seen.length = 0;
    const second = await openWeights({ cache });
    expect(Buffer.compare(await second.source.read(0, LARGE.byteLength), LARGE)).toBe(0);
    expect(await second.source.sha256()).toBe(hash);
    expect(weightRequests()).toEqual([]);
    expect(second.folder.fromCacheBytes).toBe(LARGE.byteLength);
    const [model] = await cache.list();
    expect(model).toEqual({
      endpoint: hub.url,
      repo: 'demo/large',
      commit: hub.commitOf('demo/large'),
      cachedBytes: LARGE.byteLength,
      isComplete: true,
    });
    await second.folder.close();
    if (model) await cache.remove(model);
    expect(await cache.list()).toEqual([]);
  });

  test('where there is no room the file goes on without, and says so', async () => {
    const full = new ModelCache({
      ...diskStorage(cacheFolder),
      openFile: async (path) => {
        const file = await diskStorage(cacheFolder).openFile(path);
        return {
          ...file,
          byteLength: file.byteLength,
          write: async (byteOffset, bytes) => {
            if (byteOffset >= 4_194_304) throw new Error('no space left');
            await file.write(byteOffset, bytes);
          },
        };
      },
    });
    const told: string[] = [];
    const { folder, source } = await openWeights({ cache: full, onUncached: (why) => told.push(why) });
    expect(Buffer.compare(await source.read(0, LARGE.byteLength), LARGE)).toBe(0);
    expect(told).toEqual(['No more of model.safetensors is kept (no space left); loading goes on without.']);
    await folder.close();
  });
});

class Switch implements Pausing {
  isPaused = false;
  readonly #listeners = new Set<() => void>();

  set(isPaused: boolean): void {
    this.isPaused = isPaused;
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
