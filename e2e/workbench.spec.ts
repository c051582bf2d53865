// The panels of the workbench, lived in: history, log, table, heads, palette, keys, interventions, a lost device, two tabs.
import { expect, openApp, test } from './support/fixtures.ts';

const COMPARED = /Compared in .* ms: bit-identical at all 85 hooks/;

test('undo and redo by keys and buttons, and a reload loses nothing; another tab knows nothing of it', async ({
  page,
  context,
}) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  const prompt = page.getByRole('textbox', { name: 'Text', exact: true });
  const chips = page.getByRole('list', { name: 'Tokens' }).getByRole('button');
  await prompt.fill('The capital of France is');
  await expect(chips).toHaveCount(6);
  await expect(page.getByRole('status')).toHaveText(COMPARED); // chips come before the run ends; the log, after
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Splitscope' }).click();
  await page.keyboard.press('Control+z');
  await expect(prompt).toHaveValue(/^When Mary/);
  await expect(chips).toHaveCount(15);
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  await page.keyboard.press('Control+Shift+Z');
  await expect(chips).toHaveCount(6);
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  await page.getByRole('tab', { name: 'Log' }).click();
  await expect(page.getByRole('region', { name: 'Log' }).getByRole('checkbox')).toHaveCount(4);
  await page.reload();
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  await expect(prompt).toHaveValue('The capital of France is');
  await page.getByRole('tab', { name: 'Log' }).click();
  await expect(page.getByRole('region', { name: 'Log' }).getByRole('checkbox')).toHaveCount(5);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(prompt).toHaveValue(/^When Mary/);
  const other = await context.newPage();
  await openApp(other);
  await expect(other.getByRole('status')).toHaveText(COMPARED);
  await expect(other.getByRole('button', { name: 'Undo' })).toBeDisabled();
  await other.close();
});

test('a reload finds pins and the drawer as they were, and two tabs keep each its own', async ({ page, context }) => {
  const other = await context.newPage();
  for (const [tab, head, drawer] of [
    [page, 'L2H5', 'Log'],
    [other, 'L0H3', 'Table'],
  ] as const) {
    await openApp(tab, '#b.order=reversed');
    await expect(tab.getByRole('status')).toHaveText(/all within the tolerance/);
    await tab.keyboard.press('Control+k');
    await tab.getByRole('dialog', { name: 'Commands' }).waitFor();
    await tab.keyboard.type(head);
    await tab.keyboard.press('Enter');
    await tab.getByRole('button', { name: `Pin ${head}` }).click();
    await tab.getByRole('tab', { name: drawer, exact: true }).click();
  }
  await page.getByRole('textbox', { name: 'Text', exact: true }).fill('The capital of France is');
  await expect(page.getByRole('list', { name: 'Tokens' }).getByRole('button')).toHaveCount(6);
  await expect(page.getByRole('status')).toHaveText(/Compared in .* all within the tolerance/);
  for (const [tab, head, drawer, text] of [
    [other, 'L0H3', 'Table', /^When Mary/],
    [page, 'L2H5', 'Log', 'The capital of France is'],
  ] as const) {
    await tab.reload();
    await expect(tab.getByRole('status')).toHaveText(/Compared in .* all within the tolerance/);
    await expect(tab.getByRole('button', { name: /^Pinned L/ })).toHaveAccessibleName(`Pinned ${head}`);
    await expect(tab.getByRole('tab', { name: drawer, exact: true })).toHaveAttribute('aria-selected', 'true');
    await expect(tab.getByRole('textbox', { name: 'Text', exact: true })).toHaveValue(text);
    await expect(tab.getByRole('region', { name: `Pattern ${head}` })).toBeVisible();
  }
  await other.close();
});

test('two runs of the log are set side by side and run against each other', async ({ page }) => {
  await openApp(page, '#b.order=reversed');
  await expect(page.getByRole('status')).toHaveText(/all within the tolerance/);
  await page.getByRole('button', { name: /Summation order of run B/ }).click();
  await page.getByRole('option', { name: /pairwise/ }).click();
  await page.getByRole('tab', { name: 'Log' }).click();
  const log = page.getByRole('region', { name: 'Log' });
  await expect(log.getByRole('checkbox')).toHaveCount(2);
  await log.getByRole('checkbox').first().check();
  await log.getByRole('checkbox').last().check();
  await expect(log.getByText(/bits part at|the same bits|they differ/)).toBeVisible();
  await log.getByRole('button', { name: /^Run #/ }).click();
  await expect(log.getByRole('checkbox')).toHaveCount(3);
  await expect(log.getByRole('row').nth(1)).toContainText('A split, reversed · B split, pairwise');
});

test('heads are scored, ranked, filtered and pinned; the table and the palette follow', async ({ page }) => {
  await openApp(page, '#b.order=reversed');
  await expect(page.getByRole('status')).toHaveText(/all within the tolerance/);
  const heads = page.getByRole('region', { name: 'Heads' });
  await heads.getByRole('button', { name: /What a cell/ }).click();
  await page.getByRole('option', { name: /Induction/ }).click();
  await heads.getByRole('radio', { name: 'best first' }).click();
  await expect(heads.getByRole('gridcell').first()).toHaveAccessibleName(/Induction 0\.[45]/);
  await heads.getByRole('textbox', { name: 'Filter of the heads' }).fill('kv:1 induction>0.1');
  await expect(heads.getByRole('gridcell').last()).toHaveAccessibleName(/kv head 1, Induction 0\.[12]/);
  await heads.getByRole('gridcell').first().press('p');
  await expect(heads.getByRole('button', { name: /^Pinned L/ })).toHaveCount(1);
  await heads.getByRole('gridcell').first().click();
  await heads.getByRole('button', { name: /^Unpin L/ }).click();
  await expect(heads.getByRole('button', { name: /^Pinned L/ })).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('L2H5'); // at once: what is typed before the palette is drawn is its own
  await expect(page.getByRole('dialog', { name: 'Commands' }).getByRole('combobox')).toHaveValue('L2H5');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Pattern L2H5' })).toBeFocused();
  await page.getByRole('tab', { name: 'Table' }).click();
  const rows = page.getByRole('region', { name: 'Table' }).getByRole('row');
  await expect(rows).toHaveCount(201);
  await expect(rows.nth(1)).toContainText(/ULP|\d/);
});

test('g and a letter goes to each panel; single keys do nothing in a field, can be switched off, and keys with Ctrl still work', async ({
  page,
}) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  const panels =
    'm Model p Prompt r Runs n Interventions d Divergence h Heads i Inspector o Outputs t Table e Reading w Sweep c Continuation l Log f Profile a Pattern L1H7';
  for (const [, letter = '', name = ''] of panels.matchAll(/\b([a-z]) ([A-Z]\w+(?: L1H7)?)/g)) {
    await page.keyboard.press('g');
    await page.keyboard.press(letter);
    await expect(page.getByRole('region', { name, exact: true })).toBeFocused();
  }
  const prompt = page.getByRole('textbox', { name: 'Text', exact: true });
  await prompt.focus();
  await prompt.press('Control+End');
  await page.keyboard.type('sfx?g');
  await expect(prompt).toHaveValue(/sfx\?g$/);
  await expect(page.getByRole('radio', { name: 'Compare' })).toBeChecked();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByRole('heading', { name: 'Splitscope' }).click(); // out of the field
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  await dialog.getByText('Single keys').click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('s');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: 'Commands' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('radio', { name: 'Compare' })).toBeChecked();
});

test('an intervention is added for a head, refused in fused mode with the way on, and its effect is shown', async ({
  page,
}) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  const panel = page.getByRole('region', { name: 'Interventions' });
  await panel.getByRole('button', { name: 'Add for L1H7' }).click();
  await expect(panel.getByText('blocks.1.attn.hook_z')).toBeVisible();
  await expect(page.getByRole('status')).toHaveText(COMPARED); // both runs are edited alike
  await panel.getByRole('button', { name: /Path/ }).click();
  await page.getByRole('option', { name: /q input/ }).click();
  await expect(panel.getByText(/exists in split mode only/)).toBeVisible();
  await panel.getByRole('button', { name: 'Run split instead' }).click();
  await expect(panel.getByText(/exists in split mode only/)).toHaveCount(0);
  await expect(page.getByRole('status')).toHaveText(/bit-identical at all 97 hooks/); // split has 12 more
});

test('a panel is maximised and restored, and its size is kept on this machine', async ({ page }) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  await page.getByRole('button', { name: 'Maximise Pattern L1H7' }).click();
  await expect(page.getByRole('region', { name: 'Inspector' })).not.toBeVisible();
  await page.getByRole('button', { name: 'Restore Pattern L1H7' }).click();
  const separator = page.getByRole('separator', { name: 'Width of Heads' });
  const before = await page.locator('#panel-heads').evaluate((panel) => panel.clientWidth);
  await separator.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  const width = () => page.locator('#panel-heads').evaluate((panel) => panel.clientWidth);
  expect(await width()).toBeGreaterThan(before);
  const widened = await width();
  await page.reload();
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  expect(await width()).toBe(widened);
});
