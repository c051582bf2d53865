// The verification over the sitting.
import type { Session } from '../session/session.ts';
import { ModalDialog } from '../views/controls/Dialogs.tsx';
import { VerifyBody } from '../views/trust/VerifyBody.tsx';
import { copyTrust } from './copyTrust.ts';
import { useSlice } from './useSlice.ts';

type Props = { readonly session: Session; readonly onClose: () => void };

/** The dialog; closing it lets the verification go on. */
export function VerifyPlace({ session, onClose }: Props) {
  const verification = useSlice(session, (state) => state.verification);
  return (
    <ModalDialog title="Verify this GPU" isOpen isWide onClose={onClose}>
      <VerifyBody
        verification={verification}
        onVerify={() => session.verifyGpu()}
        onCancel={() => session.cancelVerification()}
        onCopy={() => void copyTrust(session)}
      />
    </ModalDialog>
  );
}
