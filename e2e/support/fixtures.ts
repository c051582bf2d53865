// What every journey starts from: the page opened, and a test that fails if the page threw or logged an error.
import { test as base, expect, type Page } from '@playwright/test';

/** Playwright's `test`, with a watch: an uncaught exception or a console error on the page fails the test. */
export const test = base.extend<{ errorWatch: undefined }>({
  errorWatch: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      await use(undefined);
      expect(errors, 'errors thrown or logged by the page').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/**
 * Opens Splitscope, with a link's fragment if given (`#model=…` or `#w1.…`), and waits until something is drawn.
 * Waits for no run: say in the test which outcome it awaits.
 */
export async function openApp(page: Page, hash = ''): Promise<void> {
  await page.goto(`./${hash}`);
  await expect(page.locator('#root > *').first()).toBeVisible();
}

/** Takes WebGPU from the page and its worker, as in a browser that has none. */
export async function withoutWebGpu(page: Page): Promise<void> {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'gpu', { value: undefined }));
  await page.route('**/assets/entry-*.js', async (route) => {
    const response = await route.fetch();
    const body = `Object.defineProperty(navigator,'gpu',{value:undefined});${await response.text()}`;
    await route.fulfill({ response, body });
  });
}
