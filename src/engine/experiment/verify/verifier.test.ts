import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testDevice } from '../../../../test/support/gpu.ts';
import { nodeFolder } from '../../../sources/folder.node.ts';
import { gpuOf } from '../../gpu/device.ts';
import { recordExpected } from './record.ts';
import type { Verified } from './verification.ts';
import { Verifier } from './verifier.ts';

const FOLDERS = { gqa: 'public/models/demo-gqa', neox: 'public/models/demo-neox' } as const;

/** Verifies the named modes on this machine's GPU, with `fault` planted in the WGSL of every kernel that holds its text. */
async function verify(
  model: keyof typeof FOLDERS,
  isWanted: (name: string) => boolean,
  fault?: { readonly text: string; readonly instead: string },
): Promise<Verified[]> {
  const device = await testDevice();
  const compile = device.createShaderModule.bind(device);
  let planted = 0;
  if (fault) {
    device.createShaderModule = (wanted) => {
      const code = wanted.code.replace(fault.text, fault.instead);
      if (code !== wanted.code) planted += 1;
      return compile({ ...wanted, code });
    };
  }
  const verifier = await Verifier.open(gpuOf(device), nodeFolder(FOLDERS[model])); // a cache of pipelines of its own
  const rows: Verified[] = [];
  try {
    for (const mode of verifier.modes) if (isWanted(mode.name)) rows.push(await verifier.verify(mode));
  } finally {
    device.createShaderModule = compile;
    verifier.destroy();
  }
  if (fault) expect(planted, 'kernels that hold the fault').toBeGreaterThan(0);
  return rows;
}

test('this GPU passes in f32: every layout and order, native and portable, every recorded prompt', async () => {
  const rows = await verify('gqa', (name) => !/f16/.test(name));
  expect(rows.filter(({ passes }) => !passes)).toEqual([]);
  expect(rows.map(({ check }) => check).filter((check) => check === 'bits')).toHaveLength(10);
  expect(rows).toHaveLength(22);
  const [fused, split] = rows;
  expect([fused?.hooks, split?.hooks]).toEqual([85, 97]);
});

test('bias inside and after, in bf16, is told apart by its bits on the model that has biases', async () => {
  const rows = await verify('neox', (name) => /portable.*bf16/.test(name));
  expect(rows.map(({ mode, check, passes }) => [mode, check, passes])).toEqual([
    ['split, portable, bf16', 'bits', true],
    ['split, portable, after, bf16', 'bits', true],
  ]);
});

test('a fault planted in the kernel of one order fails that order alone, and its first hook is named', async () => {
  const text = 'total = Eight(sums[level].lo + total.lo';
  const rows = await verify('gqa', (name) => /^(fused|split, reversed|split, pairwise)$/.test(name), {
    text,
    instead: 'total = Eight(sums[level].lo - total.lo',
  });
  expect(rows.map(({ mode, passes }) => [mode, passes])).toEqual([
    ['fused', true],
    ['split, reversed', true],
    ['split, pairwise', false],
  ]);
  // A product of 128 terms is one balanced tree; the MLP's 352 are three, which the fault joins wrongly.
  expect(rows[2]?.departure).toMatchObject({
    hook: 'blocks.0.hook_mlp_out',
    why: expect.stringContaining('is off by'),
  });
});

test('a softmax that adds in another order is noise in native arithmetic and other bits in portable', async () => {
  const rows = await verify('gqa', (name) => /^fused(, portable)?$/.test(name), {
    text: 'for (var k = lane; k < dims.n_key; k += lanes) {', // a software adapter has one invocation add a whole row here
    instead: 'for (var turn = lane; turn < dims.n_key; turn += lanes) { let k = dims.n_key - 1u - turn;',
  });
  expect(rows.map(({ mode, passes }) => [mode, passes])).toEqual([
    ['fused', true],
    ['fused, portable', false],
  ]);
  expect(rows[1]?.departure).toEqual({
    hook: 'blocks.0.attn.hook_pattern',
    why: 'has other bits than those recorded',
  });
});

test('what is expected is what the reference in JavaScript makes today', async () => {
  const isChecked = ({ name }: { readonly name: string }) => /^split(, portable)?$/.test(name);
  for (const folder of Object.values(FOLDERS)) {
    const recorded: unknown = JSON.parse(readFileSync(`${folder}/verify.json`, 'utf8'));
    expect(recorded).toMatchObject({ modes: await recordExpected(nodeFolder(folder), isChecked) });
  }
});
