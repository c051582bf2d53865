// Toggles: any of a few, all of them in sight. Looks like a Choice; more than one may be on.
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { ToggleButtonGroup } from 'react-aria-components/ToggleButtonGroup';
import './controls.css';

type Props<T extends string> = {
  readonly name: string;
  readonly options: readonly { readonly id: T; readonly label: string }[];
  readonly values: readonly T[];
  readonly onChange: (values: readonly T[]) => void;
};

/** Lets the reader switch each option on and off. */
export function Toggles<T extends string>({ name, options, values, onChange }: Props<T>) {
  return (
    <ToggleButtonGroup
      className="choice choice-small"
      aria-label={name}
      selectionMode="multiple"
      selectedKeys={values}
      onSelectionChange={(keys) => onChange(options.map(({ id }) => id).filter((id) => keys.has(id)))}
    >
      {options.map(({ id, label }) => (
        <ToggleButton key={id} id={id} className="choice-option">
          {label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
