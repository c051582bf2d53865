#!/usr/bin/env node
// Runs the headless Splitscope (src/cli/main.ts) in Node: bundles it where the sources are newer, gives Dawn a driver, and
// hands on the arguments: `node scripts/cli.mjs parity ARGS` → process.argv.slice(2) is ['parity', …ARGS] there. An installed
// package brings the bundle and no sources.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isStale } from './freshness.mjs';
import { ROOT } from './run.mjs';
import { ensurePackages, requireNode } from './setUp.mjs';
import { prepareSoftwareVulkan } from './softwareVulkan.mjs';

const BUNDLE = 'dist-cli/main.js';

async function bundle() {
  const { build } = await import('vite');
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    define: { __APP_VERSION__: JSON.stringify(version) },
    ssr: { external: ['webgpu', 'onnxruntime-web'] },
    build: {
      ssr: 'src/cli/main.ts',
      outDir: 'dist-cli',
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: 'main.js' } },
    },
  });
}

requireNode();
const isClone = existsSync(join(ROOT, 'src'));
const asksForHelp = process.argv.some((argument) => argument === '--help' || argument === '-h');
if (process.argv[2] === 'bench' && isClone && !asksForHelp) {
  process.argv.splice(2, 1);
  await import('./bench.mjs');
} else await runCommand();

async function runCommand() {
  if (isClone) await makeReady();
  prepareSoftwareVulkan();
  await import(pathToFileURL(join(ROOT, BUNDLE)).href);
}

async function makeReady() {
  const installed = await ensurePackages();
  if (installed.code !== 0) process.exit(1);
  if (isStale(BUNDLE, ['src', 'package-lock.json', 'scripts/cli.mjs'])) await bundle();
}
