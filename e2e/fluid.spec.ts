// The page stays fluid: after load, no task of the main thread over 50 ms while runs, hovers and choices go on. The engine is in a worker.
import { expect, openApp, test } from './support/fixtures.ts';
import { block, type Deeds, expectFluid, longestTask, sweepOver } from './support/longTasks.ts';

test.use({ serviceWorkers: 'allow' });

test('no task over 50 ms while comparing, hovering and choosing heads', async ({ page }) => {
  await openApp(page, '#b.order=reversed');
  await expect(page.getByRole('status')).toHaveText(/all within the tolerance/);
  await page.waitForTimeout(500); // what is loaded beside the shell is in
  await expectFluid(page, DEEDS);
});

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
