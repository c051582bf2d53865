// What each kernel did in both runs, and, once the reader had them timed, how long it took and what share of the adapter's peak that is.
import type { KernelTime, RunReport } from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import { formatCount, formatFigure, formatMs } from '../format.ts';
import { RunHead } from './RunHead.tsx';

/** Times of both sides, and the peak that they are set against; null where the GPU has no timestamps. */
export type Times = {
  readonly a: readonly KernelTime[] | null;
  readonly b: readonly KernelTime[] | null;
  readonly peakGflops: number | null;
};

export type KernelTimesProps = {
  readonly a: RunReport | null;
  readonly b: RunReport | null;
  readonly times: { readonly value: Times | null; readonly isAsking: boolean; readonly problem: string | null };
  readonly onTime: () => void;
};

/** Tabulates dispatches by kernel, longest first where they were timed. */
export function KernelTimes({ a, b, times, onTime }: KernelTimesProps) {
  const { value, isAsking, problem } = times;
  const sides = (['a', 'b'] as const).filter((side) => (side === 'a' ? a : b) !== null);
  const isTimed = sides.some((side) => value?.[side]);
  const columns = isTimed ? 3 : 1;
  return (
    <div>
      <table>
        <thead>
          <tr>
            <th scope="col">dispatches by kernel</th>
            {sides.map((side) => (
              <RunHead key={side} side={side} columns={columns} />
            ))}
          </tr>
        </thead>
        <tbody>
          {kernelsOf(a, b, value).map((kernel) => (
            <tr key={kernel}>
              <th scope="row" className="mono">
                {kernel}
              </th>
              {sides.map((side) => {
                const use = (side === 'a' ? a : b)?.kernels.find((entry) => entry.kernel === kernel);
                const time = value?.[side]?.find((entry) => entry.kernel === kernel);
                return (
                  <Cells
                    key={side}
                    dispatches={use?.dispatches ?? 0}
                    time={isTimed ? (time ?? null) : undefined}
                    peakGflops={value?.peakGflops ?? null}
                  />
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <div className="profile-timing">
        <Button onPress={onTime} disabled={isAsking}>
          {isAsking ? 'Timing…' : isTimed ? 'Time the kernels again' : 'Time the kernels'}
        </Button>
        <p className="quiet" role="status">
          {problem ?? sentence(value, isTimed)}
        </p>
      </div>
    </div>
  );
}

type CellsProps = {
  readonly dispatches: number;
  readonly time: KernelTime | null | undefined; // undefined: nothing was timed; null: not this kernel on this side
  readonly peakGflops: number | null;
};

function Cells({ dispatches, time, peakGflops }: CellsProps) {
  return (
    <>
      <td className="num">{formatCount(dispatches)}</td>
      {time === undefined ? null : (
        <>
          <td className="num">{time ? formatMs(time.gpuMs) : '–'}</td>
          <td className="num quiet">{(time && shareOf(time, peakGflops)) ?? ''}</td>
        </>
      )}
    </>
  );
}

/** The share of the peak that a kernel with multiply-adds reached: '22 % of peak'; null where it has none. */
export function shareOf({ multiplyAdds, gpuMs }: KernelTime, peakGflops: number | null): string | null {
  if (multiplyAdds === 0 || peakGflops === null || gpuMs === 0) return null;
  return `${formatFigure((100 * 2 * multiplyAdds) / gpuMs / 1e6 / peakGflops, 2)} % of peak`;
}

/** Every kernel of both sides: the longest first, or else as the reports have them. */
function kernelsOf(a: RunReport | null, b: RunReport | null, times: Times | null): string[] {
  const timed = [...(times?.a ?? []), ...(times?.b ?? [])].sort((x, y) => y.gpuMs - x.gpuMs);
  const used = [a, b].flatMap((report) => report?.kernels ?? []);
  return [...new Set([...timed, ...used].map(({ kernel }) => kernel))];
}

function sentence(times: Times | null, isTimed: boolean): string {
  if (times === null) return '';
  if (!isTimed) return 'This GPU has no timestamp queries: its kernels cannot be timed one by one.';
  const total = (side: 'a' | 'b') => times[side]?.reduce((sum, { gpuMs }) => sum + gpuMs, 0);
  const totals = (['a', 'b'] as const).flatMap((side) => {
    const ms = total(side);
    return ms === undefined ? [] : [`${side.toUpperCase()} ${formatMs(ms)}`];
  });
  const peak = times.peakGflops === null ? '' : ` The adapter’s peak is ${formatFigure(times.peakGflops, 3)} GFLOP/s.`;
  return `Dispatch by dispatch: ${totals.join(', ')}.${peak}`;
}
