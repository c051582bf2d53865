// The GPU is lost in the middle of a sitting: it is said, the experiment is kept, and one press brings everything back.
import { expect, openApp, test } from './support/fixtures.ts';

test('a lost device is told with its reason, and reloading it runs the kept experiment again', async ({ page }) => {
  // The worker's own device, destroyed from outside as a driver's reset would take it.
  await page.route('**/assets/entry-*.js', async (route) => {
    const response = await route.fetch();
    const tap = `{const ask = GPUAdapter.prototype.requestDevice;
      GPUAdapter.prototype.requestDevice = async function (...given) {
        const device = await ask.apply(this, given);
        new BroadcastChannel('lose').onmessage = () => device.destroy();
        return device;
      };}`;
    await route.fulfill({ response, body: tap + (await response.text()) });
  });
  await openApp(page, '#b.order=reversed&layer=2&head=3');
  await expect(page.getByRole('status')).toHaveText(/all within the tolerance/);
  await page.evaluate(() => new BroadcastChannel('lose').postMessage('now'));
  const banner = page.getByRole('alert').filter({ hasText: 'The GPU was lost' });
  await expect(banner).toContainText('(destroyed)');
  await expect(banner).toContainText(/The run asked for [\d.]+ MiB of its memory\./);
  await expect(banner).toContainText('Your experiment is kept.');
  await expect(page.getByRole('region', { name: 'Pattern L2H3' })).toBeVisible();
  await banner.getByRole('button', { name: 'Reload device' }).click();
  await expect(banner).toHaveCount(0);
  await expect(page.getByRole('status')).toHaveText(/Compared in .* all within the tolerance/);
  await expect(page.getByRole('button', { name: /Summation order of run B/ })).toContainText('reversed');
  await page.getByRole('tab', { name: 'Log' }).click();
  await expect(page.getByRole('region', { name: 'Log' })).toContainText('GPU lost (destroyed)');
});
