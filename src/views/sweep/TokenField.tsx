// Chooses a token among the likely next ones and those of the prompt.
import { SelectField } from '../controls/SelectField.tsx';
import type { ViewToken } from '../data.ts';
import { visibleToken } from '../tokenText.ts';

type Props = {
  readonly name: string;
  readonly candidates: readonly ViewToken[];
  readonly value: number | null; // null: none
  readonly none?: string; // how no token is called, where there may be none
  readonly onChange: (id: number) => void;
  readonly onNone?: () => void;
};

const NONE = 'none';

/** A list of tokens, with their ids. */
export function TokenField({ name, candidates, value, none, onChange, onNone }: Props) {
  const options = candidates.map((token) => ({
    id: String(token.id),
    label: visibleToken(token),
    note: `id ${token.id}`,
  }));
  return (
    <SelectField
      name={name}
      options={none === undefined ? options : [{ id: NONE, label: none, note: null }, ...options]}
      value={value === null ? NONE : String(value)}
      onChange={(id) => (id === NONE ? onNone?.() : onChange(Number(id)))}
    />
  );
}
