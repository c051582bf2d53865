// `npm test`: everything that must hold, from a fresh clone. Installs what is missing, runs each check in order, stops at none,
// and ends with one line, `N passed, N failed`: each unit test and each journey counts as one, and
// so does each other check.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, runTool } from './run.mjs';
import { ensureChromium, ensurePackages, requireNode } from './setUp.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ code: number, message: string, counts?: Counts }} Outcome */
/** @typedef {{ name: string, run: () => Promise<Outcome> }} Check */

const reports = mkdtempSync(join(tmpdir(), 'splitscope-test-'));

/** Reads a test runner's JSON report; null where it ended before it wrote one. */
function readReport(/** @type {string} */ name) {
  try {
    return JSON.parse(readFileSync(join(reports, name), 'utf8'));
  } catch {
    return null;
  }
}

/** @returns {Promise<Outcome>} */
async function unitTests() {
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${join(reports, 'unit.json')}`];
  const outcome = await runTool('vitest', args, { limitMinutes: 20 });
  const report = readReport('unit.json');
  if (report === null) return { ...outcome, code: 1, message: outcome.message || 'Vitest wrote no report' };
  // A file that breaks before its first test has no test that could fail: it counts as one.
  const broken = report.testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ file) =>
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const skipped = report.numPendingTests + report.numTodoTests;
  return { ...outcome, counts: { passed: report.numPassedTests, failed: report.numFailedTests + broken, skipped } };
}

/** @returns {Promise<Outcome>} */
async function journeys() {
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: join(reports, 'e2e.json') };
  const outcome = await runTool('playwright', ['test', '--reporter=list,json'], { env, limitMinutes: 18 });
  const report = readReport('e2e.json');
  if (report === null) return { ...outcome, code: 1, message: outcome.message || 'Playwright wrote no report' };
  const { expected, flaky, unexpected, skipped } = report.stats;
  const failed = Math.max(unexpected, report.errors.length > 0 && unexpected === 0 ? 1 : 0);
  return { ...outcome, counts: { passed: expected + flaky, failed, skipped } };
}

/** @returns {Promise<Outcome>} */
async function chromium() {
  const path = await ensureChromium();
  if (path === null)
    return { code: 1, message: 'no Chromium, and none could be installed; SPLITSCOPE_CHROMIUM may name one' };
  process.env.SPLITSCOPE_CHROMIUM = path; // one browser for all that follows
  return { code: 0, message: path };
}

/** @type {readonly Check[]} */
const CHECKS = [
  { name: 'packages', run: ensurePackages },
  { name: 'chromium', run: chromium },
  { name: 'typecheck', run: () => runTool('tsc', ['-b', '--pretty']) },
  { name: 'biome', run: () => runTool('biome', ['check', '--error-on-warnings', '--max-diagnostics=50', '.']) },
  { name: 'walls', run: () => run('node', ['scripts/walls.mjs']) },
  { name: 'unit tests', run: unitTests },
  { name: 'build', run: () => runTool('vite', ['build', '--logLevel', 'warn']) },
  { name: 'shell size', run: () => run('node', ['scripts/shellSize.mjs']) },
  { name: 'journeys', run: journeys },
];

/** @param {Check} check @returns {Promise<{ counts: Counts, line: string }>} */
async function perform({ name, run }) {
  console.log(`\n── ${name}`);
  const startedMs = Date.now();
  const outcome = await run().catch((error) => ({ code: 1, message: String(error?.stack ?? error) }));
  const tests = 'counts' in outcome ? outcome.counts : undefined;
  const ok = outcome.code === 0 && (tests?.failed ?? 0) === 0;
  const counts = tests ?? { passed: ok ? 1 : 0, failed: 0, skipped: 0 };
  if (!ok) counts.failed ||= 1; // a runner that fails with no failing test has failed itself
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  const told =
    'counts' in outcome ? [`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`] : [];
  const why = outcome.message || (ok || tests ? '' : `exit code ${outcome.code}`);
  const line = [`${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(11)} ${seconds.padStart(6)} s`, ...told, why]
    .filter(Boolean)
    .join('  ');
  return { counts, line };
}

requireNode();
const results = [];
for (const check of CHECKS) results.push(await perform(check));
rmSync(reports, { recursive: true, force: true });

console.log('\n── summary');
for (const { line } of results) console.log(line);
const passed = results.reduce((sum, { counts }) => sum + counts.passed, 0);
const failed = results.reduce((sum, { counts }) => sum + counts.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
