// How long the page's thread was held while something was done, by the browser's own observer.
import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';

declare global {
  interface Window {
    longTasks?: { readonly observer: PerformanceObserver; readonly tasks: readonly PerformanceEntry[] };
  }
}

const MARK_MS = 200; // the task that ends each watch: longer than any of the page's own should be

const MOST_MS = 50;
// The machine is shared with a software GPU, which takes the page's core away for stretches that the observer counts as ours. Work of our
// own is there in every round; another process' stretch is not. So the calmest round counts, and the first that is calm ends it.
const ROUNDS = 6;

export type Deeds = Readonly<Record<string, (page: Page) => Promise<void>>>;

/** Expects that none of these deeds holds the page's thread for longer than 50 ms. */
export async function expectFluid(page: Page, deeds: Deeds): Promise<void> {
  for (const [deed, act] of Object.entries(deeds)) {
    let calmest = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS && calmest > MOST_MS; round++) {
      calmest = Math.min(calmest, await longestTask(page, () => act(page)));
    }
    expect(calmest, `longest task while ${deed}, in ms`).toBeLessThanOrEqual(MOST_MS);
  }
}

/** Moves the pointer over an element, corner to corner. */
export async function sweepOver(page: Page, selector: string): Promise<void> {
  const box = await page.locator(selector).boundingBox();
  if (!box) throw new Error(`${selector} is not on the page`);
  await page.mouse.move(box.x + 2, box.y + 2);
  await page.mouse.move(box.x + box.width - 2, box.y + box.height - 2, { steps: 40 });
}

/** The longest task of the main thread while `act` goes on, in ms; 0 where none was over 50 ms. */
export async function longestTask(page: Page, act: () => Promise<unknown>): Promise<number> {
  await page.evaluate(() => {
    const tasks: PerformanceEntry[] = [];
    const observer = new PerformanceObserver((list) => void tasks.push(...list.getEntries()));
    observer.observe({ type: 'longtask' });
    window.longTasks = { observer, tasks };
  });
  await act();
  const markAt = await block(page, MARK_MS);
  // Entries come late, in order: when the mark is there, all before it are. A mark that never comes fails the test, so that an
  // observer that sees nothing cannot pass for a page that does nothing.
  const beforeMark = () =>
    page.evaluate((at) => {
      const tasks = window.longTasks?.tasks ?? [];
      const mark = tasks.findIndex(({ startTime, duration }) => startTime <= at && at < startTime + duration);
      return mark < 0 ? null : tasks.slice(0, mark).map(({ duration }) => duration);
    }, markAt);
  await expect.poll(beforeMark).not.toBeNull();
  const durations = await beforeMark();
  await page.evaluate(() => window.longTasks?.observer.disconnect());
  return Math.max(0, ...(durations ?? []));
}

/** Blocks the page's thread for `ms`, in a task of the page's own; gives a moment within it, on the page's clock. */
export function block(page: Page, ms: number): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        setTimeout(() => {
          const start = performance.now();
          while (performance.now() < start + wanted);
          resolve(start + wanted / 2);
        }, 50);
      }),
    ms,
  );
}
