// `npm start`: from a fresh clone to the page in the browser. Installs, builds and serves only as far as is needed.
// Flags: --no-open (open no browser), --port N (that port or none).
import { spawn } from 'node:child_process';
import { isStale } from './freshness.mjs';
import { ROOT, runTool } from './run.mjs';
import { ensurePackages, requireNode } from './setUp.mjs';

const PAGE_SOURCES = ['src', 'public', 'index.html', 'vite.config.ts', 'package-lock.json'];

/** @param {{ code: number, message: string }} outcome */
function orExit(outcome, /** @type {string} */ step) {
  if (outcome.code === 0) return;
  console.error(`${step} failed (${outcome.message || `exit code ${outcome.code}`}); what went wrong stands above.`);
  process.exit(1);
}

function portAsked() {
  const at = process.argv.indexOf('--port');
  if (at === -1) return undefined;
  const port = Number(process.argv[at + 1]);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  console.error(`--port is "${process.argv[at + 1]}", expected a whole number from 1 to 65535.`);
  process.exit(1);
}

/** Serves dist/ and resolves with the address and a way to stop. */
async function serve(/** @type {number | undefined} */ port) {
  const { preview } = await import('vite');
  const asked = port === undefined ? {} : { port, strictPort: true };
  const server = await preview({ root: ROOT, logLevel: 'error', preview: { ...asked, open: false } });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error(`internal: no TCP address: ${address}`);
  return { url: `http://localhost:${address.port}/`, close: () => server.close() };
}

/** Opens the user's browser; where there is none to open the printed address suffices. */
function openBrowser(/** @type {string} */ url) {
  const hasScreen = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (process.env.CI || process.argv.includes('--no-open') || !hasScreen) return;
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '""']
        : ['xdg-open'];
  const opener = spawn(command ?? 'xdg-open', [...args, url], { stdio: 'ignore', detached: true });
  opener.on('error', () => console.log('No browser could be opened; open the address yourself.'));
  opener.unref();
}

requireNode();
const port = portAsked();
orExit(await ensurePackages(), 'Installing the packages');
if (isStale('dist/index.html', PAGE_SOURCES)) {
  console.log('Building the page …');
  orExit(await runTool('vite', ['build', '--logLevel', 'warn']), 'The build');
}
const { url, close } = await serve(port).catch((error) => {
  console.error(`The server did not start: ${error.message}`);
  process.exit(1);
});
console.log(`Splitscope: ${url}`);
console.log('Ctrl+C ends it.');
openBrowser(url);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    close().finally(() => process.exit(0));
    setTimeout(() => process.exit(0), 300); // a browser may hold its connection open
  });
}
