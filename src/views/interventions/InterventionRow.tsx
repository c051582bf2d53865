// One intervention: path · layer · heads · positions · operation · on or off; and, where it cannot apply, why, with the way on. Its menu
// moves, doubles and removes it; so do Alt with an arrow, and the keys that the menu names.
import type { KeyboardEvent } from 'react';
import type { Intervention } from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import { CheckedInput } from '../controls/CheckedInput.tsx';
import { MenuButton, type MenuEntry } from '../controls/Menus.tsx';
import { SelectField } from '../controls/SelectField.tsx';
import { SwitchField } from '../controls/SwitchField.tsx';
import { type OperationContext, OperationFields } from './OperationFields.tsx';
import { movedTo, OPERATIONS, operationOf } from './operations.ts';
import { hookAt, KV_PATHS, PATHS, type Path, parseListed, placeOfHook, SPLIT_ONLY, writeListed } from './paths.ts';

export type RowDeeds = {
  readonly onChange: (row: Intervention) => void;
  readonly onMove: (by: 1 | -1) => void;
  readonly onDuplicate: () => void;
  readonly onRemove: () => void;
  readonly onMean: (texts: readonly string[]) => void;
};

type Props = RowDeeds & {
  readonly number: number; // its place in the list, from 1
  readonly count: number; // of rows
  readonly row: Intervention;
  readonly nLayers: number;
  readonly hasKvHeads: boolean; // fewer kv heads than heads, and not repeated
  readonly why: string | null;
  readonly onSplit: (() => void) | null;
  readonly context: OperationContext;
};

/** Edits a row. */
export function InterventionRow(props: Props) {
  const { number, row, why, onSplit, context, onChange, onMove } = props;
  const needsSplit = SPLIT_ONLY.has(placeOfHook(row.hook).path) && onSplit !== null;
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.altKey ? { ArrowUp: -1 as const, ArrowDown: 1 as const }[event.key] : undefined;
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation(); // an arrow on the menu's button would open it
    onMove(by);
  };
  return (
    <fieldset className="intervention" data-off={!row.enabled || undefined} onKeyDownCapture={onKeyDown}>
      <legend className="visually-hidden">Intervention {number}</legend>
      <div className="intervention-head">
        <SwitchField isOn={row.enabled} onChange={(enabled) => onChange({ ...row, enabled })}>
          <span className="mono">{row.hook}</span>
        </SwitchField>
        <MenuButton icon="more" name={`Move, double or remove intervention ${number}`} entries={entriesOf(props)} />
      </div>
      <PlaceFields {...props} />
      <div className="intervention-fields">
        <SelectField
          name="Operation"
          options={OPERATIONS}
          value={row.operation.kind}
          onChange={(kind) => onChange({ ...row, operation: operationOf(kind, row.operation, row.hook) })}
        />
        <OperationFields
          {...context}
          operation={row.operation}
          onChange={(operation) => onChange({ ...row, operation })}
          onMean={props.onMean}
        />
      </div>
      {why !== null && row.enabled ? (
        <p className="intervention-why" role="note">
          Not applied: {why}. {needsSplit && onSplit ? <Button onPress={onSplit}>Run split instead</Button> : null}
        </p>
      ) : null}
    </fieldset>
  );
}

function entriesOf({ number, count, onMove, onDuplicate, onRemove }: Props): readonly MenuEntry[] {
  return [
    { id: 'up', label: 'Move up', note: 'Alt+↑', disabled: number === 1, run: () => onMove(-1) },
    { id: 'down', label: 'Move down', note: 'Alt+↓', disabled: number === count, run: () => onMove(1) },
    { id: 'duplicate', label: 'Duplicate', run: onDuplicate },
    { id: 'remove', label: 'Remove', run: onRemove },
  ];
}

function PlaceFields({ row, nLayers, hasKvHeads, onChange }: Props) {
  const { path, layer } = placeOfHook(row.hook);
  const isLayer = (text: string) => /^\d+$/.test(text) && Number(text) < nLayers;
  const listProblem = (text: string) => (parseListed(text) === null ? 'all, 7, 0, 3 or 4-6' : null);
  const move = (to: Path, at: number) => onChange(movedTo(row, hookAt(to, at)));
  return (
    <div className="intervention-fields">
      <SelectField
        name="Path"
        options={PATHS.map(({ id, label }) => ({ id, label, note: SPLIT_ONLY.has(id) ? 'split mode' : null }))}
        value={path}
        onChange={(next) => move(next, layer ?? 0)}
      />
      {layer === null ? (
        <span />
      ) : (
        <CheckedInput
          name="Layer"
          value={String(layer)}
          problemOf={(text) => (isLayer(text) ? null : `0 to ${nLayers - 1}`)}
          onChange={(text) => move(path, Number(text))}
        />
      )}
      <CheckedInput
        name={hasKvHeads && KV_PATHS.has(path) ? 'KV heads' : 'Heads'}
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
