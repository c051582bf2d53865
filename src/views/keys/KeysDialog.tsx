// The keys of the page, listed.
import { ModalDialog } from '../controls/Dialogs.tsx';
import './keys.css';

const KEYS: readonly (readonly [string, string])[] = [
  ['Ctrl Enter', 'run'],
  ['f', 'fused alone'],
  ['s', 'split alone'],
  ['c', 'compare'],
  ['x', 'swap A and B'],
  ['y', 'copy the link'],
  ['[  ]', 'previous, next failing hook'],
  ['g then p r d h a i o', 'go to Prompt, Runs, Divergence, Heads, pAttern, Inspector, Outputs'],
  ['?', 'these keys'],
];

/** Lists what each key does. */
export function KeysDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  return (
    <ModalDialog title="Keys" isOpen={isOpen} onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p className="quiet">Single keys do nothing while you type in a field.</p>
    </ModalDialog>
  );
}
