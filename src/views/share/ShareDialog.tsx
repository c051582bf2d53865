// Share: the link, how long it is, what it holds; and, on opening one, whether the sender's result was reproduced.
import type { Reproduction } from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import { ModalDialog } from '../controls/Dialogs.tsx';
import './share.css';

type Props = {
  readonly isOpen: boolean;
  readonly url: string | null;
  readonly onCopy: () => void;
  readonly onClose: () => void;
};

const WARN_LENGTH = 2000;

/** Shows the link of the experiment. */
export function ShareDialog({ isOpen, url, onCopy, onClose }: Props) {
  return (
    <ModalDialog title="Share this experiment" isOpen={isOpen} onClose={onClose}>
      <div className="share">
        {url ? (
          <>
            <textarea
              className="field mono share-link"
              aria-label="Link"
              readOnly
              rows={4}
              value={url}
              onFocus={(event) => event.target.select()}
            />
            <p className="quiet">
              {url.length} characters{url.length > WARN_LENGTH ? ': some programs cut links this long' : ''}. It holds
              model, token ids, both run specifications, tolerance, view, and a fingerprint of your result, which the
              reader's page verifies. It is the part after #: no server sees it.
            </p>
            <Button kind="primary" onPress={onCopy}>
              Copy link <kbd>y</kbd>
            </Button>
          </>
        ) : (
          <p>This experiment is too long for a link. Shorten the prompt.</p>
        )}
      </div>
    </ModalDialog>
  );
}

/** Tells whether the sender's result was reproduced. */
export function ReproductionCard({ reproduction }: { reproduction: Reproduction }) {
  const { title, detail } = words(reproduction);
  return (
    <aside
      className="reproduction"
      data-verdict={reproduction.verdict}
      aria-label="Reproduction of the sender's result"
    >
      <strong>{title}</strong> {detail}
    </aside>
  );
}

function words(reproduction: Reproduction): { readonly title: string; readonly detail: string } {
  switch (reproduction.verdict) {
    case 'bit-for-bit':
      return {
        title: 'Reproduced bit for bit.',
        detail: "The sender's logits and every block have the same bits here.",
      };
    case 'within-tolerance':
      return { title: 'Same within tolerance.', detail: `Bits part first at ${place(reproduction.firstBlock)}.` };
    case 'differs':
      return {
        title: 'Differs:',
        detail: `${reproduction.what}${reproduction.firstBlock === null ? '' : `, first at ${place(reproduction.firstBlock)}`}.`,
      };
    case 'not-comparable':
      return { title: 'Cannot be compared here:', detail: `${reproduction.why}.` };
    default:
      return reproduction satisfies never;
  }
}

function place(firstBlock: number | 'logits'): string {
  return firstBlock === 'logits' ? 'the logits' : `blocks.${firstBlock}`;
}
