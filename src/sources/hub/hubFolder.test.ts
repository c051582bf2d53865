// A download paused, aborted, resumed and kept.
import { expect, test } from 'vitest';
import { hubFolders, LARGE } from '../../../test/support/hubFolders.ts';
import { diskStorage } from '../cache/diskStorage.node.ts';
import { ModelCache } from '../cache/modelCache.ts';
import type { Pausing } from '../pausing.ts';

const at = hubFolders();

test('a paused download asks for nothing and goes on from the byte reached', async () => {
  const pausing = new Switch();
  let received = 0;
  at.fault({ kind: 'slow', bytesPerSecond: 4_000_000 });
  const { source } = await at.openWeights({
    pausing,
    onBytes: (count) => {
      received += count;
      if (received > 500_000 && at.weightRequests().length === 1) pausing.set(true);
    },
  });
  const reading = source.read(0, 8);
  while (!pausing.isPaused) await new Promise((resolve) => setTimeout(resolve, 10));
  const before = received;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect([received, at.weightRequests().length]).toEqual([before, 1]);
  pausing.set(false);
  expect(await reading).toEqual(LARGE.slice(0, 8));
  expect(at.weightRequests()[1]?.range).toBe(`bytes=${before}-4194303`);
});

test('an aborted download rejects with the reason, and the next one has what was kept', async () => {
  const controller = new AbortController();
  const { folder, source } = await at.openWeights({ cache: at.cache, signal: controller.signal });
  await source.read(0, 8);
  at.fault({ kind: 'stall', afterBytes: 100 });
  const reading = source.read(5_000_000, 8);
  setTimeout(() => controller.abort(new Error('cancelled by the reader')), 100);
  await expect(reading).rejects.toThrow('cancelled by the reader');
  await folder.close();
  expect(await at.cache.list()).toMatchObject([{ repo: 'demo/large', cachedBytes: 4_194_304, isComplete: false }]);
  at.hub.seen.length = 0;
  const again = await at.openWeights({ cache: at.cache });
  expect(again.folder.fromCacheBytes).toBe(4_194_304);
  expect(Buffer.compare(await again.source.read(0, LARGE.byteLength), LARGE)).toBe(0);
  expect(at.weightRequests()).toHaveLength(2);
  await again.folder.close();
});

test('what was checked opens without a request for bytes, is listed with its size, and can be removed', async () => {
  const first = await at.openWeights({ cache: at.cache });
  const hash = await first.source.sha256();
  await first.folder.close();
  at.hub.seen.length = 0;
  const second = await at.openWeights({ cache: at.cache });
  expect(Buffer.compare(await second.source.read(0, LARGE.byteLength), LARGE)).toBe(0);
  expect(await second.source.sha256()).toBe(hash);
  expect(at.weightRequests()).toEqual([]);
  expect(second.folder.fromCacheBytes).toBe(LARGE.byteLength);
  const [model] = await at.cache.list();
  expect(model).toEqual({
    endpoint: at.hub.url,
    repo: 'demo/large',
    commit: at.hub.commitOf('demo/large'),
    cachedBytes: LARGE.byteLength,
    isComplete: true,
  });
  await second.folder.close();
  if (model) await at.cache.remove(model);
  expect(await at.cache.list()).toEqual([]);
});

test('where there is no room the file goes on without, and says so', async () => {
  const full = new ModelCache({
    ...diskStorage(at.cacheFolder),
    openFile: async (path) => {
      const file = await diskStorage(at.cacheFolder).openFile(path);
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
  const { folder, source } = await at.openWeights({ cache: full, onUncached: (why) => told.push(why) });
  expect(Buffer.compare(await source.read(0, LARGE.byteLength), LARGE)).toBe(0);
  expect(told).toEqual(['No more of model.safetensors is kept (no space left); loading goes on without.']);
  await folder.close();
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
