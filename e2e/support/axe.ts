// axe over the page as it stands: what a state must not have, in each colour scheme.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';

const SCHEMES = {
  light: { colorScheme: 'light', forcedColors: 'none' },
  dark: { colorScheme: 'dark', forcedColors: 'none' },
  'forced colours': { colorScheme: 'dark', forcedColors: 'active' },
} as const;

/** Runs axe on the page, or on a part of it: every rule in light, and in the others the rule on what a scheme changes. */
export async function expectNoViolations(page: Page, state: string, part?: string): Promise<void> {
  for (const [scheme, media] of Object.entries(SCHEMES)) {
    await page.emulateMedia(media);
    const axe = new AxeBuilder({ page }).setLegacyMode(true); // in this page alone: another one would take the focus from a dialog
    if (part) axe.include(part);
    if (scheme !== 'light') axe.withRules(['color-contrast']);
    expect((await axe.analyze()).violations.map(brief), `${state}, ${scheme}`).toEqual([]);
  }
  await page.emulateMedia(SCHEMES.light);
}

type Violation = {
  readonly id: string;
  readonly nodes: readonly { html: string; failureSummary?: string | undefined }[];
};

function brief({ id, nodes }: Violation): string {
  const told = nodes.slice(0, 3).map((node) => `${node.html.slice(0, 120)} ${node.failureSummary ?? ''}`);
  return `${id}: ${told.join(' | ')}`;
}
