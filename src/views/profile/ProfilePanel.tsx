// What the runs asked of the GPU, counted exactly. Times are this machine's, counts are everyone's.
import type { ReactNode } from 'react';
import type { RunReport } from '../../engine/index.ts';
import type { PanelState } from '../data.ts';
import { formatBytes, formatCount, formatMs, formatScale } from '../format.ts';
import { Panel, type PanelFrame } from '../panel/Panel.tsx';

type Props = {
  readonly a: RunReport | null;
  readonly b: RunReport | null;
  readonly aside?: ReactNode;
  readonly state: PanelState;
  readonly frame: PanelFrame;
};

const ROWS: readonly (readonly [string, (report: RunReport) => string])[] = [
  ['time', ({ elapsedMs }) => formatMs(elapsedMs)],
  ['dispatches', ({ counters }) => formatCount(counters.dispatches)],
  ['submits', ({ counters }) => formatCount(counters.submits)],
  ['multiply-adds', ({ counters }) => formatScale(counters.multiplyAdds)],
  ['buffers allocated', ({ counters }) => formatCount(counters.bufferAllocations)],
  ['bytes allocated', ({ counters }) => formatBytes(counters.allocatedBytes)],
  ['pipelines compiled', ({ counters }) => formatCount(counters.pipelinesCompiled)],
  ['bind groups made', ({ counters }) => formatCount(counters.bindGroups)],
  ['uploaded', ({ counters }) => formatBytes(counters.uploadedBytes)],
  ['weights on the GPU', ({ gpuBytes }) => formatBytes(gpuBytes.weights)],
  ['activations on the GPU', ({ gpuBytes }) => formatBytes(gpuBytes.activations)],
  ['kept for hooks', ({ gpuBytes }) => formatBytes(gpuBytes.captures)],
];

/** Tabulates the counters and the kernels of both runs. */
export function ProfilePanel({ a, b, aside, state, frame }: Props) {
  const reports = [a, b].filter((report) => report !== null);
  const kernels = [...new Set(reports.flatMap((report) => report.kernels.map(({ kernel }) => kernel)))];
  const dispatches = (report: RunReport, kernel: string) =>
    report.kernels.find((entry) => entry.kernel === kernel)?.dispatches ?? 0;
  const heads = (
    <tr>
      <th scope="col">of the run</th>
      {a ? (
        <th scope="col" className="num side-a">
          A
        </th>
      ) : null}
      {b ? (
        <th scope="col" className="num side-b">
          B
        </th>
      ) : null}
    </tr>
  );
  return (
    <Panel id="panel-profile" title="Profile" aside={aside} help={<ProfileHelp />} state={state} frame={frame}>
      <div className="outputs">
        <table>
          <thead>{heads}</thead>
          <tbody>
            {ROWS.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {reports.map((report) => (
                  <td key={report === a ? 'a' : 'b'} className="num">
                    {value(report)}
                  </td>
                ))}
              </tr>
            ))}
            {kernels.map((kernel) => (
              <tr key={kernel}>
                <th scope="row" className="mono">
                  {kernel}
                </th>
                {reports.map((report) => (
                  <td key={report === a ? 'a' : 'b'} className="num">
                    {formatCount(dispatches(report, kernel))} dispatches
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function ProfileHelp() {
  return (
    <p>
      A plan is made before a run: a repeated run allocates nothing, compiles nothing, and submits once. Counts are
      exact; time depends on the machine.
    </p>
  );
}
