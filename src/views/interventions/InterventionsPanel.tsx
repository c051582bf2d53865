// Interventions: what is edited while both runs go forward, row by row, in the order in which the rows apply.
import { useLayoutEffect, useRef } from 'react';
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
  readonly whyNot: (intervention: Intervention) => string | null; // why a run of now cannot carry it out
  readonly onSplit: (() => void) | null; // makes fused runs split; null where none is fused
  readonly onMean: (at: number, texts: readonly string[]) => void; // sets a row's vector to a mean over prompts
  readonly context: OperationContext;
  readonly state: PanelState;
  readonly frame: PanelFrame;
};

/** Edits the list of interventions. */
export function InterventionsPanel(props: Props) {
  const { interventions, onChange, onAdd, addName, nLayers, whyNot, onSplit, onMean, context, state, frame } = props;
  const list = useRef<HTMLOListElement>(null);
  const follow = useRef<number | null>(null); // the row that the focus goes to, once it is drawn
  useLayoutEffect(() => {
    if (follow.current === null) return;
    list.current?.children[follow.current]?.querySelector<HTMLElement>('.intervention-head button')?.focus();
    follow.current = null;
  });
  const replace = (at: number, ...rows: readonly Intervention[]) => {
    onChange([...interventions.slice(0, at), ...rows, ...interventions.slice(at + 1)]);
  };
  const move = (at: number, by: 1 | -1) => {
    const moved = exchanged(interventions, at, at + by);
    if (!moved) return;
    follow.current = at + by;
    onChange(moved);
  };
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
              <InterventionRow
                {...{ row, nLayers, onSplit, context }}
                number={at + 1}
                count={interventions.length}
                why={whyNot(row)}
                onChange={(next) => replace(at, next)}
                onMove={(by) => move(at, by)}
                onDuplicate={() => {
                  follow.current = at + 1;
                  replace(at, row, row);
                }}
                onRemove={() => {
                  follow.current = Math.min(at, interventions.length - 2);
                  replace(at);
                }}
                onMean={(texts) => onMean(at, texts)}
              />
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

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
