// What the runs asked of the GPU, counted exactly. Times are this machine's, counts are everyone's.
import type { RunReport } from '../../engine/index.ts';
import { formatBytes, formatCount, formatMs, formatScale } from '../format.ts';
import { KernelTimes, type KernelTimesProps } from './KernelTimes.tsx';
import { RunHead } from './RunHead.tsx';
import './profile.css';

type Props = KernelTimesProps;

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
export function ProfileBody({ a, b, times, onTime }: Props) {
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
      <KernelTimes a={a} b={b} times={times} onTime={onTime} />
    </div>
  );
}

export function ProfileHelp() {
  return (
    <p>
      A plan is made before a run: a repeated run allocates nothing, compiles nothing, and submits once. Counts are
      exact; time depends on the machine. Timing runs the sides again with a timestamp before and after each dispatch,
      and measures the adapter’s peak by a loop of multiply-adds, which shares are shares of.
    </p>
  );
}
