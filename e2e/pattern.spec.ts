// The Pattern panel: a head's map, zoomed and moved by pointer and keys, both runs at once, and its table twin.
import { expect, openApp, test } from './support/fixtures.ts';

test.beforeEach(async ({ page }) => {
  await openApp(page, '#b.order=reversed');
  await expect(page.getByRole('status')).toHaveText(/all within the tolerance/);
});

test('a drag zooms, the minimap shows where, the whole comes back', async ({ page }) => {
  const map = page.getByRole('application', { name: /L1H7, run A/ });
  const box = await map.boundingBox();
  if (!box) throw new Error('there is no map');
  await expect(page.locator('.minimap')).toHaveCount(0);
  await page.mouse.move(box.x + box.width * 0.1, box.y + box.height * 0.5);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.9, { steps: 4 });
  await page.mouse.up();
  await expect(page.locator('.minimap')).toBeVisible();
  await expect(page.locator('.axis-token-query').first()).toHaveText('·the'); // position 7 of 15
  await page.getByRole('button', { name: 'Show the whole map' }).click();
  await expect(page.locator('.minimap')).toHaveCount(0);
});

test('keys alone: t finds the strongest cell, arrows move, + zooms about it, 0 shows the whole, Escape frees', async ({
  page,
}) => {
  const map = page.getByRole('application', { name: /L1H7, run A/ });
  const readout = page.locator('.crosshair');
  await map.focus();
  await page.keyboard.press('t');
  await expect(readout).toContainText('[0, 0]'); // BOS can attend to itself alone: 1
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(readout).toContainText('·John → When [10, 1]');
  await expect(readout).toContainText(/A \S+ B \S+ Δ \S+ · \d+ ULP/);
  await page.keyboard.press('+');
  await expect(page.locator('.minimap')).toBeVisible();
  await page.keyboard.press('Shift+ArrowDown'); // beyond the window: it follows
  await expect(readout).toContainText('[14, 1]');
  await expect(page.locator('.axis-token-query').last()).toHaveText('·to');
  await page.keyboard.press('0');
  await expect(page.locator('.minimap')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(readout).toContainText('Point at a cell');
});

test('A and B side by side share their crosshair; swiped, the line is a slider that keys move', async ({ page }) => {
  await page.getByRole('radio', { name: 'A B' }).click();
  const maps = page.getByRole('application');
  await expect(maps).toHaveCount(2);
  await maps.last().focus();
  await page.keyboard.press('ArrowUp');
  await expect(page.locator('.cross-row')).toHaveCount(2);
  await page.getByRole('radio', { name: 'swipe' }).click();
  await expect(maps).toHaveCount(1);
  const line = page.getByRole('slider', { name: /shows run A/ });
  await expect(line).toHaveValue('50');
  await line.press('ArrowRight');
  await expect(line).toHaveValue('51');
  await expect(page).toHaveURL(/#/); // the way it is looked at is in the link
  await page.reload();
  await expect(page.getByRole('slider', { name: /shows run A/ })).toBeVisible();
});

test('fitted in cividis, value-weighted, and the strongest cells as a table', async ({ page }) => {
  await page.getByRole('button', { name: 'fit', exact: true }).click();
  await page.getByRole('button', { name: 'cividis', exact: true }).press('Enter');
  await expect(page.locator('#panel-pattern .legend-title')).toHaveText('attention · fitted, first row apart');
  await expect(page.locator('#panel-heads .legend-ramp')).toHaveCSS('background-image', /rgb\(0, 32, 81\)/); // cividis begins so
  await page.getByRole('button', { name: /What is shown of the head/ }).click();
  await page.getByRole('option', { name: /value-weighted/ }).click();
  await expect(page.locator('#panel-pattern .legend-title')).toContainText('attention × |v|');
  await page.getByText('Strongest cells as a table').click();
  const rows = page.locator('.strongest tbody tr');
  await expect(rows).toHaveCount(24);
  await rows.first().getByRole('button', { name: /^show/ }).click();
  await expect(page.locator('.crosshair')).toContainText('→');
});
