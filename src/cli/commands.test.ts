import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { digest, openRequired, readHeader, readTensors } from '../engine/index.ts';
import { nodeFolder } from '../sources/folder.node.ts';

const MODEL = 'public/models/demo-gqa';
const folder = mkdtempSync(join(tmpdir(), 'splitscope-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command as a shell would. */
function splitscope(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/cli.mjs', ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('diff: split and fused have the same bits, and the exit code says so', () => {
  const { status, stdout, stderr } = splitscope('diff', MODEL, '--prompt', 'When Mary and John went');
  expect(stdout).toBe('Bit-identical (0 ULP)\nA and B have the same bits in every element of all 85 hooks.\n');
  expect(stderr).toContain('tokens: ');
  expect(status).toBe(0);
});

test('diff: another order enters at a product, and passes under a tolerance only', () => {
  const wish = ['diff', MODEL, '--tokens', '1,2,3', '--b', 'qkv=split,order=reversed'];
  const exact = splitscope(...wish);
  expect(exact.stdout).toMatch(/^Outside tolerance at \d+ of 85 hooks; .*\nEnters at blocks\.0\.attn\.hook_q\./);
  expect(exact.status).toBe(1);
  const within = splitscope(...wish, '--atol', '5e-4', '--rtol', '1e-5', '--json');
  expect(JSON.parse(within.stdout)).toMatchObject({ verdict: 'within', tolerance: { atol: 5e-4, rtol: 1e-5 } });
  expect(within.status).toBe(0);
});

test('diff --cause: the field that makes the difference is named, with what each trial left', () => {
  const wish = ['diff', MODEL, '--tokens', '1,2,3', '--atol', '100'];
  const found = splitscope(...wish, '--b', 'qkv=split,order=reversed', '--cause');
  expect(found.stdout).toContain(
    "\nCause: At blocks.0.attn.hook_q, products summed reversed instead of canonical: explains 100 % of it.\n  with A's order",
  );
  expect(found.stdout).toMatch(/with A's qkv +explains 0 %, max \|Δ\| [1-9]/);
  const both = splitscope(
    ...wish,
    '--b',
    'precision=bf16,order=reversed',
    '--cause',
    '--at',
    'unembed.hook_out',
    '--json',
  );
  expect(JSON.parse(both.stdout).cause).toMatchObject({ hook: 'unembed.hook_out', causes: [['order', 'precision']] });
  const none = splitscope(...wish, '--cause');
  expect(none.stdout).toContain('Nothing to explain');
  expect([found.status, both.status, none.status]).toEqual([0, 0, 0]);
});

test('diff --amplification: what each block makes of B − A, or of what is injected', () => {
  const wish = ['diff', MODEL, '--tokens', '1,2,3', '--atol', '100', '--b', 'order=reversed'];
  const runs = splitscope(...wish, '--amplification', 'runs');
  expect(runs.stdout).toMatch(
    /\nBlock \d multiplies most: ×[\d.]+\. Its attention ×[\d.]+, its MLP ×[\d.]+\. All blocks/,
  );
  expect(runs.stdout).toMatch(/\n {11}0 {11}0 {11}– /); // nothing enters block 0
  const injected = splitscope(...wish, '--amplification', '2^-12', '--json');
  expect(JSON.parse(injected.stdout).amplification).toMatchObject({ of: { kind: 'injected', exponent: -12 } });
  expect(JSON.parse(injected.stdout).amplification.blocks).toHaveLength(4);
  expect([runs.status, injected.status]).toEqual([0, 0]);
});

test('run: the hooks that a glob names are written, and read back as a safetensors file', async () => {
  const out = join(folder, 'captures.safetensors');
  const wish = ['run', MODEL, '--tokens', '1,2,3', '--capture', 'blocks.*.attn.hook_pattern', '--out', out];
  expect(splitscope(...wish).status).toBe(0);
  const { entries, metadata } = await readHeader(await openRequired(nodeFolder(folder), 'captures.safetensors'));
  expect([...entries.values()].map(({ name, shape }) => [name, shape])).toEqual(
    [0, 1, 2, 3].map((layer) => [`blocks.${layer}.attn.hook_pattern`, [8, 3, 3]]),
  );
  expect(metadata.get('tokens')).toBe('1,2,3');
  expect(readdirSync(folder)).toEqual(['captures.safetensors']);
});

test('run: every field of the specification is run, not only written beside the result', async () => {
  const tokens = Array.from({ length: 40 }, (_, at) => at + 1).join(','); // more keys than one block of the online softmax
  const written = async (spec: string): Promise<string> => {
    const own = mkdtempSync(join(folder, 'spec-'));
    const wish = ['run', MODEL, '--tokens', tokens, '--capture', 'unembed.hook_out'];
    const { status, stderr } = splitscope(...wish, '--spec', spec, '--out', join(own, 'captures.safetensors'));
    expect(stderr).not.toContain('cannot');
    expect(status).toBe(0);
    const tensors = await readTensors(await openRequired(nodeFolder(own), 'captures.safetensors'));
    return digest(Float32Array.from(tensors.get('unembed.hook_out')?.values ?? []));
  };
  const specs = ['', 'precision=bf16', 'arithmetic=portable', 'order=compensated', 'softmax=online'];
  const digests: string[] = [];
  for (const spec of specs) digests.push(await written(spec));
  expect(new Set(digests).size).toBe(specs.length);
});

const IOI = 'When Mary and John went to the store, John gave a drink to';
const IOI_WISH = ['sweep', MODEL, '--prompt', IOI, '--corrupted', IOI.replace('John gave', 'Mary gave')];

test('sweep: who carries the second name, as maps of text', () => {
  const { status, stdout, stderr } = splitscope(
    ...IOI_WISH,
    '--sites',
    'q,k,v',
    '--metric',
    'logit-diff:" Mary"," John"',
  );
  expect(stdout).toMatch(/^logitDifference behind position 14: unedited 10\.\d+, corrupted prompt −13\.\d+\n/);
  expect(stdout).toMatch(/hook_k_input\n +0 +1\n/);
  expect(stdout).toMatch(/strongest\n +L0KV1 +hook_v_input +−2\d/); // kv head 1 of layer 0 reads the name that is exchanged
  expect(stderr).toContain('48 of 48 edits');
  expect(status).toBe(0);
});

test('sweep: as JSON, by position, without a corrupted prompt', () => {
  const wish = ['sweep', MODEL, '--tokens', '1,2,3', '--operation', 'zero', '--sites', 'mlp', '--by-position'];
  const { status, stdout } = splitscope(...wish, '--metric', 'prob:#7', '--json');
  const { cells, sweep, corrupted } = JSON.parse(stdout);
  expect(cells).toHaveLength(4 * 3);
  expect(corrupted).toBeNull();
  expect(sweep).toMatchObject({ metric: { kind: 'probability', token: 7 }, position: 2, byPosition: true });
  expect(status).toBe(0);
});

test('generate: A and B continue alike, and the exit code says so', () => {
  const wish = ['generate', MODEL, '--prompt', 'When Mary and John went to the store, John gave a drink to'];
  const { status, stdout, stderr } = splitscope(...wish, '--max-tokens', '4', '--b', 'qkv=split');
  expect(stdout).toMatch(/^A: {2}Mary.*\nB: {2}Mary.*\nA and B choose the same tokens\.\n$/s);
  expect(stderr).toContain('ms a token');
  expect(status).toBe(0);
});

test('generate: a seed draws the same tokens again', () => {
  const wish = [
    'generate',
    MODEL,
    '--tokens',
    '1,2,3',
    '--max-tokens',
    '5',
    '--seed',
    '7',
    '--temperature',
    '2',
    '--json',
  ];
  const [first, again] = [JSON.parse(splitscope(...wish).stdout), JSON.parse(splitscope(...wish).stdout)];
  expect(first.a.tokenIds).toHaveLength(5);
  expect(again.a.tokenIds).toEqual(first.a.tokenIds);
});

const LOST_EDIT = '{"hook":"blocks.1.attn.hook_z","heads":[9],"operation":{"kind":"zero"}}';

test.each([
  [['sweep', MODEL, '--tokens', '1', '--metric', 'kl'], '--operation patch takes from the corrupted prompt'],
  [[...IOI_WISH, '--metric', 'prob: Mary and'], "' Mary and' is 2 tokens"],
  [[...IOI_WISH, '--metric', 'loss'], 'expected logit-diff:RIGHT,WRONG'],
  [[...IOI_WISH, '--metric', 'kl', '--sites', 'q,w'], 'w is no place'],
  [[...IOI_WISH, '--metric', 'kl', '--position', '15'], 'the prompt has 15 tokens'],
  [['diff', 'nowhere', '--tokens', '1'], 'nowhere has no config.json'],
  [['diff', `${MODEL}/config.json`, '--tokens', '1'], 'config.json is a file, expected the folder that it lies in'],
  [
    ['diff', MODEL, '--tokens', '1,1024'],
    'Token id 1024 is not in the vocabulary of 1024 tokens (0 to 1023).\nsplitscope',
  ],
  [['diff', MODEL, '--tokens', '1', '--edit', LOST_EDIT], `--edit ${LOST_EDIT}: blocks.1.attn.hook_z has no head 9`],
  [['diff', MODEL], 'Give either --prompt "text" or --tokens 1,2,3.'],
  [['diff', MODEL, '--tokens', '1', '--a', 'qkv=both'], 'qkv=both, expected fused or split'],
  [
    ['diff', MODEL, '--tokens', '1', '--b', 'engine=onnx'],
    'engine=onnx runs in the page, not here; use webgpu, f64, ieee',
  ],
  [
    ['run', MODEL, '--tokens', '1', '--spec', 'engine=f64', '--out', 'x'],
    'engine=f64 runs in splitscope diff, not here; use webgpu',
  ],
  [['diff', MODEL, '--tokens', '1', '--atol', '-1'], '--atol'],
  [['diff', MODEL, '--tokens', '1', '--at', 'hook_embed'], 'give --cause too'],
  [['diff', MODEL, '--tokens', '1', '--cause', '--at', 'hook_none'], '--at is hook_none, expected a hook'],
  [['diff', MODEL, '--tokens', '1', '--amplification', '12'], 'expected runs (B − A), or what is injected: 2^-12'],
  [['diff', MODEL, '--tokens', '1', '--cause', '--b', 'engine=ieee'], 'Run B is engine=ieee'],
  [['run', MODEL, '--tokens', '1', '--capture', 'hook_none', '--out', 'x'], '--capture hook_none names no hook'],
  [['run', MODEL, '--tokens', '1', '--out', 'x.npz'], '--out is x.npz, expected a name for a safetensors file'],
  [['run', MODEL, '--tokens', '1', '--out', 'nowhere/x.safetensors'], 'nowhere is no folder'],
  [['geometry', 'pythia-410m'], 'Say on how many tokens: --tokens 32.'],
  [['bench', '--lod'], "Unknown option '--lod'"],
  [['geometry', 'gpt-5', '--tokens', '1'], 'geometry takes one of pythia-410m'],
  [['generate', MODEL, '--tokens', '1', '--top-k', '3'], '--top-k is for a seeded draw: give --seed too'],
  [['generate', MODEL, '--tokens', '1', '--seed', '1', '--temperature', '0'], 'temperature=0 is not above 0'],
  [['dif'], 'There is no command dif'],
] as const)('splitscope %j is refused with the reason', (args, reason) => {
  const { status, stderr, stdout } = splitscope(...args);
  expect(stderr).toContain(reason);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});
