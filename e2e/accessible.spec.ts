// axe finds nothing to object to, in each state, light and dark.
import AxeBuilder from '@axe-core/playwright';
import { expect, openApp, test } from './support/fixtures.ts';

for (const scheme of ['light', 'dark'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme });

    test('bit-identical, differing, and the share dialog', async ({ page }) => {
      await openApp(page);
      await expect(page.getByRole('status')).toHaveText(/bit-identical/);
      expect((await new AxeBuilder({ page }).analyze()).violations.map(brief)).toEqual([]);
      await openApp(page, '#b.order=reversed&atol=0&rtol=0');
      await page.reload();
      await expect(page.getByRole('status')).toHaveText(/outside the tolerance/);
      expect((await new AxeBuilder({ page }).analyze()).violations.map(brief)).toEqual([]);
      await page.getByRole('button', { name: 'Share' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      expect((await new AxeBuilder({ page }).include('[role=dialog]').analyze()).violations.map(brief)).toEqual([]);
    });
  });
}

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
