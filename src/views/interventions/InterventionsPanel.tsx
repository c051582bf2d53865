// Interventions: what is edited while both runs go forward, row by row, in the order in which the rows apply.
import { memo, type RefObject, useLayoutEffect, useMemo, useRef } from 'react';
import type { Intervention } from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import type { PanelState } from '../data.ts';
import { Panel, type PanelFrame } from '../panel/Panel.tsx';
import './interventions.css';
import { InterventionRow } from './InterventionRow.tsx';
import type { OperationContext } from './OperationFields.tsx';
import { exchanged } from './operations.ts';

type Props = {
  readonly interventions: readonly Intervention[];
  readonly onChange: (interventions: readonly Intervention[]) => void;
  readonly onAdd: () => void; // a row for the chosen head
  readonly addName: string; // 'L1H7'
  readonly nLayers: number;
  readonly hasKvHeads: boolean; // fewer kv heads than heads, and not repeated
  readonly whyNot: (intervention: Intervention) => string | null; // why a run of now cannot carry it out
  readonly onSplit: (() => void) | null; // makes fused runs split; null where none is fused
  readonly onMean: (at: number, texts: readonly string[]) => void; // sets a row's vector to a mean over prompts
  readonly context: OperationContext; // the same object while nothing in it changes
  readonly state: PanelState;
  readonly frame: PanelFrame;
};

/** What rows do to the list, each by its place; the same object for as long as the panel is there, so that other rows stand still. */
type ListDeeds = {
  readonly replace: (at: number, ...rows: readonly Intervention[]) => void;
  readonly move: (at: number, by: 1 | -1) => void;
  readonly duplicate: (at: number) => void;
  readonly remove: (at: number) => void;
  readonly mean: (at: number, texts: readonly string[]) => void;
  readonly split: () => void;
};

/** Edits the list of interventions. */
export function InterventionsPanel(props: Props) {
  const { interventions, onAdd, addName, nLayers, hasKvHeads, whyNot, onSplit, context, state, frame } = props;
  const list = useRef<HTMLOListElement>(null);
  const deeds = useDeeds(props, list);
  const aside = (
    <Button kind="quiet" onPress={onAdd}>
      Add for {addName}
    </Button>
  );
  return (
    <Panel
      id="panel-interventions"
      title="Interventions"
      aside={aside}
      help={<InterventionsHelp />}
      state={state}
      frame={frame}
    >
      {interventions.length === 0 ? (
        <p className="quiet">
          Nothing is edited. Add a row to zero, scale or patch a head, in both runs alike; or press a head or a token
          with the right button, or Shift+F10.
        </p>
      ) : (
        <ol className="interventions" ref={list}>
          {interventions.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows apply in order; a row is its place
            <li key={at}>
              <Row
                {...{ at, row, nLayers, hasKvHeads, context, deeds }}
                count={interventions.length}
                why={whyNot(row)}
                canSplit={onSplit !== null}
              />
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function useDeeds(props: Props, list: RefObject<HTMLOListElement | null>): ListDeeds {
  const latest = useRef(props);
  const follow = useRef<number | null>(null); // the row that the focus goes to, once it is drawn
  useLayoutEffect(() => {
    latest.current = props;
    if (follow.current === null) return;
    list.current?.children[follow.current]?.querySelector<HTMLElement>('.intervention-head button')?.focus();
    follow.current = null;
  });
  return useMemo(() => {
    const replace: ListDeeds['replace'] = (at, ...rows) => {
      const { interventions, onChange } = latest.current;
      onChange([...interventions.slice(0, at), ...rows, ...interventions.slice(at + 1)]);
    };
    return {
      replace,
      move: (at, by) => {
        const moved = exchanged(latest.current.interventions, at, at + by);
        if (!moved) return;
        follow.current = at + by;
        latest.current.onChange(moved);
      },
      duplicate: (at) => {
        const row = latest.current.interventions[at];
        if (!row) return;
        follow.current = at + 1;
        replace(at, row, row);
      },
      remove: (at) => {
        follow.current = Math.min(at, latest.current.interventions.length - 2);
        replace(at);
      },
      mean: (at, texts) => latest.current.onMean(at, texts),
      split: () => latest.current.onSplit?.(),
    };
  }, []);
}

type RowProps = {
  readonly at: number;
  readonly count: number;
  readonly row: Intervention;
  readonly nLayers: number;
  readonly hasKvHeads: boolean;
  readonly why: string | null;
  readonly canSplit: boolean;
  readonly context: OperationContext;
  readonly deeds: ListDeeds;
};

/** A row is dear, with its selects and menus: it is drawn anew only where something of its own has changed. */
const Row = memo(function Row({ at, canSplit, deeds, ...row }: RowProps) {
  return (
    <InterventionRow
      {...row}
      number={at + 1}
      onSplit={canSplit ? deeds.split : null}
      onChange={(next) => deeds.replace(at, next)}
      onMove={(by) => deeds.move(at, by)}
      onDuplicate={() => deeds.duplicate(at)}
      onRemove={() => deeds.remove(at)}
      onMean={(texts) => deeds.mean(at, texts)}
    />
  );
});

function InterventionsHelp() {
  return (
    <>
      <p>
        Each row edits one hook while A and B run: at a layer, for some heads and positions, by one operation. Rows of
        one hook apply in order. Heads and positions are written <code>all</code>, <code>7</code>, <code>0, 3</code> or{' '}
        <code>4-6</code>. A row that writes back what it read changes no bit; one that cannot apply stays in the list
        with the reason, and the run goes on without it.
      </p>
      <p>
        q, k and v inputs are each head's own only in <strong>split</strong> mode; a fused run offers to switch. With
        grouped queries a k or v input belongs to its kv head, unless <code>kv</code> is <code>repeat</code>. Patching
        takes from the corrupted prompt, which stands in the Prompt panel and needs as many tokens.
      </p>
    </>
  );
}
