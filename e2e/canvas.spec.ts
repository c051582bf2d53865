// A long prompt's pattern reaches the page by a canvas's WebGPU context, by readback, or drawn by the page itself: the same pixels. In a
// Chromium that can do the first on this machine (scripts/chromium.mjs, canvasArguments).
import type { Locator } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { openLarge } from './support/openLarge.ts';

/** A digest of what is on a canvas that was drawn in this way. */
async function digestOf(map: Locator, drawnBy: string): Promise<string> {
  await expect(map).toHaveAttribute('data-drawn-by', drawnBy);
  return map.evaluate(async (canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) throw new Error('no canvas');
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
    const digest = await crypto.subtle.digest('SHA-256', pixels?.data ?? new Uint8Array());
    return `${canvas.width} × ${canvas.height}: ${new Uint8Array(digest).join(' ')}`;
  });
}

test('a pattern by context, by readback and drawn by the page has the same pixels', async ({ page }) => {
  const shape = { nLayers: 1, nHeads: 2, nKeyValueHeads: 1, dHead: 8, dModel: 16, nCtx: 1024 };
  await openLarge(page, shape, 600, '?canvas=context');
  const map = page.locator('.pattern-map canvas');
  const side = (name: string) => page.getByRole('radio', { name, exact: true }).click({ force: true });
  const byContext = [await digestOf(map, 'context')];
  await side('Δ');
  await expect(map).toHaveAttribute('data-drawn-by', 'context');
  byContext.push(await digestOf(map, 'context'));
  await page.evaluate(() => history.replaceState(null, '', `?canvas=readback${location.hash}`));
  await side('A');
  const byReadback = [await digestOf(map, 'readback')];
  await side('Δ');
  byReadback.push(await digestOf(map, 'readback'));
  await page.locator('.pattern-map').press('Escape'); // focus alone asks for the values
  const byPage = [await digestOf(map, 'page')];
  await side('A');
  byPage.unshift(await digestOf(map, 'page'));
  expect(byReadback).toEqual(byContext);
  expect(byPage).toEqual(byContext);
  expect(new Set(byPage).size).toBe(2);
});
