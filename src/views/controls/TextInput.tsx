// TextInput: a labelled line or block of text, with what is wrong with it beneath.
import { FieldError, Input, Label, TextArea, TextField } from 'react-aria-components/TextField';
import './controls.css';

type Props = {
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onCommit?: () => void; // Enter or leaving the field
  readonly problem?: string | null;
  readonly rows?: number; // more than one: a block
  readonly monospaced?: boolean;
  readonly nameHidden?: boolean;
  readonly placeholder?: string;
  readonly secret?: boolean; // a token: not shown, not offered again
};

/** A labelled text field. */
export function TextInput(props: Props) {
  const {
    name,
    value,
    onChange,
    onCommit,
    problem = null,
    rows = 1,
    monospaced = false,
    nameHidden = false,
    placeholder = '',
    secret = false,
  } = props;
  const className = `field${monospaced ? ' mono' : ''}`;
  return (
    <TextField
      className="text-input"
      type={secret ? 'password' : 'text'}
      value={value}
      onChange={onChange}
      onBlur={() => onCommit?.()}
      isInvalid={problem !== null}
      validationBehavior="aria"
    >
      <Label className={nameHidden ? 'visually-hidden' : 'field-label'}>{name}</Label>
      {rows > 1 ? (
        <TextArea className={className} rows={rows} spellCheck={false} />
      ) : (
        <Input
          className={className}
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) onCommit?.();
          }}
        />
      )}
      <FieldError className="field-problem">{problem}</FieldError>
    </TextField>
  );
}
