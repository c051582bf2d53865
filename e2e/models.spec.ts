// Models from elsewhere: a hub (a stand-in on this machine, on two origins), files of this machine, and the cache.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { type HubServer, openHubServer } from '../test/support/hubServer.ts';
import { expect, openApp, test } from './support/fixtures.ts';
import { randomFolder } from './support/randomFolder.ts';

const NAMES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'] as const;
const folder = (name: string) => join('public/models', name);
const files = (name: string) =>
  Object.fromEntries(NAMES.map((file) => [file, new Uint8Array(readFileSync(join(folder(name), file)))]));

let hub: HubServer;

test.beforeEach(async ({ page }) => {
  hub = await openHubServer({
    'demo/gqa': { files: files('demo-gqa'), license: 'mit' },
    'demo/gated': { files: files('demo-neox'), token: 'secret-of-mine' },
    'demo/bert': { files: { ...files('demo-gqa'), 'config.json': '{"model_type":"bert"}' } },
  });
  await page.addInitScript((url) => localStorage.setItem('splitscope.hub', url), hub.url);
});

test.afterEach(() => hub.close());

const panel = (page: Page) => page.getByRole('region', { name: 'Model', exact: true });
const weightRequests = () => hub.seen.filter(({ path }) => path.endsWith('.safetensors'));

async function openFromHub(page: Page, repo: string): Promise<void> {
  await panel(page).getByText('Open another model').click();
  await panel(page).getByRole('textbox', { name: 'Hub repository' }).fill(repo);
  await panel(page).getByRole('button', { name: 'Open', exact: true }).click();
}

test('a model opens from the hub, is kept, opens again without a download, and is removed', async ({ page }) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  await openFromHub(page, 'demo/gqa');
  await expect(panel(page).getByText('cached', { exact: true })).toBeVisible();
  await expect(panel(page).getByText('mit', { exact: true })).toBeVisible();
  await expect(page.getByRole('status')).toHaveText(/Compared in .* bit-identical/);
  expect(weightRequests().length).toBeGreaterThan(0);
  await expect(page).toHaveURL(/#w1\./);
  hub.seen.length = 0;
  await page.reload();
  await expect(panel(page).getByText('demo/gqa').first()).toBeVisible();
  await expect(page.getByRole('status')).toHaveText(/Compared in .* bit-identical/);
  expect(weightRequests()).toEqual([]);
  await panel(page)
    .getByText(/^Cached models: 1/)
    .click();
  await panel(page).getByRole('button', { name: 'Remove demo/gqa' }).click();
  await expect(panel(page).getByText(/^Cached models/)).toHaveCount(0);
});

test('a link to a hub model asks before it downloads weights, and the download can be paused', async ({ page }) => {
  hub.faults.push({ path: 'model.safetensors', times: 1, kind: 'slow', bytesPerSecond: 1_000_000 });
  await openApp(page, '#model=demo/gqa@main&layer=2');
  const ask = panel(page).getByRole('region', { name: 'Download demo/gqa?' });
  await expect(ask).toContainText('mistral, licence mit.');
  expect(weightRequests()).toEqual([]);
  await ask.getByRole('button', { name: /^Download/ }).click();
  await expect(panel(page).getByRole('progressbar')).toBeVisible();
  await panel(page).getByRole('button', { name: 'Pause' }).click();
  await expect(panel(page).getByText('paused')).toBeVisible();
  await panel(page).getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('status')).toHaveText(/Compared in .* bit-identical/);
});

test('a gated model asks for a token, which only the hub sees and no link holds', async ({ page }) => {
  test.info().annotations.push({ type: 'console', description: '401' });
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  await openFromHub(page, 'demo/gated');
  await panel(page)
    .getByLabel(/Access token for localhost/)
    .fill('secret-of-mine');
  await panel(page).getByRole('button', { name: 'Use token' }).click();
  await expect(panel(page).getByText('gpt_neox')).toBeVisible();
  await expect(page.getByRole('status')).toHaveText(/Compared in .* bit-identical/);
  const withToken = hub.seen.filter(({ authorization }) => authorization !== null);
  expect(withToken.length).toBeGreaterThan(0);
  expect(withToken.filter(({ host }) => host !== 'hub')).toEqual([]);
  expect(page.url()).not.toContain('secret-of-mine');
  expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).not.toContain(
    'secret-of-mine',
  );
});

test('what cannot run is refused before its weights are asked for', async ({ page }) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  await openFromHub(page, 'demo/bert');
  await expect(panel(page).getByRole('alert')).toContainText(
    'model_type = "bert", which Splitscope cannot run. Supported:',
  );
  expect(weightRequests()).toEqual([]);
  await panel(page).getByRole('button', { name: 'Back' }).click();
  await expect(panel(page).getByText('demo-gqa').first()).toBeVisible();
});

test('files of this machine open by the picker and by a drop of a folder', async ({ page }) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  await panel(page).getByText('Open another model').click();
  const choosing = page.waitForEvent('filechooser');
  await panel(page).getByRole('button', { name: 'Choose files…' }).click();
  await (await choosing).setFiles(NAMES.map((name) => join(folder('demo-neox'), name)));
  await expect(panel(page).getByText('gpt_neox')).toBeVisible();
  await expect(page.getByRole('status')).toHaveText(/Compared in .* bit-identical/);
  // A drag from outside the browser, as the system gives it: a made-up DataTransfer holds no entries to read.
  const zone = panel(page).locator('.model-sources');
  await zone.scrollIntoViewIfNeeded();
  const box = await zone.boundingBox();
  if (box === null) throw new Error('the drop zone is not drawn');
  const browser = await page.context().newCDPSession(page);
  const place = { x: box.x + box.width / 2, y: box.y + 10 };
  const data = { items: [], files: [resolve(folder('demo-gqa'))], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await browser.send('Input.dispatchDragEvent', { type, ...place, data });
  }
  await expect(panel(page).getByText('mistral', { exact: true })).toBeVisible();
  await expect(page.getByRole('status')).toHaveText(/Compared in .* bit-identical/);
});

/** What the browser's folder dialog gives: a real handle, of a folder in the browser's own keeping, since no dialog opens here. */
async function answerFolderDialog(page: Page, name: string): Promise<void> {
  await page.evaluate(
    async ([model, files]) => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('chosen', { create: true });
      const inner = await folder.getDirectoryHandle('snapshot', { create: true }); // a hub's clone has its files a folder down
      for (const file of files) {
        const writable = await (await inner.getFileHandle(file, { create: true })).createWritable();
        await writable.write(await (await fetch(`models/${model}/${file}`)).blob());
        await writable.close();
      }
      let asked = 0;
      const showDirectoryPicker = async () => {
        asked += 1;
        if (asked === 1) throw new DOMException('The user aborted a request.', 'AbortError');
        return folder;
      };
      Object.assign(window, { showDirectoryPicker });
    },
    [name, NAMES] as const,
  );
}

test('a folder opens by the File System Access picker; a dialog that is left changes nothing', async ({ page }) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  await answerFolderDialog(page, 'demo-neox');
  await panel(page).getByText('Open another model').click();
  const choose = panel(page).getByRole('button', { name: 'Choose a folder…' });
  await choose.click();
  await expect(panel(page).getByText('mistral', { exact: true })).toBeVisible();
  await expect(panel(page).getByRole('alert')).toHaveCount(0);
  await choose.click();
  await expect(panel(page).getByText('gpt_neox')).toBeVisible();
  await expect(panel(page).getByText('chosen', { exact: true }).first()).toBeVisible();
  await expect(page.getByRole('status')).toHaveText(/Compared in .* bit-identical/);
});

test('both bundled models open', async ({ page }) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  await panel(page).getByText('Open another model').click();
  await panel(page).getByRole('button', { name: 'demo-neox' }).click();
  await expect(panel(page).getByText('gpt_neox')).toBeVisible();
  await expect(page.getByRole('status')).toHaveText(/Compared in .* bit-identical/);
  await panel(page).getByRole('button', { name: 'demo-gqa' }).click();
  await expect(panel(page).getByText('mistral', { exact: true })).toBeVisible();
});

test('the plan of a run is shown, a budget outlives a reload, and under one that is too small for all weights they are streamed', async ({
  page,
}) => {
  await openApp(page);
  await expect(page.getByRole('status')).toHaveText(/bit-identical/);
  await panel(page)
    .getByText(/^GPU memory: [\d.]+ MiB$/)
    .click();
  const plan = panel(page).getByLabel('Planned on the GPU');
  await expect(plan).toContainText(/weights1\.85 MiB/);
  await expect(plan).toContainText(/captures, A \+ B/);
  await expect(plan).toContainText(/comparison, facts[\d.]+ MiB/);
  const budget = panel(page).getByRole('textbox', { name: 'Budget' });
  await budget.fill('much');
  await budget.press('Enter');
  await expect(panel(page).getByText('much is no amount.')).toBeVisible();
  await budget.fill('1 MiB');
  await budget.press('Enter');
  await expect(panel(page).getByRole('alert')).toContainText(/the budget is 1048576 bytes \(1\.0 MiB\)\. Raise it/);
  await budget.fill('');
  await budget.press('Enter');
  await expect(page.getByRole('status')).toHaveText(/Compared in .* bit-identical/);
  await budget.fill('2 GiB');
  await budget.press('Enter');
  await expect(panel(page).getByText(/^GPU memory: .* of 2 GiB$/)).toBeVisible();
  await page.reload();
  await expect(panel(page).getByText(/^GPU memory: .* of 2 GiB$/)).toBeVisible();
  expect(page.url()).not.toContain('budget');
  await panel(page).getByText('Open another model').click();
  const choosing = page.waitForEvent('filechooser');
  await panel(page).getByRole('button', { name: 'Choose files…' }).click();
  const shape = { nLayers: 20, nHeads: 4, nKeyValueHeads: 4, dHead: 64, dModel: 256, nCtx: 64 };
  await (await choosing).setFiles(randomFolder(shape));
  await expect(plan).toContainText(/weights37 MiB/);
  await panel(page)
    .getByText(/^GPU memory: .* of 2 GiB$/)
    .click();
  await budget.fill('46 MiB'); // the lanes that upload blocks are 16 MiB of it
  await budget.press('Enter');
  await expect(panel(page).getByText(/^All weights do not fit: blocks are streamed/)).toBeVisible();
  await expect(plan).toContainText(/weights, in turns[\d.]+ MiB/);
  await expect(page.getByRole('status')).toHaveText(/Compared in .* bit-identical/);
});
