// The keys of the page, listed, and the switch that turns single keys off.
import { ModalDialog } from '../controls/Dialogs.tsx';
import { SwitchField } from '../controls/SwitchField.tsx';
import type { Command } from '../palette/command.ts';
import { Keys } from './Keys.tsx';
import './keys.css';

const ON_PANELS = [
  ['arrow keys', 'move in the ladder, the heads and the pattern; Shift moves by 10 in the pattern'],
  ['Enter', 'opens the head'],
  ['t', 'in the pattern: to the cell of largest magnitude'],
  ['Esc', 'frees the crosshair, closes what is open'],
] as const;

type Props = {
  readonly commands: readonly Command[];
  readonly singleKeys: boolean;
  readonly onSingleKeys: (on: boolean) => void;
  readonly onClose: () => void;
};

/** Lists what each key does. */
export function KeysDialog({ commands, singleKeys, onSingleKeys, onClose }: Props) {
  return (
    <ModalDialog title="Keys" isOpen onClose={onClose}>
      <dl className="keys">
        {commands.map(({ id, group, title, keys }) =>
          keys ? (
            <div key={id}>
              <dt>
                <Keys keys={keys} />
              </dt>
              <dd>{group === 'Go to' ? `to ${title}` : title}</dd>
            </div>
          ) : null,
        )}
        {ON_PANELS.map(([key, does]) => (
          <div key={key} className="keys-wide">
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <SwitchField isOn={singleKeys} onChange={onSingleKeys}>
        Single keys
      </SwitchField>
      <p className="quiet">They do nothing while you type in a field. Keys with Ctrl work either way.</p>
    </ModalDialog>
  );
}
