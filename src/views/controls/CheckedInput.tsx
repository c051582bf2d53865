// CheckedInput: a line of text that is taken only while it makes sense; what is typed stays until then, with what is wrong beneath.
import { useEffect, useState } from 'react';
import { TextInput } from './TextInput.tsx';

type Props = {
  readonly name: string;
  readonly value: string; // as it was last taken
  readonly problemOf: (text: string) => string | null;
  readonly onChange: (text: string) => void; // called with what makes sense alone
};

/** A field that checks what is typed. */
export function CheckedInput({ name, value, problemOf, onChange }: Props) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return (
    <TextInput
      name={name}
      value={typed}
      problem={problemOf(typed)}
      onChange={(text) => {
        setTyped(text);
        if (problemOf(text) === null) onChange(text);
      }}
      onCommit={() => setTyped(value)}
      monospaced
    />
  );
}
