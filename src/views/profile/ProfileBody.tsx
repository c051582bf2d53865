// What the runs asked of the GPU, counted exactly. Times are this machine's, counts are everyone's.
import type { RunReport } from '../../engine/index.ts';
import { formatBytes, formatCount, formatMs, formatScale } from '../format.ts';
import './profile.css';

type Props = {
  readonly a: RunReport | null;
  readonly b: RunReport | null;
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
export function ProfileBody({ a, b }: Props) {
  const reports = [a, b].filter((report) => report !== null);
  return (
    <div className="profile">
      <table>
        <thead>
          <tr>
            <th scope="col">of the run</th>
            {reports.map((report) => (
              <RunHead key={report === a ? 'a' : 'b'} side={report === a ? 'a' : 'b'} />
            ))}
          </tr>
        </thead>
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
        </tbody>
      </table>
      <Kernels a={a} b={b} />
    </div>
  );
}

/** Dispatches by kernel, and GPU milliseconds where the device has timestamps and they were asked for. */
function Kernels({ a, b }: Props) {
  const reports = [a, b].filter((report) => report !== null);
  const names = [...new Set(reports.flatMap((report) => report.kernels.map(({ kernel }) => kernel)))];
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">dispatches by kernel</th>
          {reports.map((report) => (
            <RunHead key={report === a ? 'a' : 'b'} side={report === a ? 'a' : 'b'} />
          ))}
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <th scope="row" className="mono">
              {name}
            </th>
            {reports.map((report) => {
              const entry = report.kernels.find(({ kernel }) => kernel === name);
              return (
                <td key={report === a ? 'a' : 'b'} className="num">
                  {formatCount(entry?.dispatches ?? 0)}
                  {entry && entry.gpuMs !== null ? <span className="quiet"> · {formatMs(entry.gpuMs)}</span> : null}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RunHead({ side }: { readonly side: 'a' | 'b' }) {
  return (
    <th scope="col" className={`num side-${side}`}>
      {side.toUpperCase()}
    </th>
  );
}

export function ProfileHelp() {
  return (
    <p>
      A plan is made before a run: a repeated run allocates nothing, compiles nothing, and submits once. Counts are
      exact; time depends on the machine.
    </p>
  );
}
