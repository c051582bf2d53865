// The chosen tensor: where it is, what is in it, and exactly how the two runs part there.
import type { HookName, Inspection, Tolerance } from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import { SelectField } from '../controls/SelectField.tsx';
import type { PanelState } from '../data.ts';
import { formatBytes, formatFigure } from '../format.ts';
import { Panel, type PanelFrame } from '../panel/Panel.tsx';
import { assertCloseMessage } from './assertClose.ts';
import { HistogramBars } from './HistogramBars.tsx';
import { describeShape } from './shapes.ts';
import './inspector.css';
import { SummaryStrip } from './SummaryStrip.tsx';
import { PRESETS, presetOf } from './tolerances.ts';
import { WorstTable } from './WorstTable.tsx';

type Props = {
  readonly hooks: readonly HookName[];
  readonly hook: HookName;
  readonly inspection: Inspection | null;
  readonly tolerance: Tolerance;
  readonly onHook: (hook: HookName) => void;
  readonly onTolerance: (tolerance: Tolerance) => void;
  readonly onCopy: (text: string) => void;
  readonly state: PanelState;
  readonly frame: PanelFrame;
};

/** Inspects one hook. */
export function InspectorPanel({
  hooks,
  hook,
  inspection,
  tolerance,
  onHook,
  onTolerance,
  onCopy,
  state,
  frame,
}: Props) {
  const preset = presetOf(tolerance);
  return (
    <Panel id="panel-inspector" title="Inspector" help={<InspectorHelp />} state={state} frame={frame}>
      <div className="inspector">
        <SelectField
          name="Hook"
          options={[...new Set([...hooks, hook])].map((name) => ({ id: name, label: name }))}
          value={hook}
          onChange={onHook}
        />
        <SelectField
          name="Tolerance"
          options={[
            ...PRESETS.map(({ id, label, tolerance: { atol, rtol } }) => ({
              id,
              label,
              note: `atol ${atol}, rtol ${rtol}`,
            })),
            { id: 'own', label: `own: atol ${tolerance.atol}, rtol ${tolerance.rtol}`, disabled: true },
          ]}
          value={preset}
          onChange={(id) => {
            const chosen = PRESETS.find((candidate) => candidate.id === id);
            if (chosen) onTolerance(chosen.tolerance);
          }}
        />
        {inspection ? (
          <Findings inspection={inspection} tolerance={tolerance} onCopy={onCopy} />
        ) : (
          <p className="quiet">The runs that were made have no {hook}. It is there in split mode.</p>
        )}
      </div>
    </Panel>
  );
}

type FindingsProps = {
  readonly inspection: Inspection;
  readonly tolerance: Tolerance;
  readonly onCopy: (text: string) => void;
};

function Findings({ inspection, tolerance, onCopy }: FindingsProps) {
  const { summary, worst } = inspection;
  return (
    <>
      <p className="inspector-shape mono">
        {describeShape(inspection)} <span className="quiet">{formatBytes(inspection.capturedBytes)}</span>
      </p>
      {summary ? <SummaryStrip summary={summary} /> : null}
      <HistogramBars histogram={inspection.histogram} />
      <Statistics inspection={inspection} />
      {worst.length > 0 ? <WorstTable worst={worst} /> : null}
      {summary ? (
        <Button onPress={() => onCopy(assertCloseMessage(inspection.hook, summary, tolerance))}>
          Copy as assert_close
        </Button>
      ) : null}
    </>
  );
}

function Statistics({ inspection: { statisticsA, statisticsB } }: { inspection: Inspection }) {
  const rows = ['mean', 'std', 'min', 'max', 'absMax'] as const;
  return (
    <table className="inspector-statistics">
      <thead>
        <tr>
          <th scope="col">statistic</th>
          {statisticsA ? (
            <th scope="col" className="num side-a">
              A
            </th>
          ) : null}
          {statisticsB ? (
            <th scope="col" className="num side-b">
              B
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row}>
            <th scope="row">{row === 'absMax' ? 'max |x|' : row}</th>
            {statisticsA ? <td className="num">{formatFigure(statisticsA[row], 5)}</td> : null}
            {statisticsB ? <td className="num">{formatFigure(statisticsB[row], 5)}</td> : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function InspectorHelp() {
  return (
    <>
      <p>
        An element passes where <strong>|b − a| ≤ atol + rtol·|a|</strong>; A is the reference. A single number does not
        tell noise from a bug: the largest ULP and the largest relative difference are taken near zero and say little.
      </p>
      <p>SQNR is the signal of A over the difference, in decibels; every 6 dB is one bit.</p>
    </>
  );
}
