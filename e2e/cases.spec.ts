// The gallery of cases: opened by a link or from the dialog, each with a text whose figures are of the run beside it.
import { expectNoViolations } from './support/axe.ts';
import { expect, openApp, test } from './support/fixtures.ts';

test('a case opens by its link, tells the run beside it, goes on by steps, and knows when the reader leaves it', async ({
  page,
}) => {
  await openApp(page, '#case=519-f32');
  const strip = page.getByRole('complementary', { name: 'Case: Split QKV differs, in f32' });
  await expect(strip).toContainText(/Bits part first at blocks\.0\.attn\.hook_q, by/);
  await expect(page.getByRole('status')).toHaveText(/outside the tolerance at \d+/);
  await expectNoViolations(page, 'a case', '.case');
  await strip.getByRole('radio', { name: 'The same order' }).click();
  await expect(strip).toContainText('bit-identical at all 85 hooks. It was never the split');
  await page.getByRole('radio', { name: 'Fused', exact: true }).click();
  await expect(strip).toContainText('You changed the experiment');
  await page.reload();
  await expect(strip).toContainText('You changed the experiment'); // the case stays open through a reload
  await strip.getByRole('button', { name: 'Back to the case' }).click();
  await expect(strip).toContainText('It was never the split');
  await strip.getByRole('button', { name: 'Close the case' }).click();
  await expect(strip).toHaveCount(0);
});

test('the gallery is opened by keyboard and by its button, and a case that probes tells what it found', async ({
  page,
}) => {
  const chunks: string[] = [];
  page.on('request', (request) => chunks.push(request.url()));
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  expect(chunks.filter((url) => /case/i.test(url))).toEqual([]); // nothing of the gallery comes with the first load
  await page.getByRole('button', { name: 'Cases' }).focus();
  await page.keyboard.press('Enter');
  const gallery = page.getByRole('dialog', { name: 'Cases' });
  await expect(gallery.getByRole('listitem')).toHaveCount(8);
  await expectNoViolations(page, 'the gallery', '[role=dialog]');
  await gallery.getByRole('button', { name: 'Run it here: Split QKV on grouped queries' }).press('Enter');
  const strip = page.getByRole('complementary', { name: 'Case: Split QKV on grouped queries' });
  await expect(strip).toContainText('subscript k has size 2 for operand 1');
  await expect(strip).toContainText('q is 8 times ours');
});

test('the indirect-object walk-through runs its sweep beside its text', async ({ page }) => {
  await openApp(page, '#case=indirect-object&step=3');
  const strip = page.getByRole('complementary', { name: 'Case: Who is given the drink?' });
  await expect(strip).toContainText(/block 0: position 10.*block 3: position 14/);
  await strip.getByRole('radio', { name: /Which heads move it/ }).click();
  await expect(strip).toContainText(/falls most by L\dH\d/);
});
