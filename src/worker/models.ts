// Where the worker's models come from: beside the page, a hub, chosen files; and the cache of what a hub gave. Holds the token, in memory.
import type { ModelReference } from '../engine/index.ts';
import { bundledFolder, type DownloadProgress } from '../sources/bundled.ts';
import { ModelCache } from '../sources/cache/modelCache.ts';
import { isOutOfRoom, type Storage } from '../sources/cache/storage.ts';
import { HUGGING_FACE, maySendToken, readEndpoint } from '../sources/hub/endpoint.ts';
import { HubFolder } from '../sources/hub/hubFolder.ts';
import { measureModel } from '../sources/hub/hubModel.ts';
import { openRepository, type Repository } from '../sources/hub/repository.ts';
import { localFolder } from '../sources/localFolder.ts';
import { NEVER_PAUSED } from '../sources/pausing.ts';
import { type Handlers, type Handling, KnownFailure } from './host.ts';
import { LoadProgress } from './loadProgress.ts';
import type { CacheReport, ChosenFiles, ModelOffer, ModelRequest, ModelToLoad } from './modelProtocol.ts';
import { type OpenedModel, openFolder } from './openModel.ts';
import { noRoom, outOfRoom } from './room.ts';

export type ModelsOptions = {
  readonly baseUrl: string; // bundled models lie below it
  readonly storage: () => Promise<Storage | null>; // of the cache; asked once, when first needed
};

const WEIGHTS = 'model.safetensors';

/** What every bundled model has. */
const BUNDLED_FILES = [WEIGHTS, 'config.json', 'tokenizer.json', 'tokenizer_config.json', 'generation_config.json'];

export type ModelHandlers = Pick<Handlers, ModelRequest['kind']>;

const NOT_CACHED = { license: null, isCached: false, notice: null } as const;

export class Models {
  readonly #baseUrl: string;
  readonly #openStorage: ModelsOptions['storage'];
  #endpoint = HUGGING_FACE;
  #token: string | null = null;
  #cache: Promise<ModelCache | null> | null = null;

  constructor({ baseUrl, storage }: ModelsOptions) {
    this.#baseUrl = baseUrl;
    this.#openStorage = storage;
  }

  get handlers(): ModelHandlers {
    return {
      offerModel: ({ repo, revision }, handling) => this.#offer(repo, revision, handling),
      setHub: async ({ endpoint, token }) => {
        const read = readEndpoint(endpoint);
        if (token !== null && !maySendToken(read)) {
          throw new KnownFailure('input', `A token is sent over https alone, and ${read} is not encrypted.`);
        }
        [this.#endpoint, this.#token] = [read, token];
        return { endpoint: read };
      },
      listCached: () => this.#report(),
      removeCached: async ({ model }) => {
        await (await this.#openCache())?.remove(model);
        return this.#report();
      },
    };
  }

  /** Opens a model for loading. Throws what its source throws. */
  async open(model: ModelToLoad, handling: Handling): Promise<OpenedModel> {
    switch (model.source) {
      case 'bundled':
        return this.#openBundled(model, handling);
      case 'hub':
        return this.#openHub(model, handling);
      case 'files':
        return openFiles(model, handling);
      case 'local':
        throw new KnownFailure(
          'input',
          `${model.name} lies on its sender's machine. Choose its files here to open it.`,
        );
      default:
        return model satisfies never;
    }
  }

  async #openBundled(reference: ModelReference & { source: 'bundled' }, handling: Handling): Promise<OpenedModel> {
    const { onProgress, signal } = handling;
    const onDownload = ({ fileName, doneBytes, totalBytes }: DownloadProgress) => {
      if (fileName !== WEIGHTS) return; // all else is small, and comes beside them
      onProgress({ kind: 'load', phase: 'download', done: doneBytes, total: totalBytes, unit: 'bytes' });
    };
    const folder = bundledFolder({ name: reference.name, baseUrl: this.#baseUrl, onProgress: onDownload });
    for (const file of BUNDLED_FILES) folder.open(file, signal).catch(() => {}); // at once; whoever needs one hears what went wrong
    return {
      ...(await openFolder(folder, signal)),
      referenceOf: () => reference,
      origin: async () => NOT_CACHED,
      onUpload: (done, total) => onProgress({ kind: 'load', phase: 'upload', done, total, unit: 'bytes' }),
      close: async () => {},
    };
  }

  async #openHub({ repo, revision }: ModelReference & { source: 'hub' }, handling: Handling): Promise<OpenedModel> {
    const { signal, pausing } = handling;
    const looking = whileLooking(handling);
    const repository = await this.#repository(repo, revision, looking);
    const whole = await this.#openCache();
    const { totalBytes, cachedBytes } = await this.#measure(repository, whole, looking);
    let notice = await noRoom(whole, totalBytes - cachedBytes);
    let ranOut = false; // of room, though the browser had told of enough
    const cache = notice === null ? whole : null;
    const progress = new LoadProgress(handling.onProgress, totalBytes, cache ? cachedBytes : 0);
    pausing.subscribe(() => progress.switches()); // a load has a switch of its own: they end together
    const folder = new HubFolder({
      repository,
      cache,
      pausing,
      signal,
      onBytes: (count) => progress.received(count),
      onWait: (why) => progress.waits(why),
      onUncached: (why, cause) => {
        notice ??= why;
        ranOut ||= isOutOfRoom(cause);
      },
    });
    try {
      const opened = await openFolder(folder, signal);
      return {
        ...opened,
        hash: () => {
          progress.verifies();
          return opened.hash();
        },
        referenceOf: () => ({ source: 'hub', repo, revision: repository.commit }),
        origin: async () => {
          const told = ranOut ? await outOfRoom(cache, totalBytes) : notice;
          return { license: repository.license, isCached: told === null, notice: told };
        },
        onUpload: (done, total) => progress.uploaded(done, total),
        close: () => folder.close(),
      };
    } catch (error) {
      await folder.close();
      throw error;
    }
  }

  async #offer(repo: string, revision: string, handling: Handling): Promise<ModelOffer> {
    const looking = whileLooking(handling);
    const repository = await this.#repository(repo, revision, looking);
    const cache = await this.#openCache();
    const { modelType, totalBytes, cachedBytes } = await this.#measure(repository, cache, looking);
    return {
      reference: { source: 'hub', repo, revision: repository.commit },
      endpoint: this.#endpoint,
      modelType,
      license: repository.license,
      totalBytes,
      cachedBytes,
      uncached: await noRoom(cache, totalBytes - cachedBytes),
    };
  }

  #repository(repo: string, revision: string, looking: Looking): Promise<Repository> {
    return openRepository({ endpoint: this.#endpoint, repo, token: this.#token }, revision, looking);
  }

  async #measure(repository: Repository, cache: ModelCache | null, looking: Looking) {
    const folder = new HubFolder({ repository, cache, pausing: NEVER_PAUSED, ...looking });
    try {
      return await measureModel(folder, repository, cache, looking.signal);
    } finally {
      await folder.close();
    }
  }

  async #report(): Promise<CacheReport> {
    const cache = await this.#openCache();
    return { models: (await cache?.list()) ?? [], room: (await cache?.room()) ?? null };
  }

  #openCache(): Promise<ModelCache | null> {
    this.#cache ??= this.#openStorage().then((storage) => storage && new ModelCache(storage));
    return this.#cache;
  }
}

type Looking = { readonly signal: AbortSignal; readonly onWait: (why: string | null) => void };

/** Before it is known how much there is to load, only what holds the looking up is told. */
function whileLooking({ signal, onProgress }: Handling): Looking {
  const nothingYet = { kind: 'load', phase: 'download', done: 0, total: 0, unit: 'bytes' } as const;
  let told: string | null = null;
  const onWait = (note: string | null) => {
    if (note === told) return; // every byte that comes says that nothing holds it up
    told = note;
    onProgress({ ...nothingYet, note });
  };
  return { signal, onWait };
}

async function openFiles({ name, files }: ChosenFiles, { signal, onProgress }: Handling): Promise<OpenedModel> {
  const opened = await openFolder(localFolder(name, files), signal);
  return {
    ...opened,
    hash: () => {
      const { byteLength } = opened.checkpoint;
      onProgress({ kind: 'load', phase: 'verify', done: byteLength, total: byteLength, unit: 'bytes' });
      return opened.hash();
    },
    referenceOf: (hash) => ({ source: 'local', name, hash }),
    origin: async () => NOT_CACHED,
    onUpload: (done, total) => onProgress({ kind: 'load', phase: 'upload', done, total, unit: 'bytes' }),
    close: async () => {},
  };
}
