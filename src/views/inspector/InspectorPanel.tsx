// The chosen tensor: where it is, what is in it, and exactly how the two runs part there.
import type { ComparisonSummary, HookName, Inspection, Tolerance } from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import { SelectField } from '../controls/SelectField.tsx';
import type { Asked, PanelState, ViewToken } from '../data.ts';
import { formatBytes, formatFigure } from '../format.ts';
import { Panel, type PanelFrame } from '../panel/Panel.tsx';
import { assertCloseMessage } from './assertClose.ts';
import { ErrorField } from './ErrorField.tsx';
import { HistogramBars } from './HistogramBars.tsx';
import { KernelSheet, type Kernels } from './KernelSheet.tsx';
import { Laboratory, type LaboratoryView } from './Laboratory.tsx';
import { describeShape } from './shapes.ts';
import './inspector.css';
import { SummaryStrip } from './SummaryStrip.tsx';
import { ToleranceFields } from './ToleranceFields.tsx';
import { UlpBars } from './UlpBars.tsx';
import { WorstTable } from './WorstTable.tsx';

type Props = {
  readonly hooks: readonly HookName[];
  readonly hook: HookName;
  readonly inspection: Inspection | null;
  readonly local: ComparisonSummary | null; // B's operation on A's inputs; null where it was not run so
  readonly tokens: readonly ViewToken[]; // of the prompt
  readonly tolerance: Tolerance;
  readonly lab: LaboratoryView | null; // null unless both runs have the hook
  readonly kernels: Asked<Kernels>;
  readonly onHook: (hook: HookName) => void;
  readonly onTolerance: (tolerance: Tolerance) => void;
  readonly onKernels: () => void;
  readonly onCopy: (text: string, what: string) => void; // what: 'The message'
  readonly state: PanelState;
  readonly frame: PanelFrame;
};

/** Inspects one hook. */
export function InspectorPanel(props: Props) {
  const { hooks, hook, inspection, tolerance, onHook, onTolerance, state, frame } = props;
  return (
    <Panel id="panel-inspector" title="Inspector" help={<InspectorHelp />} state={state} frame={frame}>
      <div className="inspector">
        <SelectField
          name="Hook"
          options={[...new Set([...hooks, hook])].map((name) => ({ id: name, label: name }))}
          value={hook}
          onChange={onHook}
        />
        <ToleranceFields tolerance={tolerance} onChange={onTolerance} />
        {inspection ? (
          <Findings {...props} inspection={inspection} />
        ) : (
          <p className="quiet">The runs that were made have no {hook}. It is there in split mode.</p>
        )}
      </div>
    </Panel>
  );
}

type FindingsProps = Pick<Props, 'local' | 'tokens' | 'tolerance' | 'lab' | 'kernels' | 'onKernels' | 'onCopy'> & {
  readonly inspection: Inspection;
};

function Findings({ inspection, local, tokens, tolerance, lab, kernels, onKernels, onCopy }: FindingsProps) {
  const { hook, summary, worst, difference } = inspection;
  const message = assertCloseMessage(inspection, tolerance);
  return (
    <>
      <p className="inspector-shape mono">
        {describeShape(inspection)} <span className="quiet">{formatBytes(inspection.capturedBytes)}</span>
      </p>
      {summary ? <SummaryStrip {...{ hook, summary, local, tokens }} /> : null}
      {message ? <Button onPress={() => onCopy(message, 'The message')}>Copy as assert_close message</Button> : null}
      {lab ? <Laboratory hook={hook} lab={lab} /> : null}
      <HistogramBars histogram={inspection.histogram} />
      <Statistics inspection={inspection} />
      {difference ? (
        <>
          <ErrorField field={difference.field} tolerance={tolerance} />
          <UlpBars ulps={difference.ulps} />
        </>
      ) : null}
      {worst.length > 0 ? <WorstTable key={hook} hook={hook} worst={worst} tokens={tokens} /> : null}
      <KernelSheet key={`kernels of ${hook}`} kernels={kernels} onOpen={onKernels} onCopy={onCopy} />
    </>
  );
}

const STATISTIC_NAMES = {
  mean: 'mean',
  rms: 'RMS',
  std: 'std',
  min: 'min',
  max: 'max',
  absMax: 'max |x|',
  nonFinite: 'NaN, ±∞, masked', // left out of all else
} as const;

function Statistics({ inspection: { statisticsA, statisticsB } }: { inspection: Inspection }) {
  const isWhole = (statisticsA?.nonFinite ?? 0) + (statisticsB?.nonFinite ?? 0) === 0;
  const rows = ['mean', 'rms', 'std', 'min', 'max', 'absMax', ...(isWhole ? [] : (['nonFinite'] as const))] as const;
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
            <th scope="row">{STATISTIC_NAMES[row]}</th>
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
      <p>
        <strong>Accumulated</strong> is what the two runs show; <strong>by itself</strong>, what B's operation makes of
        A's inputs: large on the left and small on the right, and the difference came in from before.
      </p>
      <p>SQNR is the signal of A over the difference, in decibels; every 6 dB is one bit.</p>
      <p>
        <strong>Noise or bug?</strong> computes the operation in f64 from the inputs that it was given, and bounds what
        rounding can do in it, in any order of summation. Beyond the bound, a run computed something else.
      </p>
      <p>
        <strong>What causes it?</strong> gives run B the fields of run A one by one, at this operation and on A’s
        inputs, until the difference vanishes.
      </p>
    </>
  );
}
