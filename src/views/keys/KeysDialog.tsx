// The keys of the page, listed, and the switch that turns single keys off.
import { ModalDialog } from '../controls/Dialogs.tsx';
import { SwitchField } from '../controls/SwitchField.tsx';
import type { Command } from '../palette/command.ts';
import { Keys } from './Keys.tsx';
import './keys.css';

const WITHIN_PANELS = [
  ['arrow keys', 'move in ladder, heads, maps and pattern'],
  ['Shift+arrow', 'moves by 10 in the pattern'],
  ['Enter', 'opens the head, locks the cell'],
  ['Shift+F10', 'menu of a head or a token'],
  ['t', 'the pattern’s cell of largest magnitude'],
  ['Esc', 'frees the crosshair, closes what is open'],
] as const;

type Props = {
  readonly commands: readonly Command[];
  readonly singleKeys: boolean;
  readonly onSingleKeys: (on: boolean) => void;
  readonly onClose: () => void;
};

/** Lists what each key does, by what it is for. */
export function KeysDialog({ commands, singleKeys, onSingleKeys, onClose }: Props) {
  const withKeys = commands.flatMap(({ group, title, keys }) => (keys ? [{ group, title, keys }] : []));
  const groups = [...new Set(withKeys.map(({ group }) => group))];
  return (
    <ModalDialog title="Keys" isOpen onClose={onClose}>
      <div className="keys">
        {groups.map((group) => (
          <section key={group} aria-label={group}>
            <h3 className="keys-group">{group}</h3>
            <dl>
              {withKeys
                .filter((command) => command.group === group)
                .map(({ title, keys }) => (
                  <div key={keys}>
                    <dt>
                      <Keys keys={keys} />
                    </dt>
                    <dd>{title}</dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
        <section aria-label="Within a panel">
          <h3 className="keys-group">Within a panel</h3>
          <dl>
            {WITHIN_PANELS.map(([key, does]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
      <SwitchField isOn={singleKeys} onChange={onSingleKeys}>
        Single keys
      </SwitchField>
      <p className="quiet">They do nothing while you type in a field. Keys with Ctrl work either way.</p>
    </ModalDialog>
  );
}
