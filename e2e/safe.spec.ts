// What a stranger's link or file may do to a reader: nothing. No request but to this page's origin and the hub that the reader chose, no
// download that nobody asked for, no markup out of tokens and notes, no crash.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { openHubServer } from '../test/support/hubServer.ts';
import { expect, openApp, test } from './support/fixtures.ts';

test.use({ serviceWorkers: 'allow' });

const NAMES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'];
const COMPARED = /Compared in .* bit-identical/;
const linkOf = (sent: object | string) =>
  `#w1.${deflateRawSync(typeof sent === 'string' ? sent : JSON.stringify(sent)).toString('base64url')}`;

test('a whole journey asks nobody but its own origin and the chosen hub', async ({ page, context }) => {
  const files = Object.fromEntries(
    NAMES.map((name) => [name, new Uint8Array(readFileSync(join('public/models/demo-gqa', name)))]),
  );
  const hub = await openHubServer({ 'demo/gqa': { files } });
  await page.addInitScript((url) => localStorage.setItem('splitscope.hub', url), hub.url);
  const asked: string[] = [];
  context.on('request', (request) => asked.push(request.url()));
  await openApp(page, '#b.order=reversed');
  await expect(page.getByRole('status')).toHaveText(/all within the tolerance/);
  const own = new URL(page.url()).origin;
  const others = () => [
    ...new Set(asked.filter((url) => /^(https?|wss?):/.test(url)).map((url) => new URL(url).origin)),
  ];
  for (const tab of ['Table', 'Reading', 'Sweep', 'Continuation', 'Log', 'Profile', 'Outputs']) {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    await page.waitForTimeout(200);
  }
  await page.getByRole('textbox', { name: 'Text', exact: true }).fill('The capital of France is');
  await expect(page.getByRole('status')).toHaveText(/Compared in .* all within the tolerance/);
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: 'Save PNG' }).click();
  await saving;
  await page.keyboard.press('Escape');
  expect(others()).toEqual([own]);
  expect(hub.seen).toEqual([]);
  const panel = page.getByRole('region', { name: 'Model', exact: true });
  await panel.getByText('Open another model').click();
  await panel.getByRole('textbox', { name: 'Hub repository' }).fill('demo/gqa');
  await panel.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(panel.getByText('cached', { exact: true })).toBeVisible();
  await expect(page.getByRole('status')).toHaveText(/Compared in .* all within the tolerance/);
  // The hub sends to a second origin for the weights themselves, as huggingface.co does; its host is this machine too.
  expect(others().filter((origin) => origin !== own && new URL(origin).hostname !== new URL(hub.url).hostname)).toEqual(
    [],
  );
  expect(asked.length).toBeGreaterThan(20);
  await hub.close();
});

test('what a link says is text: no markup comes of a prompt, a name, an adapter or a key', async ({ page }) => {
  const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  const run = { logits: 'aa', blocks: ['bb'], top: [{ id: 1, probability: 0.5 }] };
  const digests = { modelHash: 'cc', tokens: 'dd', a: run, b: run, maxAbs: 0 };
  const fingerprint = { ...digests, adapter: markup, appVersion: markup };
  await openApp(page, linkOf({ prompt: { text: markup }, fingerprint }));
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  await expect(page.getByText('Cannot be compared here:')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Text', exact: true })).toHaveValue(markup);
  await page.goto('about:blank');
  await openApp(page, linkOf({ [markup]: 1 }));
  await expect(page.getByText(/This link was changed or is damaged: <img src=x/)).toBeVisible();
  expect(await page.locator('img[src="x"], #root script').count()).toBe(0);
  await expect(page).toHaveTitle(/Splitscope/);
});

test('a link and a file that name a hub model ask before any weights are sent for', async ({ page }) => {
  const hub = await openHubServer({
    'demo/gqa': {
      files: Object.fromEntries(
        NAMES.map((name) => [name, new Uint8Array(readFileSync(join('public/models/demo-gqa', name)))]),
      ),
    },
  });
  await page.addInitScript((url) => {
    if (location.protocol === 'http:') localStorage.setItem('splitscope.hub', url); // about:blank has no storage
  }, hub.url);
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(COMPARED);
  const model = { source: 'hub', repo: 'demo/gqa', revision: 'main' };
  await page.evaluate(
    (text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], 'theirs.splitscope (1).json'));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
    },
    JSON.stringify({ splitscope: 1, experiment: { model } }),
  );
  await expect(page.getByRole('region', { name: 'Download demo/gqa?' })).toBeVisible();
  await page.goto('about:blank');
  await openApp(page, linkOf({ model }));
  await expect(page.getByRole('region', { name: 'Download demo/gqa?' })).toBeVisible();
  expect(hub.seen.filter(({ path }) => path.endsWith('.safetensors'))).toEqual([]);
  await hub.close();
});

test('links of absurd numbers leave a page that works', async ({ page }) => {
  const most = 2 ** 20 - 1;
  const zero = { hook: `blocks.${99_999}.attn.hook_z`, heads: [most], positions: [most], operation: { kind: 'zero' } };
  const links = [
    linkOf({ view: { layer: most, head: most, cell: [most, most] } }),
    linkOf({ interventions: Array.from({ length: 256 }, () => ({ ...zero, enabled: true })) }),
    linkOf({ tolerance: { atol: 3.4e38, rtol: 3.4e38 }, b: { order: `blocked(${most})` } }),
    linkOf({ prompt: { tokenIds: Array.from({ length: 16_384 }, () => 2 ** 24 - 1) } }),
    linkOf('{"tolerance":{"atol":1e999}}'),
    linkOf(`{"view":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
    '#layer=999999999999999999999&ids=-1,1e300&__proto__=1',
  ];
  for (const link of links) {
    await page.goto('about:blank');
    await openApp(page, link);
    const outcome = page.getByRole('status').or(page.getByRole('alert')).or(page.locator('.link-problem'));
    await expect(outcome.filter({ hasText: /\w{4}/ }).first()).toBeVisible();
    await page.getByRole('textbox', { name: 'Text', exact: true }).fill('The capital of France is');
    await page.getByRole('button', { name: 'Keys', exact: true }).click();
    await page.keyboard.press('Escape');
  }
});
