// Tracing a circuit from the page: edits by menu and by form, sweeps, paths, a reading, a continuation; each kept in the link.
import type { Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { expect, openApp, test } from './support/fixtures.ts';

const COMPARED = /Compared in .* ms: bit-identical at all \d+ hooks/;

/** Opens a tab of the drawer, maximised, so that all of it is in sight. */
async function openTab(page: Page, name: string) {
  await page.getByRole('tab', { name }).click();
  const maximise = page.getByRole('button', { name: `Maximise ${name}` });
  if (await maximise.isVisible()) await maximise.click();
  return page.getByRole('region', { name, exact: true });
}

test('a sweep is set up, fills its maps in, becomes an intervention, and a link sweeps it again', async ({
  page,
  browser,
}) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  await openTab(page, 'Sweep');
  await expect(page.getByRole('button', { name: 'Sweep', exact: true })).toBeDisabled();
  await page.getByRole('button', { name: 'Use the indirect-object pair' }).click();
  await page.getByRole('button', { name: 'Sweep', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText('Swept 48 edits');
  const map = page.getByRole('application', { name: /^k input of each kv head/ });
  await map.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('.sweep-readout')).toContainText(/L1KV1 hook_k_input/);
  await page.keyboard.press('Enter');
  await page.getByText('Strongest effects as a table').click();
  await expect(page.locator('.strongest').getByRole('row')).toHaveCount(25);
  const readout = await page.locator('.sweep-readout').innerText();
  await page.getByRole('button', { name: 'Add L1KV1 as intervention' }).click();
  await expect.poll(() => page.url()).toContain('#w1.');
  await page.getByRole('button', { name: 'Restore Sweep' }).click();
  await expect(page.getByRole('region', { name: 'Interventions' })).toContainText('blocks.1.hook_k_input');
  await page.getByRole('button', { name: 'Share' }).click();
  const link = await page.getByRole('textbox', { name: 'Link', exact: true }).inputValue();
  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(link);
  await expect(elsewhere.getByRole('tab', { name: 'Sweep' })).toHaveAttribute('aria-selected', 'true');
  await expect(elsewhere.getByRole('application', { name: /^k input of each kv head/ })).toBeVisible();
  await elsewhere.getByRole('application', { name: /^k input of each kv head/ }).focus();
  await elsewhere.keyboard.press('ArrowDown');
  await elsewhere.keyboard.press('ArrowRight');
  await expect(elsewhere.locator('.sweep-readout')).toHaveText(readout);
  await elsewhere.context().close();
});

test('a sweep is cancelled and keeps what has come; the page answers meanwhile', async ({ page }) => {
  await openApp(page, '#split=1');
  await expect(page.getByRole('status')).toHaveText(/Ran split/);
  await openTab(page, 'Sweep');
  await page.getByRole('radio', { name: 'zero' }).click();
  for (const site of ['pattern', 'z', 'stream', 'MLP'])
    await page
      .getByRole('radio', { name: site, exact: true })
      .or(page.getByRole('button', { name: site, exact: true }))
      .first()
      .click();
  await page.getByRole('button', { name: 'Sweep', exact: true }).click();
  await expect(page.getByRole('progressbar', { name: 'Sweep' })).toBeVisible();
  await page.getByRole('button', { name: 'Restore Sweep' }).click();
  await page.getByRole('grid').getByRole('gridcell').first().click();
  await expect(page.getByRole('region', { name: 'Pattern L0H0' })).toBeVisible();
  const cancel = page.getByRole('button', { name: 'Cancel the sweep' });
  if (await cancel.isVisible()) await cancel.click();
  await expect(page.getByRole('progressbar', { name: 'Sweep' })).toHaveCount(0);
  await expect(page.getByRole('application', { name: /^z of each head/ })).toBeVisible();
});

test('a path is traced backwards: from what the logits hear to the head before it', async ({ page }) => {
  await openApp(page, '#layer=3&head=0');
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  await openTab(page, 'Sweep');
  await page.getByRole('radio', { name: 'paths' }).click();
  await page.getByRole('button', { name: 'Use the indirect-object pair' }).click();
  const receivers = page.getByRole('textbox', { name: 'Receivers' });
  await receivers.fill('L1H7');
  await expect(page.getByText('L1H7 is no receiver')).toBeVisible();
  await receivers.fill('final');
  await page.getByRole('button', { name: 'Patch the paths' }).click();
  await expect(page.getByRole('status')).toHaveText('Patched 37 paths'); // 32 heads, 4 MLPs, the embedding
  await page.getByText('Strongest senders as a table').click();
  const strongest = page
    .locator('.strongest')
    .getByRole('button', { name: /^L\dH\d$/ })
    .first();
  const name = await strongest.innerText();
  await strongest.click();
  await page.getByRole('button', { name: `Trace back from ${name}` }).click();
  await expect(receivers).toHaveValue(new RegExp(`^${name}\\.q, L${name[1]}KV\\d\\.k`));
  await expect(page.getByText(new RegExp(`to ${name}\\.q`))).toBeVisible();
});

test('the prompt is continued under A and B, read token by token, and taken as the prompt', async ({ page }) => {
  await openApp(page, '#b.order=reversed');
  await expect(page.getByRole('status')).toHaveText(/all within the tolerance/);
  await openTab(page, 'Continuation');
  await page.getByRole('button', { name: 'Continue the prompt' }).click();
  await expect(page.getByRole('status')).toHaveText('Continued by 3 tokens');
  await expect(page.getByText('A and B choose the same tokens.')).toBeVisible();
  const tokens = page.getByRole('list', { name: 'Tokens of run A' }).getByRole('button');
  await expect(tokens.first()).toHaveAccessibleName(/·Mary, position 15, probability 0\.998/);
  await tokens.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(tokens.nth(1)).toBeFocused();
  await expect(page.getByText('Where the heads of layer 1 looked')).toBeVisible();
  await page.getByRole('radio', { name: 'seeded draw' }).click();
  await page.getByRole('textbox', { name: 'Temperature' }).fill('0');
  await expect(page.getByText('above 0')).toBeVisible();
  await page.getByRole('textbox', { name: 'Temperature' }).fill('2');
  await page.getByRole('textbox', { name: 'Top-k' }).fill('5');
  await page.getByRole('textbox', { name: 'Tokens' }).fill('4');
  await page.getByRole('button', { name: 'Continue the prompt' }).click();
  await expect(page.getByRole('status')).toHaveText('Continued by 4 tokens'); // not while they are still being written
  await page.getByRole('button', { name: 'Restore Continuation' }).click();
  const written = await tokens.count();
  await page.getByRole('button', { name: 'Take as the prompt' }).first().click();
  await expect(page.getByRole('list', { name: 'Tokens', exact: true }).getByRole('button')).toHaveCount(15 + written);
});

test('a head and a token have a menu of edits, by right press and by Shift+F10; rows are moved, doubled and refused by name', async ({
  page,
}) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  const panel = page.getByRole('region', { name: 'Interventions' });
  await page.getByRole('gridcell', { name: /^Layer 1 head 7/ }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: /Zero this head's z/ }).click();
  await expect(panel.getByText('blocks.1.attn.hook_z')).toBeVisible();
  await page.getByRole('gridcell', { name: /^Layer 1 head 7/ }).focus();
  await page.keyboard.press('Shift+F10');
  await expect(page.getByRole('menu', { name: 'Edits of L1H7' })).toBeVisible();
  for (let at = 0; at < 4; at++) await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: /Patch L1KV1's k input/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(panel.getByText(/Not applied: .*exists in split mode only/)).toBeVisible();
  await expect(page.getByRole('gridcell', { name: /^Layer 1 head 7/ })).toBeFocused();
  await page.getByRole('button', { name: /^Token 4:/ }).focus();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: /Swap the embeddings of 4 and 14/ }).press('Enter');
  const rows = panel.getByRole('group', { name: /^Intervention \d/ });
  await expect(rows).toHaveCount(3);
  const menu = rows.nth(2).getByRole('button', { name: /^Move, double or remove/ });
  await menu.focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(rows.nth(1)).toContainText('hook_embed');
  await expect(rows.nth(1).getByRole('button', { name: /^Move, double or remove/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Duplicate' }).press('Enter');
  await expect(rows).toHaveCount(4);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(rows).toHaveCount(3);
});

test('each operation is set up in the panel: a vector by text and by file, another activation, noise, a mean over prompts', async ({
  page,
}) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  const panel = page.getByRole('region', { name: 'Interventions' });
  await panel.getByRole('button', { name: 'Add for L1H7' }).click();
  const choose = async (operation: RegExp) => {
    await panel.getByRole('button', { name: /^Operation|Operation$/ }).click();
    await page.getByRole('option', { name: operation }).click();
  };
  await choose(/add a vector/);
  const vector = panel.getByRole('textbox', { name: 'Vector' });
  await vector.fill('1, two');
  await expect(panel.getByText('numbers, such as')).toBeVisible();
  await vector.fill('1 2 3');
  await expect(panel.getByText(/Not applied: blocks\.1\.attn\.hook_z takes 1 number, 16 or 128/)).toBeVisible();
  const choosing = page.waitForEvent('filechooser');
  await panel.getByRole('button', { name: 'From a file…' }).click();
  const direction = JSON.stringify(Array.from({ length: 128 }, (_, at) => at / 128));
  await (await choosing).setFiles({
    name: 'direction.json',
    mimeType: 'application/json',
    buffer: Buffer.from(direction),
  });
  await expect(panel.getByText(/128 numbers, 0 to 0\.99/)).toBeVisible();
  await expect(panel.getByText(/Not applied/)).toHaveCount(0);
  await choose(/^patch/);
  await expect(panel.getByText(/Not applied: .* from the corrupted prompt, and there is none/)).toBeVisible();
  await panel.getByRole('textbox', { name: 'Source', exact: true }).fill('blocks.1.hook_q');
  await expect(panel.getByText('a hook, such as')).toBeVisible();
  await choose(/^noise/);
  await panel.getByRole('textbox', { name: 'Seed' }).fill('7');
  await choose(/^set/);
  await panel.getByText('Mean over prompts', { exact: true }).click();
  await panel.getByRole('textbox', { name: 'Prompts, a line each' }).fill('When Tom and Anna\nAfter Mary');
  await panel.getByRole('button', { name: 'Take the mean of 2' }).click();
  await expect(panel.getByText(/^128 numbers/)).toBeVisible();
  await expect(page.getByRole('status')).toHaveText(COMPARED);
});

test('a prediction is read by keyboard: lens, attribution that sums to the logit, circuits of the head', async ({
  page,
}) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  await page.keyboard.press('g');
  await page.keyboard.press('e');
  const reading = page.getByRole('region', { name: 'Reading' });
  await expect(reading).toBeFocused();
  const lens = reading.getByRole('region', { name: 'Logit lens' });
  await expect(lens.getByRole('row')).toHaveCount(1 + 5); // the embedding and four blocks
  await expect(lens.getByRole('row').last()).toContainText('·Mary');
  const attribution = reading.getByRole('region', { name: 'Attribution' });
  await expect(attribution).toContainText(/apart, within the rounding bound/);
  const head = attribution.getByRole('button', { name: /^L\dH\d$/ }).first();
  const name = await head.innerText();
  await head.press('Enter');
  await expect(page.getByRole('region', { name: `Pattern ${name}` })).toBeVisible();
  await reading.getByRole('button', { name: `Read the circuits of ${name}` }).press('Enter');
  await expect(reading.getByText('Copying score')).toBeVisible();
  await expect(reading.getByRole('table', { name: 'OV: attended → raised' }).getByRole('row')).toHaveCount(12);
  await reading.getByRole('radio', { name: 'repeated random tokens' }).press('Enter');
  const heads = page.getByRole('region', { name: 'Heads' });
  await heads.getByRole('button', { name: /What a cell/ }).click();
  await page.getByRole('option', { name: /Induction/ }).click();
  const inductionHead = heads.getByRole('gridcell', { name: /^Layer 1 head 7/ });
  await expect(inductionHead).toHaveAccessibleName(/Induction 0\.94/);
});

test('axe finds nothing in sweep, paths, reading and continuation, nor in the rows of interventions', async ({
  page,
}) => {
  await openApp(page, '#layer=1&head=7');
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  await page.getByRole('tab', { name: 'Sweep' }).click();
  await page.getByRole('button', { name: 'Use the indirect-object pair' }).click();
  await page.getByRole('button', { name: 'Sweep', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText('Swept 48 edits');
  await page.getByRole('button', { name: 'Add for L1H7' }).click();
  await page
    .getByRole('button', { name: /^Operation|Operation$/ })
    .last()
    .click();
  await page.getByRole('option', { name: /^set/ }).click();
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  await expectNoViolations(page, 'an edit and its sweep');
  await page.getByRole('radio', { name: 'paths' }).click();
  await page.getByRole('button', { name: 'Patch the paths' }).click();
  await expect(page.getByRole('status')).toHaveText(/Patched \d+ paths/);
  await expectNoViolations(page, 'paths', '#panel-sweep');
  await page.getByRole('tab', { name: 'Reading' }).click();
  await page.getByRole('button', { name: 'Read the circuits of L1H7' }).click();
  await expect(page.getByText('Copying score')).toBeVisible();
  await expectNoViolations(page, 'reading', '#panel-reading');
  await page.getByRole('tab', { name: 'Continuation' }).click();
  await page.getByRole('button', { name: 'Continue the prompt' }).click();
  await page.getByRole('list', { name: 'Tokens of run B' }).getByRole('button').first().click();
  await expect(page.getByText('Where the heads of layer 1 looked')).toBeVisible();
  await expectNoViolations(page, 'continuation', '#panel-continuation');
});
