// Holds the shell, what the browser must load before anything is drawn, to 200 KB gzipped: index.html, its script, what that
// imports at once, and their CSS. Workers, ONNX Runtime, demo models and whatever else is loaded when first needed do not count.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ROOT } from './run.mjs';

const MAX_SHELL_BYTES = 200_000; // gzipped

/** @typedef {{ file: string, isEntry?: boolean, imports?: string[], css?: string[] }} Chunk */

/** Follows the static imports of a chunk; gives the files of all, CSS included, each once. */
function filesAtOnce(/** @type {Record<string, Chunk>} */ manifest, /** @type {string} */ entry) {
  const seen = new Set([entry]);
  for (const key of seen) for (const imported of manifest[key]?.imports ?? []) seen.add(imported);
  const chunks = [...seen].flatMap((key) => manifest[key] ?? []);
  return [...new Set(chunks.flatMap((chunk) => [chunk.file, ...(chunk.css ?? [])]))];
}

const dist = join(ROOT, 'dist');
if (!existsSync(join(dist, '.vite/manifest.json'))) {
  console.error('dist/.vite/manifest.json does not exist: build the page first (npm run build).');
  process.exit(1);
}
/** @type {Record<string, Chunk>} */
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));
const entry = Object.keys(manifest).find((key) => manifest[key]?.isEntry);
if (entry === undefined) throw new Error('The build manifest names no entry, expected index.html.');
const files = ['index.html', ...filesAtOnce(manifest, entry)];
const sizes = files.map((file) => ({ file, gzipBytes: gzipSync(readFileSync(join(dist, file)), { level: 9 }).length }));
const shellBytes = sizes.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
for (const { file, gzipBytes } of sizes) console.log(`${String(gzipBytes).padStart(8)}  ${file}`);
console.log(`${String(shellBytes).padStart(8)}  gzipped bytes in all; allowed ${MAX_SHELL_BYTES}`);
process.exitCode = shellBytes <= MAX_SHELL_BYTES ? 0 : 1;
