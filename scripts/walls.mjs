// Checks the three walls between the folders, and that stylesheets take type, spacing and colours from the tokens; proves that each
// bites: what is planted in a scratch folder must be caught, one a wall, and lawful lines must pass. A wall that catches nothing is none.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import ts from 'typescript';
import { ROOT } from './run.mjs';
import { strayValues } from './styleTokens.mjs';

const SCRATCH = '.tsbuild/walls'; // within the repository, so that packages resolve
const { options: cruiseOptions, ...ruleSet } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');

/** [file, what it imports, the rule that must catch it, or null if it is lawful] */
const PLANTED = /** @type {const} */ ([
  ['src/engine/tensor/a.ts', `import '../gpu/target.ts'`, 'not-in-allowed'],
  ['src/engine/kernels/a.ts', `import '../model/target.ts'`, 'not-in-allowed'],
  ['src/engine/analysis/a.ts', `import '../model/target.ts'`, 'not-in-allowed'],
  ['src/engine/gpu/a.ts', `import 'valibot'`, 'not-in-allowed'],
  ['src/engine/experiment/a.ts', `import 'node:fs'`, 'not-in-allowed'],
  ['src/engine/model/a.ts', `import '../../session/target.ts'`, 'not-in-allowed'],
  ['src/sources/a.ts', `import '../engine/tensor/target.ts'`, 'not-in-allowed'],
  ['src/worker/a.ts', `import 'onnxruntime-web'`, 'not-in-allowed'],
  ['src/views/a.ts', `import type { x } from '../session/target.ts'`, 'not-in-allowed'],
  ['src/views/b.ts', `import { x } from '../engine/gpu/target.ts'`, 'not-in-allowed'],
  ['src/app/a.ts', `import '../worker/target.ts'`, 'not-in-allowed'],
  ['src/share/a.ts', `import '../app/target.ts'`, 'not-in-allowed'],
  ['src/tokenizer/circle.ts', `import type { planted as other } from './circle/b.ts'`, 'no-cycle'],
  ['src/engine/hooks/a.ts', `import './missing.ts'`, 'unresolvable'],
  ['e2e/a.spec.ts', `import '../src/app/target.ts'`, 'not-in-allowed'],
  ['src/engine/model/b.ts', `import '../kernels/target.ts'`, null],
  ['src/engine/gpu/a.test.ts', `import 'fast-check'; import '../reference/target.ts'`, null],
  ['src/engine/kernels/b.ts', `import wgsl from './b.wgsl?raw'; void wgsl`, null],
  ['src/views/c.ts', `import type { x } from '../engine/index.ts'; import 'react'; import 'd3-scale'`, null],
  ['src/session/a.ts', `import '../worker/target.ts'; import '../share/target.ts'; import 'zustand'`, null],
  ['src/onnx/a.ts', `import 'onnxruntime-web'; import '../engine/index.ts'`, null],
  ['src/cli/a.ts', `import 'webgpu'; import 'node:fs'; import '../onnx/target.ts'; import '../share/target.ts'`, null],
  ['src/cli/b.ts', `import '../session/target.ts'`, 'not-in-allowed'],
]);

/** [Biome's rule, a line that it must refuse] */
const FORBIDDEN = /** @type {const} */ ([
  ['lint/suspicious/noExplicitAny', 'export const a: any = 1;'],
  ['lint/style/noEnum', 'export enum A { B }'],
  ['lint/style/noDefaultExport', 'export default 1;'],
  ['lint/style/noNonNullAssertion', 'export const f = (x: string | null) => x!;'],
  ['lint/performance/noBarrelFile', "export * from './b.ts';"],
]);

/** Declarations that only tokens.css may hold, and such as any stylesheet may. */
const STRAY = ['font-size: 13px', 'font: 500 0.75rem / 1.5 Arial', 'padding: 0 6px', 'gap: 0.5rem', 'margin: -0.3em'];
const STRAY_COLOURS = ['color: #fff', 'background: rgb(0 0 0 / 20%)', 'border: 1px solid white', 'border-radius: 4px'];
const FROM_TOKENS = [
  'padding: 1px var(--space-1)',
  'margin: 0 auto',
  'font: inherit',
  'width: 12px',
  'border-radius: 50%',
];

/** What a browser or Node has and the engine's TypeScript project must not know. */
const HOST_NAMES = ['document.title', 'self.name', 'process.env', 'navigator.gpu'];

const TARGETS = [
  ...['tensor', 'gpu', 'model', 'kernels', 'reference'].map((folder) => `src/engine/${folder}/target.ts`),
  ...['session', 'worker', 'share', 'app', 'onnx'].map((folder) => `src/${folder}/target.ts`),
  ...['src/engine/index.ts', 'src/engine/kernels/b.wgsl', 'src/tokenizer/circle/b.ts'],
];

/** @param {string} file @param {string} text */
function plant(file, text) {
  const path = join(ROOT, SCRATCH, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Runs dependency-cruiser with our rules; gives each violation as [rule, from, to]. */
async function violations(/** @type {string} */ baseDir, /** @type {string[]} */ folders) {
  const { output } = await cruise(folders, { ...cruiseOptions, baseDir, validate: true, ruleSet });
  if (typeof output === 'string') throw new Error('internal: dependency-cruiser gave a text instead of a result');
  return output.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
}

async function importsAreLawful() {
  const found = await violations(ROOT, ['src', 'e2e']);
  return found.map(({ rule, from, to }) => `${from} → ${to}: ${rule}`);
}

async function importWallBites() {
  for (const target of TARGETS) plant(target, 'export const x = 1;\n');
  plant('src/tokenizer/circle/b.ts', `import type { planted } from '../circle.ts';\nexport const planted = 1;\n`);
  for (const [file, text] of PLANTED) plant(file, `${text};\nexport const planted = 1;\n`);
  const found = await violations(join(ROOT, SCRATCH), ['src', 'e2e']);
  return PLANTED.flatMap(([file, text, rule]) => {
    const caught = found.filter(({ from }) => from === file).map(({ rule }) => rule);
    const right = rule === null ? caught.length === 0 : caught.includes(rule);
    return right
      ? []
      : [`planted in ${file}: ${text} → ${caught.join(', ') || 'not caught'}, expected ${rule ?? 'nothing'}`];
  });
}

/** The engine's TypeScript project knows no DOM and no Node: the names must not compile there. */
function typeWallBites() {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.engine.json'), ts.sys.readFile).config;
  const base = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, ROOT);
  const options = { ...base.options, noEmit: true, composite: false, emitDeclarationOnly: false };
  return HOST_NAMES.flatMap((expression) => {
    plant('src/engine/host.ts', `export const planted: unknown = ${expression};\n`);
    const file = join(ROOT, SCRATCH, 'src/engine/host.ts');
    const program = ts.createProgram([file, join(ROOT, 'src/engine/host.d.ts')], { ...options, rootDir: ROOT });
    const errors = program.getSemanticDiagnostics(program.getSourceFile(file));
    return errors.length > 0 ? [] : [`the engine's TypeScript project accepts ${expression}`];
  });
}

/** Biome must refuse what the house style forbids. */
function styleWallBites() {
  const cwd = join(ROOT, SCRATCH);
  copyFileSync(join(ROOT, 'biome.json'), join(cwd, 'biome.json')); // the scratch folder is a root of its own, with the same rules
  for (const [rule, line] of FORBIDDEN) plant(`src/engine/${basename(rule)}.ts`, `${line}\n`);
  const args = [join(ROOT, 'node_modules/@biomejs/biome/bin/biome'), 'lint', '--reporter=github', 'src/engine'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  const told = `${stdout}${stderr}`.split('\n');
  return FORBIDDEN.flatMap(([rule, line]) => {
    const isRefused = told.some((text) => text.includes(`title=${rule},`) && text.includes(`${basename(rule)}.ts`));
    return isRefused ? [] : [`Biome accepts \`${line}\`, expected ${rule}`];
  });
}

/** Every stylesheet but the tokens' own takes its values from them. */
function tokensAreUsed() {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const sheets = files.filter((path) => path.endsWith('.css') && basename(path) !== 'tokens.css');
  return sheets.flatMap((path) =>
    strayValues(readFileSync(join(ROOT, 'src', path), 'utf8')).map(
      (stray) => `src/${path}:${stray}. Take it from src/app/tokens.css, or add it there with what it is for`,
    ),
  );
}

function tokenWallBites() {
  const isCaught = (/** @type {string} */ line) => strayValues(`.a {\n  ${line};\n}`).length > 0;
  return [
    ...[...STRAY, ...STRAY_COLOURS].filter((line) => !isCaught(line)).map((line) => `no wall against \`${line}\``),
    ...FROM_TOKENS.filter(isCaught).map((line) => `the tokens' wall refuses \`${line}\``),
  ];
}

rmSync(join(ROOT, SCRATCH), { recursive: true, force: true });
const faults = [
  ...[...(await importsAreLawful()), ...(await importWallBites()), ...typeWallBites(), ...styleWallBites()],
  ...[...tokensAreUsed(), ...tokenWallBites()],
];
rmSync(join(ROOT, SCRATCH), { recursive: true, force: true });
for (const fault of faults) console.error(`wall: ${fault}`);
console.log(
  faults.length === 0
    ? `The walls stand, and ${PLANTED.length + HOST_NAMES.length + FORBIDDEN.length + STRAY.length + STRAY_COLOURS.length} planted lines prove it.`
    : `${faults.length} faults.`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
