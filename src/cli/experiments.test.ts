// The page's experiments on the command line: what a file or a link holds is what is run. The file is the page's own, its fingerprint
// made through the worker.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBench } from '../../test/support/bench.ts';
import { DEFAULT_EXPERIMENT, type Experiment, type Intervention, openRequired, readHeader } from '../engine/index.ts';
import { encodeLink } from '../share/encode.ts';
import { writeExperimentFile } from '../share/experimentFile.ts';
import { nodeFolder } from '../sources/folder.node.ts';

const MODEL = 'public/models/demo-gqa';
const IOI = [0, 631, 523, 269, 521, 323, 262, 260, 655, 12, 521, 332, 259, 585, 262]; // … John gave a drink to
const folder = mkdtempSync(join(tmpdir(), 'splitscope-experiments-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FREEZE: Intervention = {
  ...{ hook: 'blocks.2.attn.hook_z', heads: 'all', positions: 'all' },
  ...{ operation: { kind: 'freeze', prompt: 'corrupted' }, enabled: true },
};

const EXPERIMENT: Experiment = {
  ...DEFAULT_EXPERIMENT,
  prompt: { ...DEFAULT_EXPERIMENT.prompt, tokenIds: IOI },
  corrupted: { text: '', prependBos: true, tokenIds: IOI.map((id, at) => (at === 10 ? 523 : id)) },
  tolerance: { atol: 0, rtol: 0 },
  interventions: [FREEZE],
  sweep: {
    sites: ['hook_mlp_out'],
    operation: { kind: 'mean' },
    byPosition: false,
    metric: { kind: 'rank', token: 523 },
    position: 12,
  },
  paths: {
    senders: [{ kind: 'head', layer: 0, head: 7 }, { kind: 'embed' }],
    receivers: [{ kind: 'k', layer: 1, head: 1 }],
    heads: 'recomputed',
    mlps: 'frozen',
    metric: { kind: 'logitDifference', tokens: [523, 521] },
    position: 14,
  },
  continuation: { sampling: { kind: 'greedy' }, maxTokens: 2 },
};

const file = join(folder, 'found.splitscope.json');
let sent: Experiment;
beforeAll(async () => {
  const { client, close } = await openBench();
  await client.ask({ kind: 'openDevice' });
  await client.ask({ kind: 'loadModel', reference: EXPERIMENT.model });
  const corruptedTokenIds = EXPERIMENT.corrupted?.tokenIds ?? null;
  const { fingerprint } = await client.ask({ kind: 'run', experiment: EXPERIMENT, tokenIds: IOI, corruptedTokenIds });
  close();
  sent = { ...EXPERIMENT, fingerprint };
  writeFileSync(file, writeExperimentFile(sent));
});

/** Runs the command as a shell would. */
function splitscope(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/cli.mjs', ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('diff runs the experiment, interventions and all, and verifies what its sender saw to the bit', async () => {
  const { status, stdout } = splitscope('diff', MODEL, '--experiment', file);
  expect(stdout).toContain('Bit-identical (0 ULP)');
  expect(stdout).toContain('\n\nReproduced bit for bit.');
  expect(status).toBe(0);
});

test('diff: an option of the command line comes before the experiment’s, and a link tells where its sender’s bits part', async () => {
  const { fingerprint } = sent;
  if (!fingerprint?.a) throw new Error('the worker gave no fingerprint');
  const [, ...rest] = fingerprint.a.blocks;
  const other = { ...fingerprint, a: { ...fingerprint.a, blocks: ['0000000000000000', ...rest] } };
  const link = await encodeLink({ ...sent, fingerprint: other });
  const { stdout } = splitscope('diff', MODEL, '--experiment', link, '--b', 'order=reversed', '--atol', '1', '--json');
  const { verdict, b, tolerance, interventions, reproduction } = JSON.parse(stdout);
  expect({ verdict, b, tolerance }).toMatchObject({
    verdict: 'within',
    b: { qkv: 'split', order: 'reversed' },
    tolerance: { atol: 1, rtol: 0 },
  });
  expect(interventions).toEqual(EXPERIMENT.interventions);
  expect(reproduction).toEqual({ verdict: 'within-tolerance', firstBlock: 0 });
});

test('sweep and paths run what the experiment asks, paths with the text of the maps', () => {
  const swept = JSON.parse(splitscope('sweep', MODEL, '--experiment', file, '--json').stdout);
  expect(swept.sweep).toEqual(EXPERIMENT.sweep);
  expect(swept.cells).toHaveLength(4);
  const told = splitscope('paths', MODEL, '--experiment', file);
  expect(told.stdout).toMatch(
    /^logitDifference behind position 14: unedited 10\.\d+, corrupted prompt −13\.\d+\n\ntold to L1KV1\.k; other heads recomputed, other MLPs frozen\n/,
  );
  expect(told.stdout).toMatch(/\nby each head\n.*\n +L0 +1\d\.\d+\n/s);
  expect(told.stdout).not.toContain('by each MLP');
  expect(told.stdout).toMatch(/\nstrongest\n +L0H7 .*\n +embed /);
  expect([told.stderr, told.status]).toEqual([expect.stringContaining('2 of 2 senders'), 0]);
});

test('paths: every sender with a path to what is named, other heads frozen and MLPs recomputed unless said otherwise', () => {
  const tokens = ['--tokens', IOI.join(','), '--corrupted-tokens', IOI.with(10, 523).join(',')];
  const wish = ['paths', MODEL, ...tokens, '--to', 'L1.mlp,L1H7.q', '--metric', 'logit-diff:#523,#521', '--json'];
  const { paths, cells, corrupted } = JSON.parse(splitscope(...wish).stdout);
  expect(paths).toMatchObject({ senders: 'all', heads: 'frozen', mlps: 'recomputed' });
  expect(cells.map(({ sender }: { sender: { kind: string } }) => sender.kind)).toEqual([
    'embed',
    ...new Array(8).fill('head'),
    'mlp',
  ]);
  expect(corrupted).toBeLessThan(-2);
});

test('generate and run carry interventions out, and name those that they cannot', async () => {
  const free = splitscope('generate', MODEL, '--tokens', IOI.join(','), '--max-tokens', '2', '--json');
  const edited = splitscope('generate', MODEL, '--experiment', file, '--json');
  const [own, made] = [JSON.parse(free.stdout), JSON.parse(edited.stdout)];
  expect(own.a.tokenIds[0]).toBe(523);
  expect(made.a.tokenIds).toHaveLength(2);
  expect(made.a.tokenIds).not.toEqual(own.a.tokenIds);
  expect(made.b.tokenIds).toEqual(made.a.tokenIds);
  const split = { ...FREEZE, hook: 'blocks.0.hook_q_input' } as const;
  const withLost = join(folder, 'lost.splitscope.json');
  writeFileSync(withLost, writeExperimentFile({ ...EXPERIMENT, interventions: [split, FREEZE] }));
  const wish = ['run', MODEL, '--experiment', withLost, '--out', join(folder, 'edited.safetensors')];
  const run = splitscope(...wish);
  expect(run.stderr).toMatch(/The run leaves out intervention 1: hook_q_input exists in split mode only/);
  const { metadata } = await readHeader(await openRequired(nodeFolder(folder), 'edited.safetensors'));
  expect(JSON.parse(metadata.get('interventions') ?? '')).toEqual([FREEZE]); // what was carried out
  const typed = splitscope(...wish, '--edit', '{"hook":"blocks.0.hook_q_input","operation":{"kind":"zero"}}');
  expect(typed.stderr).toContain('hook_q_input exists in split mode only'); // what was typed is not passed over
  expect(typed.status).toBe(2);
});

const BEFORE = ['paths', MODEL, '--tokens', '1,2', '--metric', 'kl'];

test.each([
  [['diff', MODEL, '--experiment', 'nowhere.json'], 'nowhere.json cannot be read'],
  [['diff', MODEL, '--experiment', '#w1.!!'], 'This link is damaged'],
  [['run', MODEL, '--tokens', '1', '--out', 'x', '--edit', '{"hook":"hook_none"}'], '--edit {"hook":"hook_none"}: '],
  [['generate', MODEL, '--tokens', '1', '--edit', 'zero'], 'it is no JSON object'],
  [[...BEFORE, '--to', 'final'], 'give --corrupted "text"'],
  [[...BEFORE, '--corrupted-tokens', '1,3'], '--to names no receiver'],
  [[...BEFORE, '--corrupted-tokens', '1,3', '--to', 'L1H7'], 'L1H7 is no receiver'],
  [[...BEFORE, '--corrupted-tokens', '1,3', '--to', 'final', '--from', 'final'], 'final is no sender'],
  [[...BEFORE, '--corrupted-tokens', '1,3', '--to', 'final', '--heads', 'held'], 'expected frozen or recomputed'],
] as const)('splitscope %j is refused with the reason', (args, reason) => {
  const { status, stderr, stdout } = splitscope(...args);
  expect(stderr).toContain(reason);
  expect([stdout, status]).toEqual(['', 2]);
});
