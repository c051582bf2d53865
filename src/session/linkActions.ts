// Actions on links: start from the page's own, open another, give one away.
import { DEFAULT_EXPERIMENT } from '../engine/index.ts';
import { decodeLink } from '../share/decode.ts';
import { linkOf } from './address.ts';
import { fitToModel } from './fitToModel.ts';
import { loadModel, openDevice } from './modelActions.ts';
import { runWanted } from './running.ts';
import type { Session } from './session.ts';
import type { Sitting } from './sitting.ts';

type LinkActions = Pick<Session, 'start' | 'openLink' | 'link' | 'copyLink' | 'onAddress'>;

/** The actions of links over a sitting whose page was opened with `initialLink`. */
export function linkActions(sitting: Sitting, initialLink: string): LinkActions {
  return {
    start: async () => {
      if (await openDevice(sitting)) await openLink(sitting, initialLink);
    },
    openLink: (hash) => openLink(sitting, hash),
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
  const { experiment, problems } = await decodeLink(hash);
  const isBundled = experiment.model.source === 'bundled';
  const unasked = isBundled ? [] : ['The link names a model that is not bundled; the demo model is shown instead.'];
  const opened = isBundled ? experiment : { ...experiment, model: DEFAULT_EXPERIMENT.model, fingerprint: null };
  sitting.set({ experiment: opened, linkProblem: sentence([...problems, ...unasked]), reproduction: null });
  if (!(await loadModel(sitting))) return;
  const { model } = sitting.state;
  if (model.status === 'ready') {
    const fitted = fitToModel(opened, model.model.config);
    sitting.set({
      experiment: fitted.experiment,
      linkProblem: sentence([...problems, ...unasked, ...fitted.problems]),
    });
  }
  await runWanted(sitting, 'replace');
}

function sentence(problems: readonly string[]): string | null {
  return problems.length === 0 ? null : problems.join(' ');
}
