// Finds a Chromium on this machine: the one named by SPLITSCOPE_CHROMIUM, the system's, Chrome, or Playwright's own.
// It serves two ends: the browser that end-to-end tests drive, and the software Vulkan driver that lies beside it.
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { wantsSoftwareAdapter } from './adapter.mjs';

/** Every path a Chromium may have on this platform, best first; only those that exist. */
function candidates() {
  const named = process.env.SPLITSCOPE_CHROMIUM;
  if (named !== undefined && named !== '') {
    if (!existsSync(named))
      throw new Error(`SPLITSCOPE_CHROMIUM names ${named}, which does not exist. Correct or unset it.`);
    return [named];
  }
  return [...systemPaths(), ...playwrightPaths()].filter((path) => existsSync(path));
}

function systemPaths() {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  }
  if (process.platform === 'win32') {
    const roots = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA];
    return roots.flatMap((root) => (root ? [join(root, 'Google', 'Chrome', 'Application', 'chrome.exe')] : []));
  }
  return [
    '/usr/lib/chromium/chromium', // Debian; its /usr/bin/chromium is a shell wrapper round this
    '/usr/lib/chromium-browser/chromium-browser',
    '/opt/google/chrome/chrome',
    '/usr/bin/google-chrome',
    '/usr/bin/chromium',
  ];
}

/** Playwright's browsers folder holds one folder a revision: newest first, full Chromium before the headless shell. */
function playwrightPaths() {
  const caches = { darwin: 'Library/Caches', win32: 'AppData/Local', linux: '.cache' };
  const cache = process.platform in caches ? caches[/** @type {keyof typeof caches} */ (process.platform)] : '.cache';
  const root = process.env.PLAYWRIGHT_BROWSERS_PATH || join(homedir(), cache, 'ms-playwright');
  if (!existsSync(root)) return [];
  const revisions = readdirSync(root).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  const inside = [
    ...['chrome-linux64/chrome', 'chrome-linux/chrome', 'chrome-win64/chrome.exe', 'chrome-win/chrome.exe'],
    ...['chrome-mac/Chromium.app/Contents/MacOS/Chromium', 'chrome-mac-arm64/Chromium.app/Contents/MacOS/Chromium'],
    ...['chrome-headless-shell-linux64/chrome-headless-shell', 'chrome-linux/headless_shell'],
  ];
  const full = revisions.filter((name) => /^chromium-\d+$/.test(name));
  const shells = revisions.filter((name) => /^chromium_headless_shell-\d+$/.test(name));
  return [...full, ...shells].flatMap((revision) => inside.map((path) => join(root, revision, path)));
}

/**
 * Finds the browser to drive.
 * @returns {string | null} the path of an executable, or null where this machine has none
 * @throws where SPLITSCOPE_CHROMIUM names no file
 */
export function findChromium() {
  return candidates()[0] ?? null;
}

/**
 * Finds the Vulkan driver of SwiftShader, which every Chromium brings with it.
 * @returns {string | null} the path of vk_swiftshader_icd.json, or null
 */
export function findSwiftShaderIcd() {
  for (const executable of candidates()) {
    const icd = join(dirname(realpathSync(executable)), 'vk_swiftshader_icd.json');
    if (existsSync(icd)) return icd;
  }
  return null;
}

/**
 * Gives the arguments with which, beside those, a canvas's WebGPU context works here. On SwiftShader it needs the whole of Chromium on
 * Vulkan: without, asking for the canvas's texture loses every device of the page (docs/decisions/014).
 * @returns {string[]}
 */
export function canvasArguments() {
  if (!wantsSoftwareAdapter()) return [];
  return [
    '--enable-features=Vulkan',
    '--use-vulkan=swiftshader',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
  ];
}

/**
 * Gives the arguments with which a Chromium has WebGPU here: on SwiftShader where the software adapter is wanted.
 * @returns {string[]}
 */
export function chromiumArguments() {
  if (wantsSoftwareAdapter()) return ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
  return process.platform === 'linux'
    ? ['--enable-unsafe-webgpu', '--enable-features=Vulkan']
    : ['--enable-unsafe-webgpu'];
}
