// The built page on a plain static host, below a path, without any header: it works, isolates itself, needs no network the second time,
// offers an update, and asks nobody else for anything.
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { expect, test } from './support/fixtures.ts';

test.use({ serviceWorkers: 'allow' });

const PATH = '/some/sub/path/';
const COMPARED = /Compared in .* ms: bit-identical/;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
};

type Host = { readonly url: string; release: string; readonly asked: string[]; close(): Promise<void> };

/** Serves dist/ below PATH as the plainest of hosts does. `release` is appended to the service worker: another text, a newer version. */
async function staticHost(): Promise<Host> {
  const host = { release: '', asked: [] as string[] };
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    host.asked.push(pathname);
    const name = pathname.slice(PATH.length) || 'index.html';
    const file = join('dist', name);
    if (!pathname.startsWith(PATH) || name.includes('..') || !existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream' });
    if (name === 'serviceWorker.js') return response.end(`${readFileSync(file, 'utf8')}${host.release}`);
    return createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return Object.assign(host, {
    url: `http://localhost:${port}${PATH}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

test('below a path of a host without headers: works, isolates itself, works again without a network', async ({
  page,
  context,
}) => {
  const host = await staticHost();
  const requests: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  await page.goto(host.url);
  await expect(page.getByRole('status').last()).toHaveText(COMPARED);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false); // the first visit: one thread, no error
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.reload();
  await expect(page.getByRole('status').last()).toHaveText(COMPARED);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await host.close();
  await page.goto(`${host.url}?from=a-paper`);
  await expect(page.getByRole('status').last()).toHaveText(COMPARED);
  expect(requests.length).toBeGreaterThan(20);
  expect(requests.filter((url) => !url.startsWith(host.url) && !url.startsWith('blob:'))).toEqual([]);
  expect(host.asked.filter((path) => !path.startsWith(PATH))).toEqual([]);
});

test('an update is offered, and taken only when asked', async ({ page }) => {
  const host = await staticHost();
  await page.goto(host.url);
  await expect(page.getByRole('status').last()).toHaveText(COMPARED);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.reload();
  await expect(page.getByRole('status').last()).toHaveText(COMPARED);
  host.release = '\n// a newer version';
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  await expect(page.getByText('A newer version of Splitscope is ready.')).toBeVisible();
  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Load it' }).click();
  await reloaded;
  await expect(page.getByRole('status').last()).toHaveText(COMPARED);
  await expect(page.getByText('A newer version of Splitscope is ready.')).toBeHidden();
  await host.close();
});

test('a script in the page, an eval and a request to a plain http host are refused by the policy', async ({
  browser,
}) => {
  const host = await staticHost();
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(host.url);
  const refused = await page.evaluate(async () => {
    const directives: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) => directives.push(event.effectiveDirective));
    const script = document.createElement('script');
    script.textContent = 'window.ranInline = true';
    document.head.append(script);
    const style = document.createElement('div');
    style.setAttribute('style', 'color: red');
    await fetch('http://example.invalid/').catch(() => {});
    Reflect.apply(setTimeout, window, ['window.ranText = true']); // text made code: an eval
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { directives: [...new Set(directives)].sort(), ran: 'ranInline' in window || 'ranText' in window };
  });
  expect(refused).toEqual({
    directives: ['connect-src', 'script-src', 'script-src-elem', 'style-src-attr'],
    ran: false,
  });
  await context.close();
  await host.close();
});
