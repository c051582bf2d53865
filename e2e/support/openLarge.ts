// Opens a model of any shape from files, and runs a prompt of any length on it, both runs compared.
import type { Page } from '@playwright/test';
import { expect, openApp } from './fixtures.ts';
import { type ModelShape, randomFolder } from './randomFolder.ts';

/** Opens a model of this shape from files, and runs `nTokens` token ids on it; `search` of the address: '?…'. */
export async function openLarge(page: Page, shape: ModelShape, nTokens: number, search = ''): Promise<void> {
  await openApp(page, `${search}#b.order=reversed`);
  await expect(page.getByRole('status')).toHaveText(/all within the tolerance/);
  const panel = page.getByRole('region', { name: 'Model', exact: true });
  await panel.getByText('Open another model').click();
  const choosing = page.waitForEvent('filechooser');
  await panel.getByRole('button', { name: 'Choose files…' }).click();
  await (await choosing).setFiles(randomFolder(shape));
  await expect(panel.getByText(`${shape.nLayers} × ${shape.nHeads}`)).toBeVisible();
  await expect(page.getByRole('status')).toHaveText(/Compared in/);
  await page.getByRole('button', { name: 'edit token ids' }).click();
  const ids = Array.from({ length: nTokens }, (_, at) => (at * 7919) % 1000);
  await page.getByRole('textbox', { name: /^Ids/ }).fill(ids.join(' '));
  await page.getByRole('button', { name: 'Run these ids' }).click();
  await expect(page.getByText(`${nTokens} tokens of`)).toBeVisible();
  await expect(page.getByRole('status')).toHaveText(/Compared in/, { timeout: 60_000 });
  await expect(page.locator('[data-state="stale"]')).toHaveCount(0);
}
