// Makes a fresh clone ready: the right Node, the packages of the lockfile, a Chromium. Imports nothing that is not Node's own.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from './chromium.mjs';
import { ROOT, run } from './run.mjs';

/** Ends the process with a plain sentence where Node is older than the tools need: ^20.19 or ≥ 22.12, as in package.json. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return;
  console.error(`Splitscope needs Node 20.19 or newer (of 22: 22.12 or newer); this is ${process.versions.node}.`);
  console.error('Get one at https://nodejs.org and run the command again.');
  process.exit(1);
}

/** @typedef {Record<string, { version?: string, optional?: boolean }>} LockedPackages */

/** @returns {LockedPackages} */
function readLock(/** @type {string} */ path) {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')).packages;
}

/** Tells whether node_modules holds what the lockfile names, by version; file times say little after a clone or a pull. */
function isInstalled() {
  if (!existsSync(join(ROOT, 'node_modules/.package-lock.json'))) return false;
  const installed = readLock('node_modules/.package-lock.json');
  const wanted = Object.entries(readLock('package-lock.json')).filter(
    ([path, entry]) => path !== '' && !entry.optional,
  );
  return wanted.every(([path, entry]) => installed[path]?.version === entry.version);
}

/**
 * Installs the locked packages where they are missing or others.
 * @returns {Promise<{ code: number, message: string }>}
 */
export function ensurePackages() {
  if (isInstalled()) return Promise.resolve({ code: 0, message: '' });
  console.log('Installing the packages (npm ci) …');
  return run('npm', ['ci', '--no-audit', '--no-fund'], { limitMinutes: 8 });
}

/** The Chromium that is there and starts; null if none does. */
function workingChromium() {
  const path = findChromium();
  if (path === null || process.platform !== 'linux') return path;
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0 ? path : null;
}

/**
 * Finds a Chromium, or installs one: Playwright's, then Debian's where this is root.
 * @returns {Promise<string | null>} its path, or null if nothing helped
 */
export async function ensureChromium() {
  const present = workingChromium();
  if (present !== null) return present;
  console.log('No Chromium found: installing the one of Playwright …');
  await run('npx', ['--no-install', 'playwright', 'install', 'chromium'], { limitMinutes: 5 });
  return workingChromium() ?? (await installDebianChromium());
}

async function installDebianChromium() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null;
  console.log('Installing the one of Debian (apt-get) …');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env, limitMinutes: 3 });
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env, limitMinutes: 6 });
  return workingChromium();
}
