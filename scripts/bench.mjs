// `npm run bench -- [--decoding | --comparing | --load] [--json FILE]`: builds the bench page, runs it in Chromium, prints the table; progress goes to stderr.
// Exit code 1 where an engine fails or the engines' logits disagree; missed goals are told and fail nothing.
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { build, preview, runnerImport } from 'vite';
import { chromiumArguments, findChromium } from './chromium.mjs';
import { ROOT } from './run.mjs';

const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** The bench page's own build, served isolated so that WASM may use threads and timers are fine. */
const CONFIG = {
  configFile: /** @type {const} */ (false),
  root: join(ROOT, 'bench'),
  base: './',
  publicDir: join(ROOT, 'public'), // the demo model
  logLevel: /** @type {const} */ ('error'),
  worker: { format: /** @type {const} */ ('es') },
  preview: { headers: isolation, host: 'localhost', port: 0, open: false },
  build: { target: 'chrome121', outDir: join(ROOT, 'dist-bench'), emptyOutDir: true },
};

const PARTS = /** @type {const} */ (['decoding', 'comparing', 'load']);

/** One part alone, where it is asked for, and the file after --json, or null. Anything else on the command line is refused. */
function wish() {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      decoding: { type: 'boolean', default: false },
      comparing: { type: 'boolean', default: false },
      load: { type: 'boolean', default: false },
    },
  });
  return {
    file: values.json === undefined ? null : resolve(values.json),
    part: PARTS.find((part) => values[part]) ?? 'all',
  };
}

/** Serves the built page and resolves with its address and a way to stop. */
async function serve() {
  await build(CONFIG);
  const server = await preview(CONFIG);
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error(`internal: no TCP address: ${address}`);
  return { url: `http://localhost:${address.port}/`, close: () => server.close() };
}

/** Runs the bench in a fresh browser. */
async function measure(/** @type {string} */ url, /** @type {string} */ part, /** @type {object} */ hub) {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('no Chromium found. Install one, or name it by SPLITSCOPE_CHROMIUM.');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', ...chromiumArguments()] });
  try {
    const page = await browser.newPage();
    page.on('console', (message) => console.error(message.text()));
    page.on('pageerror', (error) => console.error(error.message));
    page.on('crash', () => console.error('the page crashed'));
    await page.goto(url);
    return await page.evaluate(`window.runBench('${part}', ${JSON.stringify(hub)})`);
  } finally {
    await browser.close();
  }
}

/** Builds, serves, measures and prints. */
async function bench() {
  const { file, part } = wish();
  const server = await serve();
  const { module } = await runnerImport(join(ROOT, 'bench/loadServer.ts'), { configFile: false });
  const { close, ...hub } = await module.openLoadServer();
  const { report, text } = await measure(server.url, part, hub).finally(() => Promise.all([server.close(), close()]));
  console.log(text);
  if (file !== null) await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
}

try {
  await bench();
} catch (error) {
  const isUsage = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  if (isUsage) console.error('splitscope bench --help tells the arguments, with examples.');
  process.exitCode = isUsage ? 2 : 1;
}
