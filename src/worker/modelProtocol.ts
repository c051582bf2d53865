// The part of the protocol about where models come from: hubs, chosen files, the cache.
import type { ModelReference } from '../engine/index.ts';
import type { CachedModel } from '../sources/cache/modelCache.ts';
import { HUGGING_FACE } from '../sources/hub/endpoint.ts';
import type { LocalFile } from '../sources/localFolder.ts';

export type { CachedModel, LocalFile };

/** The hub that is asked where no other is chosen. */
export const DEFAULT_ENDPOINT = HUGGING_FACE;

/** Files of this machine, before their weights were hashed. */
export type ChosenFiles = { readonly source: 'files'; readonly name: string; readonly files: readonly LocalFile[] };

/** What `loadModel` takes. */
export type ModelToLoad = ModelReference | ChosenFiles;

/** What loading a model from the hub would take: shown, and asked, before it starts. */
export type ModelOffer = {
  readonly reference: Extract<ModelReference, { source: 'hub' }>; // its revision is a commit
  readonly endpoint: string;
  readonly modelType: string;
  readonly license: string | null;
  readonly totalBytes: number; // of all its files
  readonly cachedBytes: number; // of these, here already
  readonly uncached: string | null; // why it will not be kept: no room, no storage
};

export type CacheReport = {
  readonly models: readonly CachedModel[];
  readonly room: { readonly usedBytes: number; readonly quotaBytes: number } | null;
};

/** Where a loaded model came from. */
export type ModelOrigin = {
  readonly license: string | null;
  readonly isCached: boolean; // opened from the cache, or kept in it now
  readonly notice: string | null; // why it is not kept
};

/** What came of another budget. */
export type BudgetOutcome = {
  readonly budgetBytes: number | null;
  readonly loadAgain: boolean; // the model that is there was laid out for another budget
};

export type ModelRequest =
  | { readonly kind: 'offerModel'; readonly repo: string; readonly revision: string }
  | { readonly kind: 'setHub'; readonly endpoint: string; readonly token: string | null } // in memory, until the next
  | { readonly kind: 'listCached' }
  | { readonly kind: 'removeCached'; readonly model: Pick<CachedModel, 'endpoint' | 'repo' | 'commit'> };

export type ModelAnswers = {
  offerModel: ModelOffer;
  setHub: { readonly endpoint: string }; // as it was understood
  listCached: CacheReport;
  removeCached: CacheReport;
};
