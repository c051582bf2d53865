// The gallery over the sitting.
import { CASES } from '../cases/cases.ts';
import type { Session } from '../session/session.ts';
import { Gallery } from '../views/cases/Gallery.tsx';
import { ModalDialog } from '../views/controls/Dialogs.tsx';
import { copyCaseLink } from './copyCaseLink.ts';

type Props = { readonly session: Session; readonly onClose: () => void };

/** The dialog; a case that is opened takes its place. */
export function CasesPlace({ session, onClose }: Props) {
  return (
    <ModalDialog title="Cases" isOpen isWide onClose={onClose}>
      <Gallery
        cases={CASES}
        onOpen={(id) => {
          onClose();
          session.openCase(id, 0);
        }}
        onCopy={(id) => void copyCaseLink(session, id, 0)}
      />
    </ModalDialog>
  );
}
