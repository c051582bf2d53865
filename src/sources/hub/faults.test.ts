// What servers and connections do wrong, and what is made of it.
import { expect, test } from 'vitest';
import { hubFolders, LARGE } from '../../../test/support/hubFolders.ts';
import { openRepository } from './repository.ts';

const at = hubFolders();

test.each([
  ['drops the connection', { kind: 'drop', afterBytes: 1_000_000 }],
  ['ends early as if complete', { kind: 'truncate', afterBytes: 1_000_000 }],
  ['falls silent', { kind: 'stall', afterBytes: 1_000_000 }],
] as const)('a store that %s is asked again from the byte reached', async (_, what) => {
  at.fault(what);
  const { source } = await at.openWeights({ stallMs: 300 });
  expect(Buffer.compare(await source.read(0, 2_000_000), LARGE.subarray(0, 2_000_000))).toBe(0);
  expect(at.weightRequests().map(({ range }) => range)).toEqual(['bytes=0-4194303', 'bytes=1000000-4194303']);
  expect(await source.sha256()).toMatch(/^[0-9a-f]{64}$/);
});

test('429 waits as long as Retry-After says, and the wait is told', async () => {
  at.fault({ kind: 'status', status: 429, headers: { 'Retry-After': '1' } });
  const told: (string | null)[] = [];
  const { source } = await at.openWeights({ onWait: (why) => told.push(why) });
  const start = Date.now();
  await source.read(0, 8);
  expect(Date.now() - start).toBeGreaterThanOrEqual(990);
  expect(told[0]).toContain('answered too many requests (429) for model.safetensors. Trying again in 1 s.');
  expect(told.at(-1)).toBeNull();
});

test('500 is asked again; a server that never recovers is told', async () => {
  at.fault({ kind: 'status', status: 503 });
  const { source } = await at.openWeights();
  expect(await source.read(0, 8)).toEqual(LARGE.slice(0, 8));
  at.fault({ kind: 'status', status: 503, headers: { 'Retry-After': '0' }, times: 100 });
  const again = await at.openWeights();
  await expect(again.source.read(0, 8)).rejects.toThrow('answered a fault of its own (503) for model.safetensors');
});

test('a server that ignores ranges is told, and what helps', async () => {
  at.fault({ kind: 'ignoreRange' });
  const { source } = await at.openWeights();
  await expect(source.read(0, 8)).rejects.toThrow(
    /with the whole of model\.safetensors .* it ignores ranges\. Use another hub/,
  );
});

test('another range than was asked for is told', async () => {
  at.fault({ kind: 'wrongRange' });
  const { source } = await at.openWeights();
  await expect(source.read(0, 8)).rejects.toThrow(
    `answered "bytes 1-4194304/${LARGE.byteLength}" for model.safetensors`,
  );
});

test('damaged weights fail their sha256, and leave the cache', async () => {
  at.fault({ kind: 'corrupt' });
  const { folder, source } = await at.openWeights({ cache: at.cache });
  await expect(source.sha256()).rejects.toThrow(
    /model\.safetensors came with sha256 [0-9a-f]{64}, expected [0-9a-f]{64}/,
  );
  await folder.close();
  expect(await at.cache.list()).toEqual([]);
  const again = await at.openWeights({ cache: at.cache });
  expect(await again.source.sha256()).toMatch(/^[0-9a-f]{64}$/);
  await again.folder.close();
});

test("a damaged small file fails git's own hash", async () => {
  at.hub.faults.push({ path: 'config.json', times: 1, kind: 'corrupt' });
  const folder = await at.openFolder('demo/gqa');
  await expect(folder.open('config.json')).rejects.toThrow('config.json came with git hash');
});

test('a small file with fewer bytes than the repository lists is told', async () => {
  at.hub.faults.push({ path: 'config.json', times: 1, kind: 'truncate', afterBytes: 10 });
  const folder = await at.openFolder('demo/gqa');
  await expect(folder.open('config.json')).rejects.toThrow(/gives 10 bytes for config\.json, expected the \d+ that/);
});

test.each([
  [
    'is asked too much',
    { kind: 'status', status: 429, headers: { 'Retry-After': '0' } },
    'answered 429. Trying again in',
  ],
  ['has a fault of its own', { kind: 'status', status: 503, headers: { 'Retry-After': '0' } }, 'answered 503.'],
  ['breaks its answer off', { kind: 'drop', afterBytes: 1 }, 'could not be reached ('],
] as const)('a hub that %s while a model is looked at is asked again, and that is told', async (_, what, words) => {
  at.hub.faults.push({ path: 'revision', times: 2, ...what }, { path: 'tree', times: 1, ...what });
  const told: (string | null)[] = [];
  const access = { endpoint: at.hub.url, repo: 'demo/large', token: null };
  const { files } = await openRepository(access, 'main', { onWait: (why) => told.push(why) });
  expect([...files.keys()]).toContain('model.safetensors');
  expect(told).toEqual([...Array(2).fill(expect.stringContaining(words)), null, expect.stringContaining(words), null]);
});

test('a hub whose fault stays is told with its status; an abort ends the waiting', async () => {
  const access = { endpoint: at.hub.url, repo: 'demo/large', token: null };
  at.hub.faults.push({ path: 'revision', times: 6, kind: 'status', status: 503, headers: { 'Retry-After': '0' } });
  await expect(openRepository(access, 'main')).rejects.toThrow(/answered 503 for revision main of demo\/large/);
  at.hub.faults.push({ path: 'revision', times: 1, kind: 'status', status: 429, headers: { 'Retry-After': '200' } });
  const controller = new AbortController();
  const onWait = () => controller.abort(new Error('no longer wanted'));
  const opening = openRepository(access, 'main', { signal: controller.signal, onWait });
  await expect(opening).rejects.toThrow('no longer wanted');
});
