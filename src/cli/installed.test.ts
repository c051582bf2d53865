// The package as npm packs it, installed beside its dependencies in an empty folder, and run by its name.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MODEL = resolve('public/models/demo-gqa');
const folder = mkdtempSync(join(tmpdir(), 'splitscope-installed-'));
const packages = join(folder, 'node_modules');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function runIn(cwd: string, command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const splitscope = (...args: string[]) => runIn(folder, 'npx', '--no-install', 'splitscope', ...args);

beforeAll(() => {
  const packed = runIn('.', 'npm', 'pack', '--pack-destination', folder, '--json');
  if (packed.status !== 0) throw new Error(packed.stderr);
  const [tarball = ''] = readdirSync(folder);
  mkdirSync(join(packages, '.bin'), { recursive: true });
  for (const name of readdirSync('node_modules')) {
    if (!name.startsWith('.')) symlinkSync(resolve('node_modules', name), join(packages, name));
  }
  mkdirSync(join(packages, 'splitscope'));
  runIn(folder, 'tar', '-xzf', tarball, '-C', join(packages, 'splitscope'), '--strip-components=1');
  symlinkSync('../splitscope/scripts/cli.mjs', join(packages, '.bin/splitscope'));
});

test('it holds the command and no sources, and tells its commands and its version', () => {
  expect(readdirSync(join(packages, 'splitscope')).sort()).toEqual([
    'LICENSE',
    'README.md',
    'dist-cli',
    'package.json',
    'scripts',
  ]);
  const { stdout, status } = splitscope('--help');
  const names = [...stdout.matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name);
  expect(names).toEqual(['diff', 'run', 'generate', 'sweep', 'paths', 'parity', 'geometry', 'verify', 'bench']);
  expect(status).toBe(0);
  expect(splitscope('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  for (const name of names) {
    expect(splitscope(name, '--help').stdout).toMatch(/^Usage: splitscope .*Examples?:\n {2}splitscope /s);
  }
});

test('it compares a checkpoint on the GPU, writes captures and continues a prompt', () => {
  const diff = splitscope('diff', MODEL, '--tokens', '1,2,3', '--json');
  expect(JSON.parse(diff.stdout)).toMatchObject({ verdict: 'bit-identical' });
  expect(diff.status).toBe(0);
  const run = splitscope(
    'run',
    MODEL,
    '--tokens',
    '1,2',
    '--capture',
    'blocks.*.attn.hook_z',
    '--out',
    'z.safetensors',
  );
  expect(run.status).toBe(0);
  expect(readdirSync(folder)).toContain('z.safetensors');
  expect(splitscope('generate', MODEL, '--tokens', '1,2,3', '--max-tokens', '2').status).toBe(0);
});

test('the bench, which builds the page, says that it needs a clone', () => {
  const { status, stderr } = splitscope('bench');
  expect(stderr).toContain("run it in a clone of Splitscope's repository");
  expect(status).toBe(2);
});
