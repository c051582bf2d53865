// The order of summation of a run, with the n that blocked and splitK take.
import { useEffect, useState } from 'react';
import { isOrder, type Order, parseOrder } from '../../engine/index.ts';
import { SelectField } from '../controls/SelectField.tsx';
import { TextInput } from '../controls/TextInput.tsx';

const ORDERS = [
  { id: 'canonical', label: 'canonical', note: 'k ascending, one accumulator' },
  { id: 'reversed', label: 'reversed', note: 'k descending' },
  { id: 'pairwise', label: 'pairwise', note: 'a balanced tree' },
  { id: 'blocked', label: 'blocked(n)', note: 'sums of n terms, added in sequence' },
  { id: 'splitK', label: 'splitK(n)', note: 'n sums, then added' },
  {
    id: 'compensated',
    label: 'compensated',
    note: 'what roundings lose is added up beside',
  },
] as const;

const FIRST_N = { blocked: 32, splitK: 4 } as const;

type Props = { readonly name: string; readonly order: Order; readonly onOrder: (order: Order) => void };

/** Edits an order; `name` is the run's letter. */
export function OrderField({ name, order, onOrder }: Props) {
  const parsed = parseOrder(order);
  const kind = parsed?.kind ?? 'canonical';
  const n = parsed?.kind === 'blocked' ? parsed.blockLength : parsed?.kind === 'splitK' ? parsed.chunks : null;
  const choose = (text: string) => {
    if (isOrder(text)) onOrder(text);
  };
  return (
    <div className="spec-order">
      <SelectField
        name={`Summation order of run ${name}`}
        options={ORDERS}
        value={kind}
        onChange={(id) => choose(id === 'blocked' || id === 'splitK' ? `${id}(${FIRST_N[id]})` : id)}
      />
      {n === null ? null : (
        <CountField
          n={n}
          isCount={(text) => isOrder(`${kind}(${text})`)}
          onCount={(text) => choose(`${kind}(${text})`)}
        />
      )}
    </div>
  );
}

type CountProps = {
  readonly n: number;
  readonly isCount: (text: string) => boolean;
  readonly onCount: (text: string) => void;
};

/** Holds what is typed until it is a count; meanwhile the run keeps the last one. */
function CountField({ n, isCount, onCount }: CountProps) {
  const [typed, setTyped] = useState(String(n));
  useEffect(() => setTyped(String(n)), [n]);
  return (
    <TextInput
      name="n"
      value={typed}
      problem={isCount(typed) ? null : '1 to 1048576'}
      onChange={(text) => {
        setTyped(text);
        if (isCount(text)) onCount(text);
      }}
      onCommit={() => setTyped(String(n))}
      monospaced
    />
  );
}
