// The cache of models: files by hub, repository and commit, filled piece by piece, checked once, listed and removed as a model.
import type { HubRepository } from '../hub/endpoint.ts';
import { type CachedFile, FilledFile, FillingFile } from './cachedFile.ts';
import { cachedBytes, type LedgerState, readLedger, writeHeader } from './ledger.ts';
import { pieceCount } from './pieces.ts';
import type { Room, Storage, StoredFile } from './storage.ts';

const ROOT = 'models';
const LEDGER = '.pieces';

/** A model in the cache. */
export type CachedModel = HubRepository & {
  readonly commit: string;
  readonly cachedBytes: number;
  readonly isComplete: boolean; // every file that was begun is there and was checked
};

export type CacheKey = HubRepository & { readonly commit: string; readonly fileName: string };

export class ModelCache {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** How much room there is; null where the host does not say. */
  room(): Promise<Room | null> {
    return this.#storage.room();
  }

  /** Opens a file, begun anew where another length was begun. Throws where another tab is filling it. */
  async open(key: CacheKey, byteLength: number): Promise<CachedFile> {
    const path = pathOf(key);
    const state = await this.#state(path);
    if (state?.hash && state.byteLength === byteLength) {
      const data = await this.#storage.openForReading(path);
      if (data?.byteLength === byteLength) return new FilledFile(data, state);
    }
    const data = await this.#storage.openFile(path);
    try {
      const ledger = await this.#storage.openFile(ledgerOf(path));
      const known = state?.byteLength === byteLength ? await readLedger(ledger) : null;
      if (known === null) await begin(ledger, byteLength);
      const fresh = known ?? { byteLength, hash: null, there: new Uint8Array(pieceCount(byteLength)) };
      const reopen = () => this.#storage.openForReading(path);
      return new FillingFile(data, ledger, { ...fresh, hash: null }, reopen);
    } catch (error) {
      await data.close();
      throw error;
    }
  }

  /** What of a file is there, without opening it; null where nothing is. */
  async peek(key: CacheKey): Promise<{ readonly cachedBytes: number; readonly isChecked: boolean } | null> {
    const state = await this.#state(pathOf(key));
    return state && { cachedBytes: cachedBytes(state), isChecked: state.hash !== null };
  }

  async #state(path: readonly string[]): Promise<LedgerState | null> {
    const ledger = await this.#storage.openForReading(ledgerOf(path));
    if (ledger === null) return null;
    const state = await readLedger(ledger);
    await ledger.close();
    return state;
  }

  /** Every model of which weights are kept, in the order of their names; one that was only looked at is none. */
  async list(): Promise<readonly CachedModel[]> {
    const models: (CachedModel | null)[] = [];
    for (const endpoint of await this.#folders([ROOT]))
      for (const owner of await this.#folders([ROOT, endpoint]))
        for (const name of await this.#folders([ROOT, endpoint, owner]))
          for (const commit of await this.#folders([ROOT, endpoint, owner, name]))
            models.push(await this.#model([ROOT, endpoint, owner, name, commit]));
    return models.flatMap((model) => model ?? []).sort((a, b) => a.repo.localeCompare(b.repo));
  }

  async #folders(path: readonly string[]): Promise<readonly string[]> {
    return (await this.#storage.list(path)).filter(({ isFolder }) => isFolder).map(({ name }) => name);
  }

  async #model(path: readonly [string, string, string, string, string]): Promise<CachedModel | null> {
    const [, endpoint, owner, name, commit] = path;
    const states: LedgerState[] = [];
    let weightBytes = 0;
    for (const entry of await this.#storage.list(path)) {
      if (!entry.name.endsWith(LEDGER)) continue;
      const fileName = entry.name.slice(0, -LEDGER.length);
      const state = await this.#state([...path, fileName]);
      if (!state) continue;
      states.push(state);
      if (fileName.endsWith('.safetensors')) weightBytes += cachedBytes(state);
    }
    if (weightBytes === 0) return null;
    return {
      endpoint: decodeURIComponent(endpoint),
      repo: `${owner}/${name}`,
      commit,
      cachedBytes: states.reduce((sum, state) => sum + cachedBytes(state), 0),
      isComplete: states.every(({ hash }) => hash !== null),
    };
  }

  /** Removes all that is kept of a model at a commit. Throws where it is being filled. */
  async remove({ endpoint, repo, commit }: Pick<CachedModel, 'endpoint' | 'repo' | 'commit'>): Promise<void> {
    await this.#storage.remove(pathOf({ endpoint, repo, commit, fileName: '' }).slice(0, -1));
  }

  /** Removes one file, as when its bytes are not what they should be. */
  async removeFile(key: CacheKey): Promise<void> {
    await this.#storage.remove(ledgerOf(pathOf(key)));
    await this.#storage.remove(pathOf(key));
  }
}

async function begin(ledger: StoredFile, byteLength: number): Promise<void> {
  await ledger.write(0, new Uint8Array(Math.max(ledger.byteLength, 1))); // what another length had noted is gone
  await writeHeader(ledger, byteLength, null);
}

function pathOf({ endpoint, repo, commit, fileName }: CacheKey): string[] {
  const [owner = '', name = ''] = repo.split('/');
  return [ROOT, encodeURIComponent(endpoint), owner, name, commit, fileName];
}

function ledgerOf(path: readonly string[]): string[] {
  return path.map((name, at) => (at === path.length - 1 ? `${name}${LEDGER}` : name));
}
