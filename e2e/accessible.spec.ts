// axe finds nothing to object to in each state of the page, light, dark and in forced colours; text reflows at 320 px and at 200 %; nothing
// moves where the reader asked for no motion.
import type { Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { expect, openApp, test, withoutWebGpu } from './support/fixtures.ts';

test('loading, bit-identical, the tour, and every dialog', async ({ page }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/model.safetensors', async (route) => {
    await held;
    await route.continue();
  });
  await openApp(page);
  await expect(page.getByRole('region', { name: 'Model', exact: true }).getByRole('progressbar')).toBeVisible();
  await expect(page.locator('#panel-pattern [data-state="loading"]')).toBeVisible();
  await expectNoViolations(page, 'loading');
  release();
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  await page.getByRole('button', { name: 'Take the tour' }).click();
  await expectNoViolations(page, 'bit-identical, with the tour');
  for (const [state, { open, by }] of Object.entries(DIALOGS)) {
    const opener = by ? page.getByRole('button', { name: by }) : null;
    await opener?.press('Home'); // as by the keyboard: a focus out of nowhere counts as a screen reader's, and waits for transitions
    await open(page);
    const dialog = page.locator(OVER).first();
    await expect(dialog).toBeVisible();
    await expect.poll(() => hasFocusWithin(page, OVER), `focus in ${state}`).toBe(true);
    await expectNoViolations(page, state, OVER);
    expect(await hasFocusWithin(page, OVER), `focus still in ${state}`).toBe(true);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    if (opener) await expect(opener, `focus after ${state}`).toBeFocused();
  }
});

const OVER = '.popover, .modal'; // what opens over the page

function hasFocusWithin(page: Page, selector: string): Promise<boolean> {
  return page.evaluate((within) => (document.activeElement?.closest(within) ?? null) !== null, selector);
}

type Opening = { readonly open: (page: Page) => Promise<void>; readonly by?: string };

/** Opened by the keyboard; where a button opens it, that button has the focus again when it is closed. */
const byButton = (by: string): Opening => ({ by, open: (page) => page.keyboard.press('Enter') });

const DIALOGS: Readonly<Record<string, Opening>> = {
  palette: { open: (page) => page.keyboard.press('Control+k'), by: 'Share' }, // from wherever the focus is
  keys: { open: (page) => page.keyboard.press('?') },
  'a link to share': byButton('Share'),
  cases: byButton('Cases'),
  help: byButton('About Pattern L1H7'),
  'a figure to save': byButton('Save Pattern L1H7 as a figure'),
  'what a cell shows': byButton('Pattern A What a cell of the head grid shows'),
  'token ids': byButton('edit token ids'),
  adapter: byButton('CPU emulation: slow, numbers valid'),
};

test('outside the tolerance, swiped, each tab of the drawer, an intervention, a failure over an earlier run, one run alone', async ({
  page,
}) => {
  await openApp(page, '#b.order=reversed&atol=0&rtol=0&side=swipe');
  await expect(page.getByRole('status')).toHaveText(/outside the tolerance/);
  await expect(page.getByRole('slider', { name: /shows run A/ })).toBeVisible();
  await expectNoViolations(page, 'outside the tolerance, swiped');
  for (const tab of ['Table', 'Reading', 'Sweep', 'Continuation', 'Log', 'Profile']) {
    await page.getByRole('tab', { name: tab }).click();
    const panel = page.getByRole('region', { name: tab });
    await expect(panel.locator('.panel-body')).toHaveAttribute('data-state', 'ready');
    await expectNoViolations(page, tab, `#panel-${tab.toLowerCase()}`);
  }
  const interventions = page.getByRole('region', { name: 'Interventions' });
  await interventions.getByRole('button', { name: /^Add for/ }).click();
  await expect(interventions.getByText('blocks.1.attn.hook_z')).toBeVisible();
  await page.getByText('Open another model').click();
  await expectNoViolations(page, 'an intervention, and models to open', '.rail');
  await page.getByRole('button', { name: 'edit token ids' }).click();
  await page.getByRole('textbox', { name: /^Ids/ }).fill('0 99999');
  await page.getByRole('button', { name: 'Run these ids' }).click();
  await expect(page.getByRole('alert')).toContainText('99999');
  await expect(page.locator('#panel-pattern [data-state="stale"]')).toBeVisible();
  await expectNoViolations(page, 'a failure over an earlier run');
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('radio', { name: 'Fused', exact: true }).click();
  await expect(page.locator('.status')).toHaveText(/Ran fused/);
  await expect(page.getByRole('radio', { name: 'swipe' })).toBeDisabled(); // run A is there alone
  await expectNoViolations(page, 'fused alone', '.centre');
});

test('a first run that fails: why is said once, and the panels are empty', async ({ page }) => {
  await openApp(page, '#split=1&b.engine=file');
  await expect(page.getByRole('alert')).toHaveCount(1);
  await expect(page.locator('#panel-pattern')).toContainText('The first run failed');
  await expectNoViolations(page, 'a first run that failed');
});

test('without WebGPU', async ({ page }) => {
  await withoutWebGpu(page);
  await openApp(page);
  await page.getByText('How to get WebGPU').click();
  await expect(page.getByRole('status')).toHaveText(/Compared/, { timeout: 60_000 });
  await expectNoViolations(page, 'without WebGPU');
});

test('at 320 px, and at 200 % of a window of 1,280 px, nothing but maps and tables scrolls sideways', async ({
  page,
}) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await openApp(page, '#b.order=reversed');
  await expect(page.getByRole('status')).toHaveText(/all within the tolerance/);
  for (const [width, height] of [
    [320, 640],
    [640, 400],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const tab of ['Setup', 'Divergence', 'Heads', 'Outputs', 'Inspector']) {
      await page.getByRole('radiogroup', { name: 'Part of the workbench' }).getByRole('radio', { name: tab }).click();
      expect(await wideText(page), `${tab} at ${width} px`).toEqual([]);
    }
  }
});

/** Text beyond the right edge of the window that no scrolling map, table or strip holds. */
function wideText(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const scrolls = '.tabs, .tab-list, .token-strip, .heads-scroll, table, .visually-hidden';
    const wide = [...document.querySelectorAll('body *')].filter((element) => {
      const { width, right } = element.getBoundingClientRect();
      return width > 0 && right > window.innerWidth + 1 && element.closest(scrolls) === null;
    });
    const isText = (element: Element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE);
    return wide.filter(isText).map((element) => `${element.className} ${element.textContent?.slice(0, 60)}`);
  });
}

test('nothing moves where the reader asked for no motion', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openApp(page);
  const moving = () => page.evaluate(() => document.getAnimations().length);
  expect(await moving()).toBe(0); // while panels wait for the model
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  await page.getByRole('radio', { name: 'Fused', exact: true }).click();
  await page.getByRole('tab', { name: 'Log' }).click();
  expect(await moving()).toBe(0);
});
