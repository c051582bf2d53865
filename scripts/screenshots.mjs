// Takes the README's screenshots of the built page anew: `npx vite build && node scripts/screenshots.mjs`. What they show is run here.
import { join } from 'node:path';
import { chromium, expect } from '@playwright/test';
import { preview } from 'vite';
import { chromiumArguments, findChromium } from './chromium.mjs';
import { ROOT } from './run.mjs';

const VIEWPORT = { width: 1440, height: 900 };
const SETTLED_MS = 1500; // panels draw one after the other

/** [file, colour scheme, the link that is opened, what the status says when it has run] */
const SHOTS = /** @type {const} */ ([
  ['compare-light', 'light', '', /bit-identical/],
  ['reversed-dark', 'dark', '#b.order=reversed&hook=blocks.1.attn.hook_pattern', /all within the tolerance/],
  ['case-light', 'light', '#case=519-f32', /outside the tolerance/],
]);

const executablePath = findChromium();
const server = await preview({ root: ROOT, logLevel: 'error', preview: { open: false } });
const browser = await chromium.launch({
  args: chromiumArguments(),
  chromiumSandbox: process.getuid?.() !== 0, // Chromium refuses a sandbox to root
  ...(executablePath === null ? {} : { executablePath }),
});
try {
  for (const [name, colorScheme, link, status] of SHOTS) {
    const page = await browser.newPage({ viewport: VIEWPORT, colorScheme, serviceWorkers: 'block' });
    await page.goto(`${server.resolvedUrls?.local[0]}${link}`);
    await expect(page.locator('.status')).toHaveText(status, { timeout: 60_000 });
    const tour = page.getByRole('button', { name: 'Dismiss the tour' });
    if (await tour.isVisible()) await tour.click();
    await page.mouse.move(VIEWPORT.width / 2, 2); // over nothing that answers
    await page.waitForTimeout(SETTLED_MS);
    await page.screenshot({ path: join(ROOT, 'docs/screenshots', `${name}.png`) });
    await page.close();
  }
} finally {
  await browser.close();
  await server.close();
}
