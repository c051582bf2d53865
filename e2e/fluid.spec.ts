// The page stays fluid: after load, no task of the main thread over 50 ms, from the mounting of its panels on. The engine is in a worker.
import type { Page } from '@playwright/test';
import { expect, openApp, test } from './support/fixtures.ts';
import { block, type Deeds, expectFluid, longestTask, sweepOver } from './support/longTasks.ts';
import { type ThreadTask, tasksAfterLoad } from './support/mainThread.ts';

test.use({ serviceWorkers: 'allow' });

test('no long task while loading and opening another model, none over 50 ms while comparing, hovering and choosing heads', async ({
  page,
}) => {
  let calmest: ThreadTask | undefined;
  for (let round = 0; round < ROUNDS && (calmest?.processorMs ?? Number.POSITIVE_INFINITY) > LOADING_MS; round++) {
    const longest = await longestWhileLoading(page);
    if (longest.processorMs < (calmest?.processorMs ?? Number.POSITIVE_INFINITY)) calmest = longest;
  }
  expect(calmest?.processorMs, `longest task while loading, ${JSON.stringify(calmest)}`).toBeLessThanOrEqual(
    LOADING_MS,
  );
  await page.goto('about:blank');
  await openApp(page, '#b.order=reversed');
  await expect(page.getByRole('status')).toHaveText(/all within the tolerance/);
  await page.waitForTimeout(500); // what is loaded beside the shell is in
  await expectFluid(page, DEEDS);
});

/** Opens the page as on a first visit, then another model; gives the longest task from the load event until both comparisons are shown. */
async function longestWhileLoading(page: Page): Promise<ThreadTask> {
  const tasks = await tasksAfterLoad(page, async () => {
    await page.goto('about:blank');
    await openApp(page);
    await expect(page.getByRole('status')).toHaveText(/bit-identical/);
    const model = page.locator('#panel-model');
    await model.getByText('Open another model').click();
    await model.getByRole('button', { name: 'demo-neox' }).click();
    await expect(model.getByText('gpt_neox', { exact: true })).toBeVisible();
    await expect(page.getByRole('status')).toHaveText(/bit-identical/);
    await page.waitForTimeout(500); // what is loaded beside the shell is in
    await block(page, BLOCKED_MS);
  });
  const isBlock = ({ clockMs }: ThreadTask) => clockMs >= BLOCKED_MS;
  expect(tasks.filter(isBlock).length, 'tasks as long as the one that shows that long ones are seen').toBeGreaterThan(
    0,
  );
  const [longest] = tasks.filter((task) => !isBlock(task)).toSorted((a, b) => b.processorMs - a.processorMs);
  if (!longest) throw new Error('the trace has one task alone');
  return longest;
}

test('the observer sees a task that is too long', async ({ page }) => {
  await openApp(page);
  const longest = await longestTask(page, () => block(page, 80));
  expect(longest).toBeGreaterThanOrEqual(80);
});

test('no task over 50 ms while a sweep fills its maps', async ({ page }) => {
  await openApp(page, '#b.order=reversed');
  await expect(page.getByRole('status')).toHaveText(/all within the tolerance/);
  await page.getByRole('tab', { name: 'Sweep' }).click();
  const panel = page.getByRole('region', { name: 'Sweep' });
  await panel.getByRole('button', { name: 'Use the indirect-object pair' }).click();
  const sweep = panel.getByRole('button', { name: 'Sweep', exact: true });
  await expect(sweep).toBeEnabled();
  await expectFluid(page, {
    sweeping: async () => {
      await sweep.click();
      await expect(panel.locator('.sweep-result')).toBeVisible();
      await expect(sweep).toBeEnabled();
    },
  });
});

const BLOCKED_MS = 500; // by the clock: longer than any task of the page's own should be, however many programs run

// On a quiet machine 16 to 24 ms of the processor were measured, 49 to 59 beside eight other programs on two cores, where the same work takes more of
// it; 74 and 99 when all panels were mounted at once.
const LOADING_MS = 65;
const ROUNDS = 3; // a shared machine's processor is slower at times; what is long each time is ours

const DEEDS: Deeds = {
  comparing: async (page) => {
    await page.getByRole('button', { name: /^Run/ }).click();
    await expect(page.getByRole('status')).toHaveText(/Compared in/);
  },
  'hovering the ladder': (page) => sweepOver(page, '.ladder-options'),
  'hovering the pattern': (page) => sweepOver(page, '.pattern-map'),
  'choosing heads': async (page) => {
    await page.getByRole('grid', { name: /heads/i }).getByRole('gridcell').first().click();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
  },
};
