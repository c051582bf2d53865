// Share: the link, how long it is, and what it holds.
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
