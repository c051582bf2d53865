// Trust in the instrument: what was measured of the adapter, in words; and the demo models in every mode, beside what is known of them.
import { expectNoViolations } from './support/axe.ts';
import { expect, openApp, test } from './support/fixtures.ts';

test('the adapter is measured after the first result, and its chip opens the findings in words', async ({ page }) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  const chip = page.getByRole('button', { name: /About this GPU: .*numbers valid/ });
  await chip.focus();
  await page.keyboard.press('Enter');
  const card = page.getByRole('dialog', { name: 'About this GPU' });
  await expect(card.getByText('Nothing seen here speaks against portable bits.')).toBeVisible();
  await expect(card.getByRole('row', { name: /Order of sums/ })).toContainText('kept');
  await expect(card.getByRole('row', { name: /tanh/ })).toContainText('NaN at 88.8');
  await expectNoViolations(page, 'the adapter', '.trust');
  await page.keyboard.press('Escape');
  await expect(chip).toBeFocused();
});

test('the runs panel promises bits elsewhere of portable arithmetic alone', async ({ page }) => {
  await openApp(page);
  const runs = page.getByRole('region', { name: 'Runs' });
  await expect(runs.getByText('another GPU may differ in the last bits')).toBeVisible();
  await openApp(page, '#a.arithmetic=portable&b.arithmetic=portable');
  await page.reload();
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  await expect(runs.getByText('the canary found nothing against it')).toBeVisible();
});

test('Verify this GPU judges mode by mode while the page stays in use, is cancelled, and keeps its rows', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: 'Commands' })).toBeVisible();
  await page.keyboard.type('verify');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Verify this GPU' });
  await dialog.getByRole('button', { name: 'Verify this GPU' }).click();
  const split = dialog.getByRole('row', { name: /demo-gqa split 97/ });
  await expect(split).toContainText('passes', { timeout: 60_000 });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog.getByText(/Cancelled: \d+ of 38 modes pass/)).toBeVisible();
  await expectNoViolations(page, 'modes judged', '[role=dialog]');
  await dialog.getByRole('button', { name: 'Copy the result' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain('keeps the order of sums');
  expect(copied).toMatch(/demo-gqa \| split \| 97 hooks, operations, worst .* \| passes/);
});
