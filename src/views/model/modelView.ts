// What the Model panel is given, as plain data: structurally the sitting's own, which views do not know.
import type { ExperimentMemory, ModelConfig } from '../../engine/index.ts';

export type ModelFacts = {
  readonly config: ModelConfig;
  readonly parameters: number;
  readonly dtype: string;
  readonly downloadBytes: number;
  readonly gpuBytes: number;
  readonly hash: string;
  readonly origin: { readonly license: string | null; readonly isCached: boolean; readonly notice: string | null };
};

export type Offer = {
  readonly reference: { readonly repo: string; readonly revision: string };
  readonly endpoint: string;
  readonly modelType: string;
  readonly license: string | null;
  readonly totalBytes: number;
  readonly cachedBytes: number;
  readonly uncached: string | null;
};

export type LoadStep = {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly etaMs?: number | null;
  readonly note?: string | null;
};

export type ModelView =
  | { readonly status: 'none' }
  | { readonly status: 'looking'; readonly name: string; readonly note: string | null }
  | { readonly status: 'asks'; readonly name: string; readonly offer: Offer }
  | { readonly status: 'needs-files'; readonly name: string; readonly hash: string }
  | { readonly status: 'loading'; readonly name: string; readonly step: LoadStep | null; readonly isPaused: boolean }
  | { readonly status: 'ready'; readonly name: string; readonly facts: ModelFacts }
  | { readonly status: 'failed'; readonly name: string; readonly kind: string; readonly message: string };

export type CachedView = {
  readonly endpoint: string;
  readonly repo: string;
  readonly commit: string;
  readonly cachedBytes: number;
  readonly isComplete: boolean;
};

export type MemoryView = {
  readonly plan: ExperimentMemory | null; // of the run last begun; null before the first
  readonly budgetBytes: number | null; // null: as many as the adapter allows
  readonly problem: string | null;
};

export type HubView = { readonly endpoint: string; readonly hasToken: boolean; readonly problem: string | null };

export type ChosenFile = { readonly path: string; readonly blob: Blob };

/** What the reader can do about models. */
export type ModelDeeds = {
  openBundled(name: string): void;
  openHub(repo: string, revision: string): void;
  openFiles(name: string, files: readonly ChosenFile[]): void;
  download(): void;
  setPaused(isPaused: boolean): void;
  cancelLoad(): void;
  retryModel(): void;
  setEndpoint(endpoint: string | null): void;
  setToken(token: string | null): void;
  removeCached(model: Pick<CachedView, 'endpoint' | 'repo' | 'commit'>): void;
  setBudget(text: string): void;
};
