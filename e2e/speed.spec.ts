// How long a reader waits for the first result, and where the time of a run goes.
import AxeBuilder from '@axe-core/playwright';
import { expect, openApp, test } from './support/fixtures.ts';

declare global {
  interface Window {
    firstResultMs?: number;
  }
}

/**
 * The goal is 2,000 ms from the page's load on a quiet machine; this one may be shared by eight. What the bound catches is a
 * return of what once took the time: kernels that compile for seconds, one after the other, after the run.
 */
const BOUND_MS = 12_000;

test('from the page’s own load to the first result of the demo model', async ({ page }) => {
  await page.addInitScript(() => {
    const isShown = () => {
      const outputs = document.querySelector('#panel-outputs')?.textContent ?? '';
      const hasPattern = document.querySelector('.pattern-map') !== null;
      return outputs.includes('Mary') && outputs.includes('0.998') && hasPattern;
    };
    const observer = new MutationObserver(() => {
      if (!isShown()) return;
      window.firstResultMs = performance.now();
      observer.disconnect();
    });
    observer.observe(document, { childList: true, subtree: true, characterData: true });
  });
  await openApp(page);
  await page.waitForFunction(() => window.firstResultMs !== undefined);
  const { shownMs, loadMs } = await page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation');
    const loadMs = navigation instanceof PerformanceNavigationTiming ? navigation.loadEventEnd : Number.NaN;
    return { shownMs: window.firstResultMs ?? Number.NaN, loadMs };
  });
  const told = `first result ${Math.round(shownMs - loadMs)} ms after load, ${Math.round(shownMs)} ms after navigation`;
  console.info(told);
  test.info().annotations.push({ type: 'cold start', description: told });
  expect(shownMs - loadMs).toBeLessThan(BOUND_MS);
});

test('the Profile drawer times each kernel of both runs when asked, as shares of the adapter’s peak', async ({
  page,
}) => {
  await openApp(page);
  await expect(page.getByRole('status').first()).toHaveText(/bit-identical/);
  await page.getByRole('tab', { name: 'Profile' }).click();
  const profile = page.getByRole('region', { name: 'Profile' });
  await expect(profile.getByRole('row', { name: /matmul/ })).not.toContainText('ms');
  await profile.getByRole('button', { name: 'Time the kernels' }).click();
  await expect(profile.getByRole('row', { name: /matmul/ })).toContainText(/ms.*% of peak.*ms.*% of peak/, {
    timeout: 90_000,
  });
  await expect(profile).toContainText(/Dispatch by dispatch: A .* ms, B .* ms\. The adapter’s peak is .* GFLOP\/s/);
  const { violations } = await new AxeBuilder({ page }).include('#panel-profile').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await expect(profile.getByRole('button', { name: 'Time the kernels again' })).toBeEnabled();
});
