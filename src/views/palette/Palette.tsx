// The command palette: type a few letters, Enter does it. Heads (L9H6), hooks and orders are found by their spelling.
import { Autocomplete } from 'react-aria-components/Autocomplete';
import { Dialog } from 'react-aria-components/Dialog';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { Input, SearchField } from 'react-aria-components/SearchField';
import '../controls/dialogs.css';
import { Keys } from '../keys/Keys.tsx';
import { type Command, matching } from './command.ts';
import './palette.css';

const MOST = 40;

type Props = {
  readonly commands: readonly Command[];
  readonly query: string; // may have begun before this was there, and go on until its field has the focus
  readonly onQuery: (query: string) => void;
  readonly spelled: (query: string) => readonly Command[]; // commands that the query itself spells out
  readonly onClose: () => void;
};

/** Finds a command and does it. */
export function Palette({ commands, query, onQuery, spelled, onClose }: Props) {
  const found = [...spelled(query), ...matching(commands, query)].slice(0, MOST);
  const act = (id: string) => {
    onClose();
    // After the palette gave the focus back: a command may take it elsewhere.
    const command = found.find((candidate) => candidate.id === id);
    if (command) setTimeout(command.run, 0);
  };
  return (
    <ModalOverlay
      className="modal-overlay palette-overlay"
      isDismissable
      isOpen
      onOpenChange={(open) => !open && onClose()}
    >
      <Modal className="modal palette">
        <Dialog className="palette-dialog" aria-label="Commands">
          <Autocomplete inputValue={query} onInputChange={onQuery}>
            <SearchField
              aria-label="Command, head or hook"
              autoFocus
              onClear={onClose} // Escape: what was typed is not worth a second press
              onSubmit={() => found[0] && act(found[0].id)} // Enter before any is marked
            >
              {/* What a search field with a list of its own is to a reader of the screen. */}
              <Input
                role="combobox"
                aria-expanded="true"
                className="palette-input"
                placeholder="Command, head (L1H7), hook or order (blocked(7))"
              />
            </SearchField>
            <ListBox
              className="palette-list"
              aria-label="Commands found"
              items={found}
              selectionMode="none"
              onAction={(key) => act(String(key))}
              renderEmptyState={() => <p className="palette-none quiet">No command, head or hook of that name.</p>}
            >
              {(command) => (
                <ListBoxItem id={command.id} className="palette-item" textValue={command.title}>
                  <span className="palette-group">{command.group}</span>
                  <span className="palette-title">{command.title}</span>
                  {command.keys ? <Keys keys={command.keys} /> : null}
                </ListBoxItem>
              )}
            </ListBox>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
