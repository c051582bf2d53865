// How long a reader waits for the first result, and where the time of a run goes.
import type { Browser } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { expect, openApp, test } from './support/fixtures.ts';

test.use({ serviceWorkers: 'allow' });

declare global {
  interface Window {
    firstResultMs?: number;
  }
}

/** From the page's own load on, as the project promises it of this software adapter on a quiet machine. */
const BOUND_MS = 2_500; // the goal, 2,000, and a quarter for a machine that is not (1,220 to 1,651 were measured on one that is)
const ROUNDS = 3;

test.use({ trace: 'off' }); // its snapshots take the page's thread

test('from the page’s own load to the first result of the demo model', async ({ browser }) => {
  // Other work on the machine only ever makes it later: the quickest of three first visits counts. What is slow every time is ours.
  const rounds: { readonly shownMs: number; readonly loadMs: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await firstVisit(browser));
  const told = rounds.map(({ shownMs, loadMs }) => `${shownMs - loadMs} (${shownMs} after navigation)`).join(', ');
  console.info(`first result, ms after load: ${told}`);
  test.info().annotations.push({ type: 'cold start', description: told });
  expect(Math.min(...rounds.map(({ shownMs, loadMs }) => shownMs - loadMs))).toBeLessThan(BOUND_MS);
});

/** Opens the page in a browser context that knows nothing of it; gives when it was loaded, and when A's result was drawn. */
async function firstVisit(browser: Browser) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => {
    const isShown = () => {
      const outputs = document.querySelector('#panel-outputs')?.textContent ?? '';
      const isDrawn = (selector: string) => document.querySelector(selector) !== null;
      const panels = ['.chip', '.pattern-map', '.heads-canvas canvas'];
      return outputs.includes('Mary') && outputs.includes('0.998') && panels.every(isDrawn);
    };
    const observer = new MutationObserver(() => {
      if (!isShown()) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => (window.firstResultMs = performance.now()))); // painted
    });
    observer.observe(document, { childList: true, subtree: true, characterData: true });
  });
  await openApp(page);
  await page.waitForFunction(() => window.firstResultMs !== undefined);
  const told = await page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation');
    const loadMs = navigation instanceof PerformanceNavigationTiming ? navigation.loadEventEnd : Number.NaN;
    return { shownMs: Math.round(window.firstResultMs ?? Number.NaN), loadMs: Math.round(loadMs) };
  });
  await expect(page.getByRole('status').first()).toHaveText(/bit-identical/); // the comparison that follows
  await context.close();
  return told;
}

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
  await expectNoViolations(page, 'kernels timed', '#panel-profile');
  await expect(profile.getByRole('button', { name: 'Time the kernels again' })).toBeEnabled();
});
