// Interventions: what is edited while both runs go forward, row by row, in the order in which the rows apply.
import type { Intervention } from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import type { PanelState } from '../data.ts';
import { Panel, type PanelFrame } from '../panel/Panel.tsx';
import './interventions.css';
import { InterventionRow } from './InterventionRow.tsx';

type Props = {
  readonly interventions: readonly Intervention[];
  readonly onChange: (interventions: readonly Intervention[]) => void;
  readonly onAdd: () => void; // a row for the chosen head
  readonly addName: string; // 'L1H7'
  readonly nLayers: number;
  readonly whyNot: (intervention: Intervention) => string | null; // why a run of now cannot carry it out
  readonly onSplit: (() => void) | null; // makes fused runs split; null where none is fused
  readonly state: PanelState;
  readonly frame: PanelFrame;
};

/** Edits the list of interventions. */
export function InterventionsPanel(props: Props) {
  const { interventions, onChange, onAdd, addName, nLayers, whyNot, onSplit, state, frame } = props;
  const replace = (at: number, next: Intervention | null) =>
    onChange(interventions.flatMap((row, index) => (index === at ? (next ? [next] : []) : [row])));
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
        <p className="quiet">Nothing is edited. Add a row to zero, scale or patch a head, in both runs alike.</p>
      ) : (
        <ol className="interventions">
          {interventions.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows apply in order; a row is its place
            <li key={at}>
              <InterventionRow
                number={at + 1}
                row={row}
                nLayers={nLayers}
                why={whyNot(row)}
                onSplit={onSplit}
                onChange={(next) => replace(at, next)}
                onRemove={() => replace(at, null)}
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
        <code>4-6</code>.
      </p>
      <p>
        q, k and v inputs are each head's own only in <strong>split</strong> mode; a fused run offers to switch.
        Patching takes from the corrupted prompt, which stands in the Prompt panel and needs as many tokens.
      </p>
    </>
  );
}
