// The page stays fluid: no task of the main thread over 50 ms after load, while runs are compared, heads chosen and maps hovered.
import { expect, openApp, test } from './support/fixtures.ts';

test('no main-thread task lasts over 50 ms during compare, hover, head and drawer', async ({ page }) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  await page.waitForTimeout(500); // what loading queued
  await page.evaluate(() => {
    const seen: number[] = [];
    Reflect.set(window, 'longTasks', seen);
    new PerformanceObserver((list) => seen.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    });
  });
  await page.getByRole('radio', { name: 'Split', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText(/Ran split/);
  await page.getByRole('radio', { name: 'Compare' }).click();
  await expect(page.getByRole('status')).toHaveText(/Compared/);
  for (const head of [0, 3, 6]) await page.locator(`[data-at="L2H${head}"]`).click();
  await expect(page.getByRole('region', { name: 'Pattern L2H6' })).toBeVisible();
  const map = await page.getByRole('application').boundingBox();
  for (let at = 1; at < 10; at++) {
    await page.mouse.move(
      (map?.x ?? 0) + ((map?.width ?? 0) * at) / 10,
      (map?.y ?? 0) + ((map?.height ?? 0) * at) / 10,
    );
  }
  await page.getByRole('tab', { name: 'Table' }).click();
  await expect(page.getByRole('region', { name: 'Table' }).getByRole('row')).toHaveCount(201);
  const long = await page.evaluate(() => Reflect.get(window, 'longTasks') as number[]);
  expect(long).toEqual([]);
});
