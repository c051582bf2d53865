// A difference, taken apart in the Inspector: noise or bug, its cause, the bits of an element, the kernel that made it, the tolerance.
import { readFileSync } from 'node:fs';
import { expectNoViolations } from './support/axe.ts';
import { expect, openApp, test } from './support/fixtures.ts';

test('another order of summation: judged noise, named as the cause, by key alone', async ({ page }) => {
  await openApp(page, '#b.order=reversed&b.qkv=fused&hook=blocks.0.attn.hook_q&atol=0&rtol=0');
  await expect(page.getByRole('status').first()).toHaveText(/outside the tolerance/);
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await expect(inspector.getByText(/^pos \d+ .* head \d+ · element \d+$/).first()).toBeVisible(); // where the largest difference is, in words
  await inspector.getByRole('button', { name: 'Judge against f64' }).press('Enter');
  await expect(inspector.getByText(/^Noise: A is off by .* of the bound is used\.$/)).toBeVisible();
  await expect(inspector.getByText('B’s operation was given A’s inputs.')).toBeVisible();
  await inspector.getByRole('button', { name: 'Find the cause' }).press('Enter');
  await expect(
    inspector.getByText(
      'At blocks.0.attn.hook_q, products summed reversed instead of canonical: explains 100 % of it.',
    ),
  ).toBeVisible();
  const ladder = page.getByRole('region', { name: 'Divergence' });
  await expect(ladder).toContainText('First divergence: blocks.0.attn.hook_q, which fails by itself. Measured: At');
  await expect(inspector.getByRole('columnheader', { name: 'by itself' })).toBeVisible();
  await ladder.getByRole('radio', { name: 'table' }).press('Enter');
  const q = ladder.getByRole('row').filter({ hasText: 'blocks.0.attn.hook_q' }).first();
  await expect(q).toContainText(/outside.*outside/); // accumulated, and by itself
  const scores = ladder.getByRole('row').filter({ hasText: 'blocks.0.attn.hook_attn_scores' });
  await expect(scores).toContainText(/outside.*equal/); // what came in, carried on
  await inspector.getByText('20 worst elements').press('Enter');
  const bits = inspector.getByRole('region', { name: /^Bits at pos/ });
  await expect(bits.getByText(/^sign [01], exponent [01]{8}, mantissa [01]{23}$/)).toHaveCount(2);
  const before = await bits.getAttribute('aria-label');
  await inspector.getByRole('row').getByRole('button').nth(3).press('Enter');
  expect(await bits.getAttribute('aria-label')).not.toBe(before);
  await inspector.getByText('WGSL that made it').press('Enter');
  await expect(inspector.getByRole('region', { name: /^WGSL of matmul/ }).first()).toContainText('@compute');
  await expect(inspector.getByText('dims').first()).toBeVisible();
  await expectNoViolations(page, 'judged, explained, a kernel open', '#panel-inspector');
});

test('a tolerance is a preset that people know, or two numbers of their own', async ({ page }) => {
  await openApp(page, '#b.order=reversed&hook=blocks.3.hook_resid_post');
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await expect(inspector.getByText('Within tolerance')).toBeVisible();
  await inspector.getByRole('button', { name: /Tolerance/ }).click();
  await page.getByRole('option', { name: /bit-exact/ }).click();
  await expect(inspector.getByText('Outside tolerance')).toBeVisible();
  await inspector.getByRole('textbox', { name: 'atol' }).fill('1');
  await expect(inspector.getByText('Within tolerance')).toBeVisible();
  await inspector.getByRole('textbox', { name: 'atol' }).fill('-1');
  await expect(inspector.getByText('A number of 0 or more: 5e-4.')).toBeVisible();
});

test('amplification: B − A through the blocks, injected where the bits are the same, taken away as CSV, by key alone', async ({
  page,
}) => {
  await openApp(page, '#b.order=reversed&b.qkv=fused');
  const ladder = page.getByRole('region', { name: 'Divergence' });
  await ladder.getByRole('radio', { name: 'amplification' }).press('Enter');
  const curve = ladder.getByRole('region', { name: 'Amplification' });
  await expect(curve.getByText(/^Block \d multiplies most: ×\d/)).toBeVisible();
  await expect(curve.getByRole('row')).toHaveCount(5); // a head and four blocks
  await expect(curve.getByRole('row').nth(1)).toContainText('–'); // nothing enters block 0
  await curve.getByRole('button', { name: /^block 2:/ }).press('Enter');
  await expect(page.getByRole('region', { name: 'Inspector' })).toContainText('blocks.2.hook_resid_post');
  await expectNoViolations(page, 'amplification', '#panel-ladder');
  await page.getByRole('button', { name: 'Share' }).press('Enter');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: /Figure$/ }).press('Enter');
  await page.getByRole('option', { name: 'Amplification' }).press('Enter');
  await page.getByRole('button', { name: 'Save CSV' }).press('Enter');
  const csv = readFileSync(await (await saved).path(), 'utf8');
  expect(csv.split('\n').map((line) => line.split(',').length)).toEqual([8, 8, 8, 8, 8, 1]);
  const picture = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save SVG' }).press('Enter');
  expect(readFileSync(await (await picture).path(), 'utf8')).toMatch(/<title>Block \d multiplies most: ×/);
  await page.keyboard.press('Escape');
  await openApp(page);
  await expect(curve.getByText(/What enters is seeded noise, 2⁻¹² of a typical position/)).toBeVisible();
});
