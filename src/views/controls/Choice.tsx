// Choice: one of a few, all of them in sight. A radio group in the shape of a switch.
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { ToggleButtonGroup } from 'react-aria-components/ToggleButtonGroup';
import './controls.css';

export type Option<T extends string> = {
  readonly id: T;
  readonly label: string;
  readonly tone?: 'a' | 'b';
  readonly disabled?: boolean;
};

type Props<T extends string> = {
  readonly name: string;
  readonly options: readonly Option<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly scale?: 'small' | 'large';
};

/** Lets the reader choose one option; exactly one is always chosen. */
export function Choice<T extends string>({ name, options, value, onChange, scale = 'small' }: Props<T>) {
  return (
    <ToggleButtonGroup
      className={`choice choice-${scale}`}
      aria-label={name}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const chosen = options.find((option) => keys.has(option.id));
        if (chosen && chosen.id !== value) onChange(chosen.id);
      }}
    >
      {options.map((option) => (
        <ToggleButton
          key={option.id}
          id={option.id}
          className="choice-option"
          isDisabled={option.disabled ?? false}
          data-tone={option.tone}
        >
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
