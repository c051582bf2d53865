import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { architectureFixture } from '../../test/support/architectureFixtures.ts';
import { memoryFolder, zeroTensors } from '../../test/support/memoryFolder.ts';
import { openCheckpoint, readJson } from '../engine/index.ts';
import { bundledFolder, type DownloadProgress } from './bundled.ts';
import { nodeFolder } from './folder.node.ts';
import { hashWeights } from './weightsHash.ts';

let server: Server;
let baseUrl = '';

/** Serves public/ below /app/, as the built page is; some names answer in the ways that servers fail. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/app/', 'public/');
    if (path.endsWith('broken.json')) response.writeHead(500).end();
    else if (path.endsWith('spa.json')) response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
    else if (path.endsWith('cut.json')) {
      response.writeHead(200, { 'content-length': '100' }).write('{');
      setTimeout(() => response.destroy(), 20);
    } else {
      try {
        const bytes = readFileSync(path);
        response.writeHead(200, { 'content-length': bytes.byteLength }).end(bytes);
      } catch {
        response.writeHead(404).end();
      }
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/app/`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

test('a bundled model opens over HTTP as it does from disk, and tells its progress to the last byte', async () => {
  const progress: DownloadProgress[] = [];
  const folder = bundledFolder({ name: 'demo-gqa', baseUrl, onProgress: (step) => progress.push(step) });
  const served = await openCheckpoint(folder);
  const local = await openCheckpoint(nodeFolder('public/models/demo-gqa'));
  expect(served.config).toEqual(local.config);
  expect(served.parameters).toBe(967_808);
  const steps = progress.filter(({ fileName }) => fileName === 'model.safetensors');
  expect(steps.at(0)?.doneBytes).toBe(0);
  expect(steps.at(-1)).toEqual({ fileName: 'model.safetensors', doneBytes: 1_939_760, totalBytes: 1_939_760 });
  const again = await folder.open('model.safetensors');
  expect(await again?.read(100, 50)).toEqual(
    await (await nodeFolder('public/models/demo-gqa').open('model.safetensors'))?.read(100, 50),
  );
  expect(progress.filter(({ fileName }) => fileName === 'model.safetensors')).toHaveLength(steps.length); // not fetched twice
});

test('the hash of the weights is the sha256 of the file, from whichever source', async () => {
  const expected = createHash('sha256').update(readFileSync('public/models/demo-gqa/model.safetensors')).digest('hex');
  const sources = [bundledFolder({ name: 'demo-gqa', baseUrl }), nodeFolder('public/models/demo-gqa')];
  for (const folder of sources) expect(await hashWeights(await openCheckpoint(folder))).toBe(expected);
});

test('the hash of shards depends on every one of them', async () => {
  const { config, tensors } = architectureFixture('llama');
  const entries = Object.entries(tensors);
  const hashOf = async (flip: number) => {
    const parts = [entries.slice(0, 5), entries.slice(5)].map((part) => zeroTensors(Object.fromEntries(part)));
    for (const [index, part] of parts.entries()) if (index === flip) part[part.length - 1] = 1;
    const weight_map = Object.fromEntries(entries.map(([name], i) => [name, `${i < 5 ? 'a' : 'b'}.safetensors`]));
    const [a = new Uint8Array(), b = new Uint8Array()] = parts;
    const files = {
      'config.json': config,
      'model.safetensors.index.json': { weight_map },
      'a.safetensors': a,
      'b.safetensors': b,
    };
    return hashWeights(await openCheckpoint(memoryFolder(files)));
  };
  expect(new Set([await hashOf(-1), await hashOf(0), await hashOf(1)]).size).toBe(3);
});

test('a file that is not served is null, also where the server answers with its page', async () => {
  const folder = bundledFolder({ name: 'demo-gqa', baseUrl });
  expect([await folder.open('none.json'), await folder.open('spa.json')]).toEqual([null, null]);
});

test('a server that fails, breaks off or is gone is told with the address', async () => {
  const folder = bundledFolder({ name: 'demo-gqa', baseUrl });
  await expect(folder.open('broken.json')).rejects.toThrow('/app/models/demo-gqa/broken.json answered 500');
  await expect(folder.open('cut.json')).rejects.toThrow();
  const gone = bundledFolder({ name: 'demo-gqa', baseUrl: 'http://127.0.0.1:1/' });
  await expect(gone.open('config.json')).rejects.toThrow(
    'http://127.0.0.1:1/models/demo-gqa/config.json could not be fetched',
  );
});

test('an aborted download ends with the reason of its signal', async () => {
  const folder = bundledFolder({ name: 'demo-gqa', baseUrl });
  await expect(folder.open('config.json', AbortSignal.abort(new Error('another model was chosen')))).rejects.toThrow(
    'another model was chosen',
  );
});

test.each(['..', '../secret', 'a/b', '', 'http:x'])('"%s" is no bundled model', (name) => {
  expect(() => bundledFolder({ name, baseUrl })).toThrow('is no name of a bundled model');
});

test('a directory reads files by slices, tells a missing one, and stays inside', async () => {
  const folder = nodeFolder('public/models/demo-gqa');
  const config = await folder.open('config.json');
  expect(config && (await readJson(config))).toMatchObject({ model_type: 'mistral' });
  expect(new TextDecoder().decode(await config?.read(0, 1))).toBe('{');
  expect(await folder.open('none.json')).toBeNull();
  await expect(folder.open('../demo-gqa/config.json')).rejects.toThrow('is no name of a file');
  await expect(config?.read(0, 1e6)).rejects.toThrow(/config\.json ended at byte/);
});
