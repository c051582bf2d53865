// The divergence ladder: over every hook in running order, how far B is from A. The panel that answers "where do they part?".
import { type ReactNode, useState } from 'react';
import type { Cause, HookName, LadderRow, RunSpec, StructuralFact, Tolerance } from '../../engine/index.ts';
import { AmplificationHelp } from '../amplification/AmplificationView.tsx';
import { Button } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import type { PanelState } from '../data.ts';
import { Panel, type PanelFrame } from '../panel/Panel.tsx';
import { Facts } from './Facts.tsx';
import './ladder.css';
import { LadderPlot } from './LadderPlot.tsx';
import { LadderTable } from './LadderTable.tsx';
import { METRICS, type Metric, verdictOf } from './layout.ts';
import { Readout } from './Readout.tsx';
import { VerdictHeadline } from './VerdictHeadline.tsx';

/** Hook by hook how far B is from A, drawn or as a table, or block by block how much a difference is multiplied. */
export type LadderShows = 'hooks' | 'table' | 'amplification';

const SHOWS = [
  { id: 'hooks', label: 'hooks' },
  { id: 'table', label: 'table' },
  { id: 'amplification', label: 'amplification' },
] as const;

type Props = {
  readonly rows: readonly LadderRow[]; // in running order; empty unless both ran
  readonly facts: readonly StructuralFact[];
  readonly tolerance: Tolerance;
  readonly specs: { readonly a: RunSpec; readonly b: RunSpec };
  readonly whyNoLocal: string | null;
  readonly cause: Cause | null; // measured of these runs
  readonly onCause: (() => void) | null; // looks for it; null where it cannot be
  readonly selected: HookName;
  readonly shows: LadderShows;
  readonly amplification: ReactNode; // what `shows` may ask for
  readonly onShows: (shows: LadderShows) => void;
  readonly onSelect: (hook: HookName) => void;
  readonly onFailing: (direction: 'next' | 'previous') => void;
  readonly state: PanelState;
  readonly frame: PanelFrame;
};

/** Shows the ladder, its verdict in words, and the structural facts beside it. */
export function DivergenceLadder(props: Props) {
  const { rows, facts, tolerance, specs, whyNoLocal, selected, onSelect, onFailing, state, frame } = props;
  const { shows, amplification, onShows, cause, onCause } = props;
  const [metric, setMetric] = useState<Metric>('maxAbs');
  const [hovered, setHovered] = useState<HookName | null>(null);
  const verdict = verdictOf(rows);
  const aside = (
    <>
      {verdict.failing > 0 && shows !== 'amplification' ? (
        <span className="ladder-failing">
          <Button kind="quiet" onPress={() => onFailing('previous')}>
            ‹ failing <kbd>[</kbd>
          </Button>
          <Button kind="quiet" onPress={() => onFailing('next')}>
            failing › <kbd>]</kbd>
          </Button>
        </span>
      ) : null}
      {shows === 'hooks' ? (
        <Choice name="Metric of the ladder" options={METRICS} value={metric} onChange={setMetric} />
      ) : null}
      <Choice name="What Divergence shows" options={SHOWS} value={shows} onChange={onShows} />
    </>
  );
  return (
    <Panel id="panel-ladder" title="Divergence" aside={aside} help={<LadderHelp />} state={state} frame={frame}>
      <div className="ladder" data-verdict={rows.length > 0 ? verdict.kind : 'none'}>
        <div className="ladder-main">
          {shows === 'amplification' ? (
            amplification
          ) : rows.length > 0 ? (
            <>
              <VerdictHeadline {...{ verdict, specs, whyNoLocal, cause, onCause, onSelect }} count={rows.length} />
              {shows === 'table' ? (
                <LadderTable {...{ rows, selected, onSelect }} />
              ) : (
                <>
                  <LadderPlot
                    rows={rows}
                    metric={metric}
                    atol={tolerance.atol}
                    selected={selected}
                    onSelect={onSelect}
                    onHover={setHovered}
                  />
                  <Readout row={rows.find((row) => row.hook === (hovered ?? selected)) ?? null} />
                </>
              )}
            </>
          ) : (
            <p className="ladder-single">
              One run so far. <strong>Compare</strong> <kbd>c</kbd> runs the model both ways and shows, hook by hook,
              where the two part.
            </p>
          )}
        </div>
        {shows === 'hooks' ? <Facts facts={facts} /> : null}
      </div>
    </Panel>
  );
}

function LadderHelp() {
  return (
    <>
      <p>
        One column a block, one tick a <strong>hook</strong>, in the order in which the model computes them. Height is
        log10 of how far run B is from run A there; ticks on the lowest line are <strong>exactly equal</strong>, to the
        bit.
      </p>
      <p>
        The shaded band is within the absolute tolerance. A flag marks the first hook outside it. The thin line follows
        the residual stream: differences enter in a block and are carried along.
      </p>
      <p>
        A <strong>ring</strong> is the difference that the hook's operation makes <strong>by itself</strong>: B's
        operation, fed what run A had. No ring: it passes on what came in, and adds nothing of its own.
      </p>
      <AmplificationHelp />
      <p>
        Arrow keys move along hooks and blocks; <kbd>[</kbd> and <kbd>]</kbd> go to failing hooks.
      </p>
    </>
  );
}
