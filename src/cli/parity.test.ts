import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testDevice } from '../../test/support/gpu.ts';
import { gpuOf } from '../engine/index.ts';
import { findGoldenFolders } from './goldens.ts';
import { parityOf } from './parity.ts';

const OWN = ['gpt_neox', 'llama3_rope', 'mistral'].map((name) => `test/fixtures/goldens/${name}`);
const SHARED = '../shared/goldens';

test.each(OWN)('%s: every hook and the logits agree with the truth, split = fused bit for bit', async (folder) => {
  const row = await parityOf(gpuOf(await testDevice()), folder);
  expect(row).toMatchObject({
    supported: true,
    ok: true,
    bitIdentical: true,
    firstDeparture: null,
    editsOk: true,
    message: 'ok',
  });
});

test('every recorded checkpoint beside the project agrees', async () => {
  if (!existsSync(SHARED)) {
    console.log(`${SHARED} is not there: only the project's own recordings were checked.`);
    return;
  }
  const gpu = gpuOf(await testDevice());
  const failed: string[] = [];
  for (const folder of await findGoldenFolders(SHARED)) {
    const row = await parityOf(gpu, folder);
    if (!row.ok) failed.push(`${row.name}: ${row.message}`);
  }
  expect(failed).toEqual([]);
});

test('a folder without a checkpoint is a row that says why, not a crash', async () => {
  const row = await parityOf(gpuOf(await testDevice()), 'test/fixtures/tokenizers');
  expect(row).toMatchObject({ supported: false, ok: false });
  expect(row.message).toContain('config.json');
});
