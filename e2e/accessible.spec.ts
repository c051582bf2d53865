// axe finds nothing to object to in each state of the page, light, dark and in forced colours; text reflows at 320 px and at 200 %; nothing
// moves where the reader asked for no motion.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, openApp, test } from './support/fixtures.ts';

const SCHEMES = {
  light: { colorScheme: 'light', forcedColors: 'none' },
  dark: { colorScheme: 'dark', forcedColors: 'none' },
  'forced colours': { colorScheme: 'dark', forcedColors: 'active' },
} as const;

/** Runs axe on the page, or on a part of it, in each scheme. */
async function expectNoViolations(page: Page, state: string, part?: string): Promise<void> {
  for (const [scheme, media] of Object.entries(SCHEMES)) {
    await page.emulateMedia(media);
    const axe = part ? new AxeBuilder({ page }).include(part) : new AxeBuilder({ page });
    expect((await axe.analyze()).violations.map(brief), `${state}, ${scheme}`).toEqual([]);
  }
  await page.emulateMedia(SCHEMES.light);
}

test('bit-identical, outside the tolerance, and one run alone', async ({ page }) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  await expectNoViolations(page, 'bit-identical');
  await openApp(page, '#b.order=reversed&atol=0&rtol=0&side=beside');
  await page.reload();
  await expect(page.getByRole('status')).toHaveText(/outside the tolerance/);
  await expectNoViolations(page, 'outside the tolerance');
  await page.getByRole('radio', { name: 'swipe' }).click();
  await expect(page.getByRole('slider', { name: /shows run A/ })).toBeVisible();
  await expectNoViolations(page, 'swiped', '#panel-pattern');
  await page.getByRole('radio', { name: 'Fused', exact: true }).click();
  await expect(page.getByRole('radio', { name: 'swipe' })).toBeDisabled(); // run A is there alone
  await expectNoViolations(page, 'fused alone', '.centre');
});

test('tour, palette, keys, share', async ({ page }) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  await page.getByRole('button', { name: 'Take the tour' }).click();
  await expectNoViolations(page, 'tour');
  for (const [state, open] of Object.entries(DIALOGS)) {
    await open(page);
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectNoViolations(page, state, '[role=dialog]');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
});

const DIALOGS: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  palette: (page) => page.keyboard.press('Control+k'),
  keys: (page) => page.keyboard.press('?'),
  share: (page) => page.getByRole('button', { name: 'Share' }).click(),
  help: (page) => page.getByRole('button', { name: 'About Pattern L1H7' }).click(),
};

test('each tab of the drawer, an intervention, another model', async ({ page }) => {
  await openApp(page, '#b.order=reversed');
  await expect(page.getByRole('status')).toHaveText(/all within the tolerance/);
  for (const tab of ['Table', 'Reading', 'Sweep', 'Continuation', 'Log', 'Profile']) {
    await page.getByRole('tab', { name: tab }).click();
    const panel = page.getByRole('region', { name: tab });
    await expect(panel.locator('.panel-body')).toHaveAttribute('data-state', 'ready');
    await expectNoViolations(page, tab, `#panel-${tab.toLowerCase()}`);
  }
  await page
    .getByRole('region', { name: 'Interventions' })
    .getByRole('button', { name: /^Add for/ })
    .click();
  await expect(page.getByRole('region', { name: 'Interventions' }).getByText('blocks.1.attn.hook_z')).toBeVisible();
  await page.getByText('Open another model').click();
  await expectNoViolations(page, 'an intervention, and models to open', '.rail');
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

function brief({
  id,
  nodes,
}: {
  id: string;
  nodes: readonly { html: string; failureSummary?: string | undefined }[];
}): string {
  return `${id}: ${nodes
    .slice(0, 3)
    .map((node) => `${node.html.slice(0, 120)} ${node.failureSummary ?? ''}`)
    .join(' | ')}`;
}
