// What a reader does, from a cold start: see the demo model, compare, find a difference, share it, reopen it elsewhere.
import { expect, openApp, test, withoutWebGpu } from './support/fixtures.ts';

const COMPARED = /Compared in .* ms: bit-identical at all 85 hooks/;

test('a cold start runs the demo model both ways and shows tokens, heads, a pattern and the next token', async ({
  page,
}) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  await expect(page.getByText('Bit-identical (0 ULP)').first()).toBeVisible();
  await expect(page.getByRole('list', { name: 'Tokens' }).getByRole('button')).toHaveCount(15);
  await expect(page.getByRole('grid').getByRole('gridcell')).toHaveCount(32);
  const mary = page.getByRole('region', { name: 'Outputs' }).getByRole('row', { name: /Mary/ });
  await expect(mary).toContainText('0.998');
});

test('fused and split each run alone', async ({ page }) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  await page.getByRole('radio', { name: 'Split', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText(/Ran split in/);
  await page.getByRole('radio', { name: 'Fused', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText(/Ran fused in/);
});

test('another summation order for B differs: where it enters, and the verdict', async ({ page }) => {
  await openApp(page, '#b.order=reversed&hook=blocks.0.attn.hook_q');
  await expect(page.getByRole('status')).toHaveText(/first at blocks.0.attn.hook_q; all within the tolerance/);
  await expect(page.getByText('First divergence:')).toBeVisible();
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await expect(inspector.getByText('Within tolerance')).toBeVisible();
  await inspector.getByText('20 worst elements').click();
  await expect(inspector.getByText(/0x[0-9a-f]{8}/).first()).toBeVisible();
});

test('an edited prompt runs by itself, and a changed order is chosen in the page', async ({ page }) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  await page.getByRole('textbox', { name: 'Text' }).fill('The capital of France is');
  await expect(page.getByRole('list', { name: 'Tokens' }).getByRole('button')).toHaveCount(6);
  await page.getByRole('button', { name: /Summation order of run B/ }).click();
  await page.getByRole('option', { name: /pairwise/ }).click();
  await expect(page.getByRole('status')).toHaveText(/differs at .* hooks, first at blocks.0.attn.hook_q/);
});

test('a shared link opens elsewhere as it was, and the result is reproduced bit for bit', async ({ page, browser }) => {
  await openApp(page, '#b.order=splitK(4)&layer=2&head=3&side=delta&atol=0&rtol=0');
  await expect(page.getByRole('status')).toHaveText(/outside the tolerance/);
  await expect(page).toHaveURL(/#w1\./);
  await page.getByRole('button', { name: 'Share' }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  expect(link.length).toBeLessThan(1500);
  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(link);
  await expect(elsewhere.getByText('Reproduced bit for bit.')).toBeVisible();
  await expect(elsewhere.getByRole('region', { name: 'Pattern L2H3' })).toBeVisible();
  await expect(elsewhere.getByRole('button', { name: /Summation order of run B/ })).toContainText('splitK(n)');
  await elsewhere.context().close();
});

test('a damaged link is told, and the default experiment runs', async ({ page }) => {
  await openApp(page, '#w1.not-a-link');
  await expect(page.getByText(/This link is damaged/)).toBeVisible();
  await expect(page.getByRole('status')).toHaveText(COMPARED);
});

test('without WebGPU the page says so and how to get it, and runs the demo on ONNX Runtime', async ({ page }) => {
  await withoutWebGpu(page);
  await openApp(page);
  await expect(page.getByRole('heading', { name: 'This browser has no WebGPU' })).toBeVisible();
  await page.getByText('How to get WebGPU').click();
  await expect(page.getByText('Chrome or Edge 113 and later')).toBeVisible();
  await expect(page.getByRole('status')).toHaveText(/Compared/, { timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'Outputs' })).toContainText('Mary');
  await expect(page.getByRole('region', { name: 'Pattern' })).toBeVisible();
});

test('a whole journey by keyboard: compare, another head, another hook, the keys, the link', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openApp(page, '#b.order=reversed&atol=0&rtol=0');
  await expect(page.getByRole('status')).toHaveText(/outside the tolerance/);
  await page.keyboard.press('s');
  await expect(page.getByRole('status')).toHaveText(/Ran split/);
  await page.keyboard.press('c');
  await expect(page.getByRole('status')).toHaveText(/Compared/);
  await page.keyboard.press(']');
  const hookField = page.getByRole('region', { name: 'Inspector' }).getByRole('button', { name: /Hook/ });
  await expect(hookField).toContainText(/blocks\.1\.attn\.hook_z/);
  await page.keyboard.press('g');
  await page.keyboard.press('h');
  await expect(page.getByRole('region', { name: 'Heads' })).toBeFocused();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('y');
  await expect(page.getByRole('status')).toHaveText(/Link of \d+ characters copied/);
});
