// End-to-end journeys: the built page, served as `npm start` serves it, in a Chromium of this machine with WebGPU.
import { defineConfig } from '@playwright/test';
import { canvasArguments, chromiumArguments, findChromium } from './scripts/chromium.mjs';

// A port of one's own, so that two runs on one machine do not meet; workers inherit it.
process.env.SPLITSCOPE_E2E_PORT ??= String(20_000 + (process.pid % 20_000));
const baseURL = `http://localhost:${process.env.SPLITSCOPE_E2E_PORT}/`;
const executablePath = findChromium();
const CANVAS = /canvas\.spec\.ts/;

const launchOptions = {
  args: chromiumArguments(),
  chromiumSandbox: process.getuid?.() !== 0, // Chromium refuses a sandbox to root
  ...(executablePath === null ? {} : { executablePath }),
};

export default defineConfig({
  testDir: 'e2e',
  workers: 1, // the software adapter takes every core
  timeout: 120_000,
  globalTimeout: 17 * 60_000,
  expect: { timeout: 30_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: 'list',
  use: {
    baseURL,
    viewport: { width: 1440, height: 900 },
    serviceWorkers: 'block', // each visit is a first one, and would store the whole site
    trace: { mode: 'retain-on-failure', screenshots: false }, // a film of each journey takes a third of its time
    launchOptions,
  },
  projects: [
    { name: 'chromium', testIgnore: CANVAS },
    {
      name: 'canvas',
      testMatch: CANVAS,
      use: { launchOptions: { ...launchOptions, args: [...launchOptions.args, ...canvasArguments()] } },
    },
  ],
  webServer: {
    command: `node scripts/start.mjs --no-open --port ${process.env.SPLITSCOPE_E2E_PORT}`,
    url: baseURL,
    timeout: 300_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 5_000 },
  },
});
