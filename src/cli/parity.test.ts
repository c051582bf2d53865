import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readGoldens, readMeta } from '../../test/support/goldens.ts';
import { testDevice } from '../../test/support/gpu.ts';
import { gpuOf, type ReferenceTensor, writeSafetensors } from '../engine/index.ts';
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

const MISTRAL = 'test/fixtures/goldens/mistral';
const scratch = mkdtempSync(join(tmpdir(), 'splitscope-parity-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Mistral's recording with other tensors and another meta.json, in a folder of its own. */
async function changed(
  name: string,
  change: (tensors: Map<string, ReferenceTensor>) => ReadonlyMap<string, ReferenceTensor>,
  meta: object,
): Promise<string> {
  const folder = join(scratch, name);
  mkdirSync(folder);
  for (const file of ['config.json', 'model.safetensors']) copyFileSync(`${MISTRAL}/${file}`, join(folder, file));
  writeFileSync(join(folder, 'goldens.safetensors'), writeSafetensors(change(await readGoldens(MISTRAL))));
  writeFileSync(join(folder, 'meta.json'), JSON.stringify(meta));
  return folder;
}

const META = readMeta(MISTRAL);

test('a recording may be sparse: no logits in f32, those in f64 of the last rows, no hooks, no edits, every prompt of a batch', async () => {
  const lastTwo = (tensors: Map<string, ReferenceTensor>) => {
    const { shape = [], values = new Float64Array() } = tensors.get('hf64.logits') ?? {};
    const rows = values.subarray(values.length - 2 * (shape[2] ?? 0));
    return new Map([['hf64.logits', { shape: [2, 2, shape[2] ?? 0], values: Float64Array.of(...rows, ...rows) }]]);
  };
  const folder = await changed('sparse', lastTwo, { input_ids: [META.input_ids, META.input_ids] });
  const row = await parityOf(gpuOf(await testDevice()), folder);
  expect(row).toMatchObject({ name: 'sparse', ok: true, theirs: null, editsOk: null, message: 'ok' });
});

test('an edit that cannot be read fails by itself and names its operation; lists and positions from the end are read', async () => {
  const [first, , , , , , last] = 'edits' in META && Array.isArray(META.edits) ? META.edits : [];
  const [op] = last.ops;
  const fromEnd = { ...last, ops: [{ ...op, position: [op.position - META.input_ids.length] }] };
  const unknown = { ops: [{ op: 'transpose', hook: 'blocks.0.attn.hook_z' }] };
  const two = (tensors: Map<string, ReferenceTensor>) => {
    const record = tensors.get('edit.6.logits');
    return record ? tensors.set('edit.1.logits', record) : tensors;
  };
  const gpu = gpuOf(await testDevice());
  const read = await parityOf(gpu, await changed('read', two, { ...META, edits: [first, fromEnd] }));
  expect(read).toMatchObject({ ok: true, editsOk: true });
  const unread = await parityOf(gpu, await changed('unread', two, { ...META, edits: [first, unknown] }));
  expect(unread).toMatchObject({
    ok: false,
    supported: true,
    bitIdentical: true,
    firstDeparture: null,
    editsOk: false,
  });
  expect(unread.message).toContain('edit 1 has op "transpose", expected zero, copy_from_corrupted');
});

test('a record of something else is told of, and widens no bound', async () => {
  const doubled = (tensors: Map<string, ReferenceTensor>) => {
    const name = 'fused.blocks.0.attn.hook_z';
    const { shape = [], values = new Float64Array() } = tensors.get(name) ?? {};
    return tensors.set(name, { shape, values: values.map((value) => 2 * value) });
  };
  const row = await parityOf(gpuOf(await testDevice()), await changed('doubled', doubled, { ...META, edits: [] }));
  expect(row.firstDeparture).toContain('fused.blocks.0.attn.hook_z: the twin departs from the record by');
});

test('folders are found below folders, through links as well, each once', async () => {
  mkdirSync(join(scratch, 'linked'));
  symlinkSync(resolve(MISTRAL), join(scratch, 'linked', 'mistral'));
  symlinkSync(join(scratch, 'linked'), join(scratch, 'linked', 'round'));
  expect(await findGoldenFolders(join(scratch, 'linked'))).toEqual([join(scratch, 'linked', 'mistral')]);
});
