// Tells whether something built is older than what it is built from.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run.mjs';

/**
 * The latest change below a file or folder, in milliseconds since 1970; 0 where it does not exist.
 * A folder's own time counts, so that a deleted file is noticed. Tests are passed over.
 * @param {string} path
 * @returns {number}
 */
function latestChangeMs(path) {
  if (!existsSync(path)) return 0;
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  const inside = readdirSync(path).filter((name) => !/\.test\.tsx?$/.test(name));
  return Math.max(stats.mtimeMs, ...inside.map((name) => latestChangeMs(join(path, name))));
}

/**
 * Tells whether `built` is missing or older than any of `sources` (files or folders).
 * @param {string} built relative to the repository's root
 * @param {readonly string[]} sources relative to the repository's root
 */
export function isStale(built, sources) {
  const builtMs = latestChangeMs(join(ROOT, built));
  return builtMs === 0 || sources.some((source) => latestChangeMs(join(ROOT, source)) > builtMs);
}
