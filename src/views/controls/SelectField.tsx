// SelectField: one of many, with what cannot be chosen yet shown in place, and the reason beside it.
import { Button } from 'react-aria-components/Button';
import { Label, ListBox, ListBoxItem, Popover, Select, SelectValue, Text } from 'react-aria-components/Select';
import './controls.css';
import { Icon } from './icons.tsx';

export type SelectOption<T extends string> = {
  readonly id: T;
  readonly label: string;
  readonly note?: string | null; // beneath the label
  readonly disabled?: boolean;
};

type Props<T extends string> = {
  readonly name: string;
  readonly options: readonly SelectOption<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly nameHidden?: boolean;
};

/** Lets the reader choose one option from a list that opens. */
export function SelectField<T extends string>({ name, options, value, onChange, nameHidden = false }: Props<T>) {
  return (
    <Select
      className="select"
      value={value}
      onChange={(key) => {
        const chosen = options.find((option) => option.id === key);
        if (chosen && chosen.id !== value) onChange(chosen.id);
      }}
    >
      <Label className={nameHidden ? 'visually-hidden' : 'field-label'}>{name}</Label>
      <Button className="field select-button">
        <SelectValue className="select-value" />
        <Icon name="chevron" />
      </Button>
      <Popover className="popover select-popover" offset={4}>
        <ListBox className="listbox">
          {options.map((option) => (
            <ListBoxItem
              key={option.id}
              id={option.id}
              className="listbox-item"
              textValue={option.label}
              isDisabled={option.disabled ?? false}
            >
              <Text slot="label">{option.label}</Text>
              {option.note ? (
                <Text slot="description" className="listbox-note">
                  {option.note}
                </Text>
              ) : null}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
