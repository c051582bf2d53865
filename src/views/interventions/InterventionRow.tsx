// One intervention: path · layer · heads · positions · operation · on or off; and, where it cannot apply, why, with the way on.
import { blockHook, type Intervention } from '../../engine/index.ts';
import { Button, IconButton } from '../controls/Button.tsx';
import { CheckedInput } from '../controls/CheckedInput.tsx';
import { SelectField } from '../controls/SelectField.tsx';
import { SwitchField } from '../controls/SwitchField.tsx';
import {
  amountOf,
  movedTo,
  OPERATIONS,
  operationOf,
  PATHS,
  parseListed,
  placeOfHook,
  SPLIT_ONLY,
  writeListed,
} from './paths.ts';

type Props = {
  readonly number: number; // its place in the list, from 1
  readonly row: Intervention;
  readonly nLayers: number;
  readonly why: string | null;
  readonly onSplit: (() => void) | null;
  readonly onChange: (row: Intervention) => void;
  readonly onRemove: () => void;
};

/** Edits a row. */
export function InterventionRow({ number, row, nLayers, why, onSplit, onChange, onRemove }: Props) {
  const place = placeOfHook(row.hook);
  const needsSplit = place !== null && SPLIT_ONLY.has(place.path) && onSplit !== null;
  return (
    <fieldset className="intervention" data-off={!row.enabled || undefined}>
      <legend className="visually-hidden">Intervention {number}</legend>
      <div className="intervention-head">
        <SwitchField isOn={row.enabled} onChange={(enabled) => onChange({ ...row, enabled })}>
          <span className="mono">{row.hook}</span>
        </SwitchField>
        <IconButton icon="close" name={`Remove intervention ${number}`} onPress={onRemove} />
      </div>
      {place ? <PlaceFields {...{ row, nLayers, onChange }} path={place.path} layer={place.layer} /> : null}
      <OperationFields row={row} onChange={onChange} />
      {why !== null && row.enabled ? (
        <p className="intervention-why" role="note">
          {why}. {needsSplit && onSplit ? <Button onPress={onSplit}>Run split instead</Button> : null}
        </p>
      ) : null}
    </fieldset>
  );
}

type FieldProps = Pick<Props, 'row' | 'onChange'>;

function PlaceFields({
  row,
  path,
  layer,
  nLayers,
  onChange,
}: FieldProps & { path: (typeof PATHS)[number]['id']; layer: number; nLayers: number }) {
  const isLayer = (text: string) => /^\d+$/.test(text) && Number(text) < nLayers;
  const listProblem = (text: string) => (parseListed(text) === null ? 'all, 7, 0, 3 or 4-6' : null);
  const known = PATHS.some(({ id }) => id === path) ? PATHS : [...PATHS, { id: path, label: path }];
  return (
    <div className="intervention-fields">
      <SelectField
        name="Path"
        options={known.map(({ id, label }) => ({ id, label, note: SPLIT_ONLY.has(id) ? 'split mode' : null }))}
        value={path}
        onChange={(next) => onChange(movedTo(row, blockHook(layer, next)))}
      />
      <CheckedInput
        name="Layer"
        value={String(layer)}
        problemOf={(text) => (isLayer(text) ? null : `0 to ${nLayers - 1}`)}
        onChange={(text) => onChange(movedTo(row, blockHook(Number(text), path)))}
      />
      <CheckedInput
        name="Heads"
        value={writeListed(row.heads)}
        problemOf={listProblem}
        onChange={(text) => onChange({ ...row, heads: parseListed(text) ?? row.heads })}
      />
      <CheckedInput
        name="Positions"
        value={writeListed(row.positions)}
        problemOf={listProblem}
        onChange={(text) => onChange({ ...row, positions: parseListed(text) ?? row.positions })}
      />
    </div>
  );
}

/** The operation and its number; one that came by a link in another form is named and kept as it is. */
function OperationFields({ row, onChange }: FieldProps) {
  const shown = amountOf(row);
  if (!shown) return <p className="quiet">{row.operation.kind}, as the link has it</p>;
  const { kind, amount } = shown;
  const set = (next: typeof kind, number: number) =>
    onChange({ ...row, operation: operationOf(next, number, row.hook) });
  return (
    <div className="intervention-fields">
      <SelectField name="Operation" options={OPERATIONS} value={kind} onChange={(next) => set(next, amount ?? 1)} />
      {amount === null ? null : (
        <CheckedInput
          name={kind === 'noise' ? 'Deviation' : kind === 'set' ? 'Value' : 'Factor'}
          value={String(amount)}
          problemOf={(text) => (text.trim() !== '' && Number.isFinite(Number(text)) ? null : 'a number')}
          onChange={(text) => set(kind, Number(text))}
        />
      )}
    </div>
  );
}
