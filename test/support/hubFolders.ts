// A hub with a few repositories and an empty cache on disk for each test of a file, and what asks them: for tests of the hub's sources.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { diskStorage } from '../../src/sources/cache/diskStorage.node.ts';
import { ModelCache } from '../../src/sources/cache/modelCache.ts';
import { type HashingSource, isHashing } from '../../src/sources/hashing/hashedSource.ts';
import { HubFolder, type HubFolderOptions } from '../../src/sources/hub/hubFolder.ts';
import { openRepository } from '../../src/sources/hub/repository.ts';
import { NEVER_PAUSED } from '../../src/sources/pausing.ts';
import { type Fault, type HubServer, openHubServer, type Seen } from './hubServer.ts';
import { safetensorsFile } from './memoryFolder.ts';

export const readDemo = (name: string) => new Uint8Array(readFileSync(`public/models/demo-gqa/${name}`));
const NAMES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'] as const;
export const DEMO = Object.fromEntries(NAMES.map((name) => [name, readDemo(name)]));

/** 9 MB of weights: three pieces, the last one short. */
export const LARGE = safetensorsFile(
  { w: { dtype: 'U8', shape: [9_000_001], data_offsets: [0, 9_000_001] } },
  9_000_001,
);
for (let i = 100; i < LARGE.length; i++) LARGE[i] = (i * 2_654_435_761) >>> 24;

const REPOSITORIES = {
  'demo/gqa': { files: DEMO, license: 'mit' },
  'demo/git': { files: DEMO, inGit: true },
  'demo/large': { files: { 'config.json': '{}', 'model.safetensors': LARGE }, license: 'apache-2.0' },
  'demo/gated': { files: DEMO, token: 'secret-of-mine' },
  'demo/shards': {
    files: {
      'config.json': readDemo('config.json'),
      'tokenizer.json': readDemo('tokenizer.json'),
      'a.safetensors': readDemo('model.safetensors'),
      'model.safetensors.index.json': JSON.stringify({ weight_map: { x: 'a.safetensors', y: 'b.safetensors' } }),
    },
  },
  'demo/pickle': { files: { 'config.json': readDemo('config.json'), 'pytorch_model.bin': new Uint8Array(100) } },
};

type Change = Partial<HubFolderOptions> & { readonly token?: string };

export type HubFolders = {
  readonly hub: HubServer;
  readonly cache: ModelCache;
  readonly cacheFolder: string;
  openFolder(repo: string, change?: Change): Promise<HubFolder>;
  openWeights(change?: Change, repo?: string): Promise<{ readonly folder: HubFolder; readonly source: HashingSource }>;
  weightRequests(): readonly Seen[]; // that reached the store
  fault(fault: Partial<Fault>): void; // of the next request for the weights, unless it says otherwise
};

/** Opens the hub before each test of the file that calls it, and closes it after. */
export function hubFolders(): HubFolders {
  let open: { readonly hub: HubServer; readonly cache: ModelCache; readonly cacheFolder: string } | null = null;
  const now = () => {
    if (open === null) throw new Error('the hub is open within a test only');
    return open;
  };
  beforeEach(async () => {
    const cacheFolder = mkdtempSync(join(tmpdir(), 'splitscope-cache-'));
    open = { hub: await openHubServer(REPOSITORIES), cache: new ModelCache(diskStorage(cacheFolder)), cacheFolder };
  });
  afterEach(async () => {
    const { hub, cacheFolder } = now();
    await hub.close();
    rmSync(cacheFolder, { recursive: true, force: true });
  });
  async function openFolder(repo: string, { token, ...change }: Change = {}): Promise<HubFolder> {
    const access = { endpoint: now().hub.url, repo, token: token ?? null };
    const repository = await openRepository(access, 'main', { signal: change.signal });
    return new HubFolder({ repository, cache: null, pausing: NEVER_PAUSED, ...change });
  }
  return {
    get hub() {
      return now().hub;
    },
    get cache() {
      return now().cache;
    },
    get cacheFolder() {
      return now().cacheFolder;
    },
    openFolder,
    async openWeights(change = {}, repo = 'demo/large') {
      const folder = await openFolder(repo, change);
      const source = await folder.open('model.safetensors');
      if (source === null || !isHashing(source)) throw new Error('the weights are no hashing source');
      return { folder, source };
    },
    weightRequests: () => now().hub.seen.filter(({ host, path }) => host === 'store' && path.endsWith('.safetensors')),
    fault: (fault) => now().hub.faults.push({ path: 'model.safetensors', times: 1, ...fault } as Fault),
  };
}
