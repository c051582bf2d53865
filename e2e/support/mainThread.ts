// What the page's thread does while a page loads, by the browser's own trace: each task's time on the processor. While a page loads, a
// software GPU compiles kernels on every core; a task that waits for a core beside it is long by the clock, and holds the thread no longer
// anywhere else. So the processor's time is what is held to a bound here, of every task of one load.
import type { CDPSession, Page } from '@playwright/test';

type TraceEvent = {
  readonly name: string;
  readonly ph: string; // X: an event with a duration
  readonly pid: number;
  readonly tid: number;
  readonly ts: number; // µs
  readonly dur?: number; // µs by the clock
  readonly tdur?: number; // µs on the processor
  readonly args?: { readonly data?: { readonly documentLoaderURL?: string } };
};

export type ThreadTask = { readonly afterLoadMs: number; readonly clockMs: number; readonly processorMs: number };

const CATEGORIES = ['toplevel', 'blink.user_timing'];

/** Watches the thread of the page that `act` opens; gives its tasks since the load event, in order. */
export async function tasksAfterLoad(page: Page, act: () => Promise<unknown>): Promise<readonly ThreadTask[]> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  if (!session) throw new Error('the page belongs to no browser');
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: CATEGORIES },
  });
  await act();
  await endTrace(session);
  await session.detach();
  return tasksIn(events, page.url());
}

async function endTrace(session: CDPSession): Promise<void> {
  const ended = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.end');
  await ended;
}

function tasksIn(events: readonly TraceEvent[], url: string): readonly ThreadTask[] {
  const origin = new URL(url).origin;
  const start = events.findLast(
    ({ name, args }) => name === 'navigationStart' && args?.data?.documentLoaderURL?.startsWith(origin),
  );
  const ofThread = events.filter(
    ({ pid, tid, ts }) => start && pid === start.pid && tid === start.tid && ts >= start.ts,
  );
  const load = ofThread.find(({ name }) => name === 'loadEventEnd');
  if (!load) throw new Error('the trace has no load event of the page');
  return ofThread
    .filter(({ name, ph, ts }) => ph === 'X' && name.endsWith('RunTask') && ts >= load.ts)
    .map(({ ts, dur = 0, tdur = dur }) => ({
      afterLoadMs: Math.round((ts - load.ts) / 1000),
      clockMs: Math.round(dur / 1000),
      processorMs: Math.round(tdur / 1000), // by the clock where the trace does not know
    }))
    .sort((a, b) => a.afterLoadMs - b.afterLoadMs);
}
