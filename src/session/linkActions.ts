// Actions on links and experiment files: start from the page's own, open another, give one away.
import { decodeLink } from '../share/decode.ts';
import { readExperimentFile } from '../share/experimentFile.ts';
import { linkOf, pinnedExperiment } from './address.ts';
import { askOfCase, openCaseLink } from './caseActions.ts';
import { openDevice } from './device.ts';
import { remember } from './edits.ts';
import { lookAtCache } from './loadModel.ts';
import type { Kept } from './memory.ts';
import { open } from './opening.ts';
import type { Session } from './session.ts';
import type { Sitting } from './sitting.ts';

type LinkActions = Pick<
  Session,
  'start' | 'openLink' | 'openExperimentFile' | 'pinned' | 'link' | 'copyLink' | 'onAddress'
>;

/** How a page was opened: with which fragment, and whether it was only loaded again. */
export type Opening = { readonly link: string; readonly isReload: boolean };

/**
 * The actions of links over a sitting whose page was opened so; `kept` is what its tab knew before. A reload asks for the fragment of
 * the moment when it was asked for: a run that ends before the page goes has moved on from it, and is what the reader saw last.
 */
export function linkActions(
  sitting: Sitting,
  { link: initialLink, isReload }: Opening,
  kept: Kept | null,
): LinkActions {
  const isOfThisLink = ({ address, earlierAddresses }: Kept) =>
    address === initialLink || (isReload && earlierAddresses.includes(initialLink));
  return {
    start: async () => {
      if (kept) sitting.set({ edits: kept.edits, log: kept.log, selectedPosition: kept.selectedPosition });
      if (!(await openDevice(sitting))) return;
      sitting.track(lookAtCache(sitting));
      if (kept && isOfThisLink(kept)) {
        sitting.set({ caseAt: kept.caseAt });
        await open(sitting, { experiment: kept.experiment, problems: [] }, kept.cells);
        await askOfCase(sitting);
      } else await openLink(sitting, initialLink);
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
  sitting.follow(hash);
  if (await openCaseLink(sitting, hash)) return;
  sitting.set({ caseAt: null });
  await open(sitting, await decodeLink(hash));
}
