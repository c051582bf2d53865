// Actions on the model: choose one, let it be downloaded, pause it, go back; the hub's address and token; the cache; the device again.
import type { Experiment, ModelReference } from '../engine/index.ts';
import { DEFAULT_ENDPOINT } from '../worker/modelProtocol.ts';
import { loadAgain, setBudget } from './budget.ts';
import { fitToDevice, openDevice } from './device.ts';
import { failureOf } from './failure.ts';
import { fitToModel } from './fitToModel.ts';
import { loadModel, loadNow, lookAtCache, UNASKED_BYTES } from './loadModel.ts';
import { runWanted } from './running.ts';
import type { Session } from './session.ts';
import type { Sitting } from './sitting.ts';

type ModelActions = Pick<
  Session,
  | 'reloadDevice'
  | 'openBundled'
  | 'openHub'
  | 'openFiles'
  | 'download'
  | 'setPaused'
  | 'cancelLoad'
  | 'retryModel'
  | 'setEndpoint'
  | 'setToken'
  | 'removeCached'
  | 'setBudget'
>;

/** The actions on model, hub and cache over a sitting. */
export function modelActions(sitting: Sitting): ModelActions {
  const thenRun = async (loading: Promise<boolean>) => {
    if (await loading) await runFitted(sitting, 'push');
  };
  const open = (model: ModelReference) => {
    wantModel(sitting, model);
    sitting.track(thenRun(loadModel(sitting, UNASKED_BYTES)));
  };
  return {
    reloadDevice: async () => {
      sitting.set({ gate: { status: 'opening' }, model: { status: 'none' } });
      sitting.loading.previous = null;
      if (!(await openDevice(sitting))) return;
      sitting.set({ experiment: fitToDevice(sitting, sitting.state.experiment) });
      if (await loadModel(sitting, UNASKED_BYTES)) await runWanted(sitting, 'replace');
    },
    openBundled: (name) => open({ source: 'bundled', name }),
    openHub: (repo, revision) => open({ source: 'hub', repo, revision }),
    openFiles: (name, files) => {
      sitting.loading.files = { source: 'files', name, files };
      sitting.track(thenRun(openChosen(sitting)));
    },
    download: () => {
      const { model } = sitting.state;
      if (model.status === 'asks') sitting.track(thenRun(loadNow(sitting, model.offer.reference)));
    },
    setPaused: (isPaused) => {
      const { model } = sitting.state;
      if (model.status !== 'loading') return;
      sitting.loading.setPaused(isPaused);
      sitting.set({ model: { ...model, isPaused } });
    },
    cancelLoad: () => sitting.track(goBack(sitting)),
    retryModel: () => sitting.track(thenRun(loadModel(sitting, UNASKED_BYTES))),
    setEndpoint: (endpoint) => sitting.track(setHub(sitting, endpoint ?? DEFAULT_ENDPOINT, null)),
    setToken: (token) => {
      const retry = async () => {
        if (!(await setHub(sitting, sitting.state.hub.endpoint, token)) || token === null) return;
        if (sitting.state.model.status === 'failed') await thenRun(loadModel(sitting, UNASKED_BYTES));
      };
      sitting.track(retry());
    },
    setBudget: (text) => sitting.track(setBudget(sitting, text)),
    removeCached: (model) => {
      const remove = async () => {
        try {
          sitting.set({ cache: await sitting.client.ask({ kind: 'removeCached', model }) });
        } catch (error) {
          sitting.set({ notice: { text: `${model.repo} stays: ${failureOf(error).message}`, tone: 'bad' } });
          await lookAtCache(sitting);
        }
      };
      sitting.track(remove());
    },
  };
}

/** Brings what is looked at into the model that was loaded, says what had to give way, and runs. */
export async function runFitted(sitting: Sitting, how: 'push' | 'replace'): Promise<void> {
  const { model, experiment, linkProblem } = sitting.state;
  if (model.status !== 'ready') return;
  const fitted = fitToModel(experiment, model.model.config);
  const problems = how === 'replace' ? [...(linkProblem ? [linkProblem] : []), ...fitted.problems] : [];
  sitting.set({ experiment: fitted.experiment, linkProblem: problems.length === 0 ? null : problems.join(' ') });
  await runWanted(sitting, how);
}

/** Wants another model. Pinned ids and a sender's result belong to the one before. */
function wantModel(sitting: Sitting, model: ModelReference): void {
  sitting.abort();
  const { experiment, shown } = sitting.state;
  const wanted: Experiment = {
    ...experiment,
    model,
    fingerprint: null,
    prompt: { ...experiment.prompt, tokenIds: null },
  };
  sitting.set({ experiment: wanted, stale: shown !== null, reproduction: null, run: { status: 'idle' } });
}

/** Loads the chosen files. Where a link wanted a local model, they are compared with it by hash. */
async function openChosen(sitting: Sitting): Promise<boolean> {
  const { files } = sitting.loading;
  if (files === null) return false;
  const { model: wanted } = sitting.state;
  sitting.abort();
  if (wanted.status !== 'needs-files') wantPrompt(sitting);
  if (!(await loadNow(sitting, files))) return false;
  const { model } = sitting.state;
  if (wanted.status === 'needs-files' && model.status === 'ready' && model.model.hash !== wanted.hash) {
    const text = `The link's ${wanted.name} has sha256 ${wanted.hash.slice(0, 12)}…; these files have ${model.model.hash.slice(0, 12)}…: another model.`;
    wantPrompt(sitting);
    sitting.set({ linkProblem: text });
  }
  return true;
}

/** Another model reads the text anew. */
function wantPrompt(sitting: Sitting): void {
  wantModel(sitting, sitting.state.experiment.model);
}

/** Ends the load; the model from before is the wanted one again. Where it had to make room on the GPU, it is loaded anew. */
async function goBack(sitting: Sitting): Promise<void> {
  const { signal } = sitting.loading.begin();
  const { previous } = sitting.loading;
  if (previous === null) {
    sitting.set({ model: { status: 'none' } });
    return;
  }
  const { experiment } = sitting.state;
  sitting.set({
    model: { status: 'ready', model: previous.model },
    experiment: { ...experiment, model: previous.model.reference },
  });
  const held = await sitting.client.ask({ kind: 'heldModel' }, { signal }).catch(() => null);
  if (signal.aborted) return;
  if (held === null) await loadAgain(sitting);
  else await runFitted(sitting, 'push');
}

/** Tells the worker where the hub is and who asks; says whether it took it. */
async function setHub(sitting: Sitting, endpoint: string, token: string | null): Promise<boolean> {
  try {
    const taken = await sitting.client.ask({ kind: 'setHub', endpoint, token });
    sitting.set({ hub: { endpoint: taken.endpoint, hasToken: token !== null, problem: null } });
    return true;
  } catch (error) {
    sitting.set({ hub: { ...sitting.state.hub, problem: failureOf(error).message } });
    return false;
  }
}
