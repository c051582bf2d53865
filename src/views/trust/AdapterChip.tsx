// The adapter in the top bar: what computes, and whether its bits are to be trusted. Its findings open below it (TrustCard).
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { Dialog, DialogTrigger } from 'react-aria-components/Dialog';
import { Popover } from 'react-aria-components/Popover';
import '../controls/controls.css';
import './adapterChip.css';

export type ChipTone = 'plain' | 'warn' | 'good' | 'bad';

type Props = {
  readonly label: string;
  readonly tone: ChipTone;
  readonly children: (close: () => void) => ReactNode; // of the popover
};

/** A chip that opens what was measured of the adapter. */
export function AdapterChip({ label, tone, children }: Props) {
  return (
    <DialogTrigger>
      <Button className="adapter-chip" data-tone={tone} aria-label={`About this GPU: ${label}`}>
        {label}
      </Button>
      <Popover className="popover trust-popover" placement="bottom start" offset={6}>
        <Dialog className="trust-dialog" aria-label="About this GPU">
          {({ close }) => children(close)}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
