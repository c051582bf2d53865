// Large things stay fluid: a pattern of 2,048 × 2,048, a prompt of 2,048 tokens, a grid of 24 × 16 heads. Random weights of that geometry.
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { expectFluid, sweepOver } from './support/longTasks.ts';
import { openLarge } from './support/openLarge.ts';

async function wheel(page: Page, deltaY: number, times: number): Promise<void> {
  for (let turn = 0; turn < times; turn++) await page.mouse.wheel(0, deltaY);
}

test('a pattern of 2,048 × 2,048 answers hover, zooms and pans, and 2,048 token chips are turned by pages', async ({
  page,
}) => {
  const shape = { nLayers: 1, nHeads: 2, nKeyValueHeads: 1, dHead: 8, dModel: 16, nCtx: 2048 };
  await openLarge(page, shape, 2048);
  const chips = page.getByRole('list', { name: 'Tokens' }).getByRole('button');
  await expect(chips).toHaveCount(256);
  await expect(chips.last()).toHaveAccessibleName(/^Token 2047: /);
  await page.getByRole('button', { name: 'Earlier tokens' }).click();
  await expect(chips.first()).toHaveAccessibleName(/^Token 1536: /);
  await expectFluid(page, {
    'hovering the pattern': () => sweepOver(page, '.pattern-map'),
    'zooming and panning': async () => {
      const box = await page.locator('.pattern-map').boundingBox();
      await page.mouse.move((box?.x ?? 0) + 20, (box?.y ?? 0) + (box?.height ?? 0) / 2);
      await page.keyboard.down('Control');
      await wheel(page, -120, 10);
      await page.keyboard.up('Control');
      await wheel(page, 40, 10);
      await page.locator('.pattern-map').press('0');
    },
  });
  await page.locator('.pattern-map').press('Shift+ArrowUp');
  await expect(page.locator('.crosshair')).toContainText(/→ .*\[\d+, \d+\]/); // from what is there: nothing is read back
  await expect(page.locator('.crosshair')).toContainText(/A \S+ B \S+ Δ \S+ · \d+ ULP/);
});

test('a grid of 24 × 16 heads is one canvas, and answers hover and keys', async ({ page }) => {
  const shape = { nLayers: 24, nHeads: 16, nKeyValueHeads: 8, dHead: 4, dModel: 32, nCtx: 512 };
  await openLarge(page, shape, 64);
  const grid = page.getByRole('grid', { name: /heads/i });
  await expect(page.locator('#panel-heads canvas')).toHaveCount(1);
  await expect(page.locator('.heads-cell')).toHaveCount(24 * 16);
  await grid.getByRole('gridcell', { name: 'Layer 0 head 0,' }).click();
  await expectFluid(page, {
    'hovering the heads': () => sweepOver(page, '.heads-scroll'),
    'choosing heads': async () => {
      for (const key of ['ArrowDown', 'ArrowRight', 'Enter', 'ArrowUp', 'ArrowLeft', 'Enter'])
        await page.keyboard.press(key);
    },
  });
});
