// Brings the experiment's model to the GPU. From a hub nothing is downloaded before a click: the sitting looks, and asks.
import type { ModelReference } from '../engine/index.ts';
import type { ModelToLoad } from '../worker/modelProtocol.ts';
import type { Progress } from '../worker/protocol.ts';
import { endAsked } from './asked.ts';
import { failureOf } from './failure.ts';
import { milliseconds } from './notices.ts';
import { NOTHING_READ, type Sitting } from './sitting.ts';

/** A download of so much starts at once where the reader asked for the model; a link's starts at a click alone. */
export const UNASKED_BYTES = 25e6;

/** Loads the experiment's model, unless it is the one that is there; says whether it is there. A hub's and a stranger's may wait. */
export async function loadModel(sitting: Sitting, mayDownloadBytes = 0): Promise<boolean> {
  const { model, experiment } = sitting.state;
  const reference = experiment.model;
  if (model.status === 'ready' && isSame(model.model.reference, reference)) return true;
  switch (reference.source) {
    case 'bundled':
      return loadNow(sitting, reference);
    case 'hub':
      return look(sitting, reference, mayDownloadBytes);
    case 'local':
      return loadChosen(sitting, reference);
    default:
      return reference satisfies never;
  }
}

/** Looks at what the hub has and pins its commit; loads where all but `mayDownloadBytes` is here, and asks otherwise. */
async function look(
  sitting: Sitting,
  { repo, revision }: ModelReference & { source: 'hub' },
  mayDownloadBytes: number,
): Promise<boolean> {
  const { signal } = sitting.loading.begin();
  const show = (note: string | null) => sitting.set({ model: { status: 'looking', name: repo, note } });
  show(null);
  try {
    const onProgress = (progress: Progress) => {
      if (progress.kind === 'load' && !signal.aborted) show(progress.note ?? null);
    };
    const offer = await sitting.client.ask({ kind: 'offerModel', repo, revision }, { signal, onProgress });
    if (signal.aborted) return false;
    sitting.set({ experiment: { ...sitting.state.experiment, model: offer.reference } });
    if (offer.totalBytes - offer.cachedBytes <= mayDownloadBytes) return await loadNow(sitting, offer.reference);
    sitting.set({ model: { status: 'asks', name: repo, offer } });
    return false;
  } catch (error) {
    return fail(sitting, repo, error, signal);
  }
}

/** A local model is known by the hash of its weights: the files chosen last may be it. */
async function loadChosen(sitting: Sitting, { name, hash }: ModelReference & { source: 'local' }): Promise<boolean> {
  const { files } = sitting.loading;
  if (files === null || files.name !== name) {
    sitting.set({ model: { status: 'needs-files', name, hash } });
    return false;
  }
  return loadNow(sitting, files);
}

/** Loads a model now. What the experiment names is pinned to what was loaded: the hub's commit, the hash of local weights. */
export async function loadNow(sitting: Sitting, toLoad: ModelToLoad): Promise<boolean> {
  const { signal, pausing } = sitting.loading.begin();
  endAsked(sitting);
  const name = toLoad.source === 'hub' ? toLoad.repo : toLoad.name;
  const show = (progress: Progress | null) =>
    sitting.set({ model: { status: 'loading', name, progress, isPaused: pausing.isPaused } });
  show(null);
  try {
    const startedMs = performance.now();
    const onProgress = (progress: Progress) => {
      if (!signal.aborted) show(progress);
    };
    const loaded = await sitting.client.ask({ kind: 'loadModel', reference: toLoad }, { signal, pausing, onProgress });
    if (signal.aborted) return false;
    sitting.loading.previous = { model: loaded, from: toLoad };
    const { experiment } = sitting.state;
    const isOther = !isSame(experiment.model, loaded.reference);
    sitting.set({
      model: { status: 'ready', model: loaded },
      ...NOTHING_READ,
      memory: null,
      experiment: isOther ? { ...experiment, model: loaded.reference, fingerprint: null } : experiment,
    });
    if (loaded.origin.notice) sitting.note({ text: loaded.origin.notice, tone: 'info' });
    sitting.note({ text: `Loaded ${name} in ${milliseconds(performance.now() - startedMs)} ms`, tone: 'info' });
    if (toLoad.source === 'hub') await lookAtCache(sitting);
    return true;
  } catch (error) {
    return fail(sitting, name, error, signal);
  }
}

/** Lists the cache anew; a cache that cannot be listed is none. */
export async function lookAtCache(sitting: Sitting): Promise<void> {
  const cache = await sitting.client.ask({ kind: 'listCached' }).catch(() => null);
  sitting.set({ cache });
}

function fail(sitting: Sitting, name: string, error: unknown, signal: AbortSignal): false {
  if (signal.aborted) return false; // whoever ended it has said what is there now
  const failure = failureOf(error);
  sitting.set({ model: { status: 'failed', name, failure } });
  sitting.note({ text: `Could not load ${name}: ${failure.message}`, tone: 'bad' });
  return false;
}

function isSame(a: ModelReference, b: ModelReference): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
