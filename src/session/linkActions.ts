// Actions on links and experiment files: start from the page's own, open another, give one away.
import { decodeLink } from '../share/decode.ts';
import { readExperimentFile } from '../share/experimentFile.ts';
import type { OpenedLink } from '../share/openedLink.ts';
import { linkOf, pinnedExperiment } from './address.ts';
import { endAsked } from './asked.ts';
import { runContinuation } from './continuationActions.ts';
import { fitToDevice, openDevice } from './device.ts';
import { remember } from './edits.ts';
import { loadModel, lookAtCache } from './loadModel.ts';
import type { Kept } from './memory.ts';
import { runFitted } from './modelActions.ts';
import type { Session } from './session.ts';
import { showOutputs } from './showing.ts';
import { NOTHING_READ, type Sitting } from './sitting.ts';
import { runPaths, runSweep } from './sweepActions.ts';

type LinkActions = Pick<
  Session,
  'start' | 'openLink' | 'openExperimentFile' | 'pinned' | 'link' | 'copyLink' | 'onAddress'
>;

/** The actions of links over a sitting whose page was opened with `initialLink`; `kept` is what its tab knew before. */
export function linkActions(sitting: Sitting, initialLink: string, kept: Kept | null): LinkActions {
  return {
    start: async () => {
      if (kept) sitting.set({ edits: kept.edits, log: kept.log, selectedPosition: kept.selectedPosition });
      if (!(await openDevice(sitting))) return;
      sitting.track(lookAtCache(sitting));
      if (kept && kept.address === initialLink) await open(sitting, { experiment: kept.experiment, problems: [] });
      else await openLink(sitting, initialLink);
    },
    openLink: async (hash) => {
      const { experiment, edits } = sitting.state;
      sitting.set({ edits: remember(edits, experiment) });
      await openLink(sitting, hash);
    },
    openExperimentFile: async (text) => {
      const { experiment, edits } = sitting.state;
      const opened = readExperimentFile(text);
      if (opened.problems.length > 0) {
        sitting.set({ notice: { text: opened.problems.join(' '), tone: 'bad' } });
        return;
      }
      sitting.set({ edits: remember(edits, experiment) });
      await open(sitting, opened);
    },
    pinned: () => pinnedExperiment(sitting.state),
    link: () => linkOf(sitting),
    copyLink: async () => {
      const link = await linkOf(sitting);
      sitting.set({
        notice: link
          ? { text: `Link of ${link.length} characters copied.`, tone: 'good' }
          : { text: 'This experiment is too long for a link. Shorten the prompt.', tone: 'bad' },
      });
      return link;
    },
    onAddress: (listener) => {
      sitting.addressListeners.add(listener);
      return () => sitting.addressListeners.delete(listener);
    },
  };
}

async function openLink(sitting: Sitting, hash: string): Promise<void> {
  sitting.address = hash;
  await open(sitting, await decodeLink(hash));
}

async function open(sitting: Sitting, { experiment, problems }: OpenedLink): Promise<void> {
  const linkProblem = problems.length === 0 ? null : problems.join(' ');
  endAsked(sitting); // it belongs to the experiment before
  const fitted = fitToDevice(sitting, experiment);
  sitting.set({ experiment: fitted, linkProblem, reproduction: null, opened: fitted, ...NOTHING_READ });
  if (!(await loadModel(sitting))) return;
  await runFitted(sitting, 'replace');
  askAgain(sitting);
}

/** Asks what the link asks beside its runs. */
function askAgain(sitting: Sitting): void {
  const { run, experiment } = sitting.state;
  if (run.status !== 'done') return;
  const looksAt = (experiment.sweep ?? experiment.paths)?.position;
  if (looksAt !== undefined && looksAt < sitting.state.tokens.length) {
    sitting.set({ selectedPosition: looksAt });
    sitting.track(showOutputs(sitting, looksAt));
  }
  if (experiment.sweep) sitting.track(runSweep(sitting, experiment.sweep));
  if (experiment.paths) sitting.track(runPaths(sitting, experiment.paths));
  if (experiment.continuation) sitting.track(runContinuation(sitting, experiment.continuation));
}
