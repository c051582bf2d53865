// What a repository gives, and to whom.
import { expect, test } from 'vitest';
import { DEMO, hubFolders, LARGE } from '../../../test/support/hubFolders.ts';
import { openCheckpoint, readJson } from '../../engine/index.ts';
import { hashWeights } from '../weightsHash.ts';
import { openRepository } from './repository.ts';

const at = hubFolders();

test('a repository is one commit: its files with sizes and hashes, its licence', async () => {
  const repository = await openRepository({ endpoint: at.hub.url, repo: 'demo/large', token: null }, 'main');
  expect(repository.commit).toBe(at.hub.commitOf('demo/large'));
  expect(repository.license).toBe('apache-2.0');
  expect(repository.files.get('model.safetensors')).toMatchObject({ byteLength: LARGE.byteLength });
  expect(repository.files.get('model.safetensors')?.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(repository.files.get('config.json')?.sha256).toBeNull();
  const pinned = await openRepository({ endpoint: at.hub.url, repo: 'demo/large', token: null }, repository.commit);
  expect(pinned.commit).toBe(repository.commit);
});

test.each(['demo/gqa', 'demo/git'])('%s opens over ranges as its files on disk do', async (repo) => {
  const received: number[] = [];
  const folder = await at.openFolder(repo, { onBytes: (count) => received.push(count) });
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
  const { source } = await at.openWeights({}, 'demo/gqa');
  return source.sha256();
}

test('reads of any range, overlapping and at once, give the bytes and fetch each piece once', async () => {
  const { source } = await at.openWeights();
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
    at
      .weightRequests()
      .map(({ range }) => range)
      .sort(),
  ).toEqual(['bytes=0-4194303', 'bytes=4194304-8388607', `bytes=8388608-${LARGE.byteLength - 1}`]);
  await expect(source.read(LARGE.byteLength, 1)).rejects.toThrow(`has ${LARGE.byteLength} bytes`);
});

test('a gated model asks for a token; with one it opens, and the store never sees it', async () => {
  const without = await at.openFolder('demo/gated');
  await expect(without.open('config.json')).rejects.toMatchObject({
    kind: 'gated',
    message: expect.stringContaining('then give a token'),
  });
  const wrong = await at.openFolder('demo/gated', { token: 'wrong' });
  await expect(wrong.open('config.json')).rejects.toMatchObject({ kind: 'gated' });
  const { source } = await at.openWeights({ token: 'secret-of-mine' }, 'demo/gated');
  await source.read(0, 8);
  const seen = at.hub.seen.filter(({ authorization }) => authorization === 'Bearer secret-of-mine');
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.every(({ host }) => host === 'hub')).toBe(true);
  expect(at.weightRequests().map(({ authorization }) => authorization)).toEqual([null]);
});

test('what is not there is named', async () => {
  const opening = (repo: string, revision: string) =>
    openRepository({ endpoint: at.hub.url, repo, token: null }, revision);
  await expect(opening('demo/none', 'main')).rejects.toMatchObject({ kind: 'gated' });
  await expect(opening('demo/none', 'main')).rejects.toThrow('or there is none of that name');
  await expect(opening('demo/gqa', 'v9')).rejects.toThrow('demo/gqa on localhost');
  await expect(opening('nonsense', 'main')).rejects.toThrow('expected owner/name');
  const gone = { endpoint: 'http://127.0.0.1:1', repo: 'demo/gqa', token: null };
  await expect(openRepository(gone, 'main')).rejects.toMatchObject({ kind: 'offline' });
  const folder = await at.openFolder('demo/gqa');
  expect(await folder.open('none.json')).toBeNull();
});

test('a repository of pickles alone is refused with the conversion, and nothing of it was read', async () => {
  const folder = await at.openFolder('demo/pickle');
  await expect(openCheckpoint(folder)).rejects.toThrow(/only pytorch_model\.bin, a Python pickle.*save_pretrained/);
  expect(at.hub.seen.filter(({ path }) => path.includes('resolve')).map(({ path }) => path.split('/').at(-1))).toEqual([
    'config.json',
  ]);
});
