// SwitchField: one thing, on or off, with its words beside it.
import type { ReactNode } from 'react';
import { Switch } from 'react-aria-components/Switch';
import './controls.css';

type Props = {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly children: ReactNode; // its name
  readonly disabled?: boolean;
};

/** A switch. */
export function SwitchField({ isOn, onChange, children, disabled = false }: Props) {
  return (
    <Switch className="switch" isSelected={isOn} onChange={onChange} isDisabled={disabled}>
      <span className="switch-track" aria-hidden="true" />
      {children}
    </Switch>
  );
}
