// What opens over the page: a dialog in the middle, and a help text at a `?`.
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { Dialog, DialogTrigger, Heading } from 'react-aria-components/Dialog';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { Popover } from 'react-aria-components/Popover';
import './controls.css';
import './dialogs.css';
import { Icon } from './icons.tsx';

type ModalProps = {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly isWide?: boolean; // for tables
  readonly children: ReactNode;
};

/** A dialog in the middle of the page; Escape and a press outside close it. */
export function ModalDialog({ title, isOpen, onClose, isWide = false, children }: ModalProps) {
  return (
    <ModalOverlay
      className="modal-overlay"
      isDismissable
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className={isWide ? 'modal modal-wide' : 'modal'}>
        <Dialog className="dialog">
          <header className="dialog-head">
            <Heading slot="title" className="dialog-title">
              {title}
            </Heading>
            <Button className="button button-quiet button-icon" aria-label="Close" onPress={onClose}>
              <Icon name="close" />
            </Button>
          </header>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** A `?` that opens an explanation of `subject`. */
export function Help({ subject, children }: { subject: string; children: ReactNode }) {
  return (
    <DialogTrigger>
      <Button className="button button-quiet button-icon help-button" aria-label={`About ${subject}`}>
        ?
      </Button>
      <Popover className="popover help-popover" placement="bottom end" offset={4}>
        <Dialog className="help-dialog" aria-label={`About ${subject}`}>
          {children}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
