// The mean over prompts, against captures read one by one; and that setting it is what the panel promises.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDevice } from '../../../test/support/gpu.ts';
import { nodeFolder } from '../../sources/folder.node.ts';
import { openCheckpoint } from '../checkpoint/openCheckpoint.ts';
import { gpuOf } from '../gpu/device.ts';
import { loadModel } from '../model/loadModel.ts';
import type { Model } from '../model/model.ts';
import { prepareRun } from '../model/prepareRun.ts';
import { meanOverPrompts, whyNotMean } from './meanOverPrompts.ts';

const SPEC = { qkv: 'split', kv: 'broadcast', order: { kind: 'canonical' } } as const;
const PROMPTS = [
  [0, 631, 523, 269, 521],
  [0, 12, 332],
] as const;

let model: Model;
beforeAll(async () => {
  model = await loadModel(gpuOf(await testDevice()), await openCheckpoint(nodeFolder('public/models/demo-gqa')));
});
afterAll(() => model.destroy());

test.each(['blocks.1.attn.hook_z', 'blocks.2.hook_k_input', 'blocks.0.hook_mlp_out'] as const)(
  'the mean of %s is that of all positions of all prompts, head for head',
  async (hook) => {
    const rows: number[][] = [];
    for (const ids of PROMPTS) {
      const run = await prepareRun({
        model,
        spec: SPEC,
        batch: 1,
        nPos: ids.length,
        capture: [hook],
        headInputs: 'shared',
      });
      await run.execute(ids);
      const [read] = await run.capture.read([hook]);
      const width = (read?.values.length ?? 0) / ids.length;
      for (const at of ids.keys()) rows.push(Array.from(read?.values.slice(at * width, (at + 1) * width) ?? []));
      run.destroy();
    }
    const mean = await meanOverPrompts({ model, spec: SPEC, hook, prompts: PROMPTS });
    const expected = rows[0]?.map((_, i) =>
      Math.fround(rows.reduce((sum, row) => sum + (row[i] ?? 0), 0) / rows.length),
    );
    expect(rows).toHaveLength(8);
    expect(mean).toEqual(expected);
  },
);

test('set to its mean, a hook has one value at every position, and the same bits in both layouts', async () => {
  const hook = 'blocks.1.attn.hook_z';
  const values = await meanOverPrompts({ model, spec: SPEC, hook, prompts: PROMPTS });
  const operation = { kind: 'set', values } as const;
  const intervention = { hook, heads: 'all', positions: 'all', operation, enabled: true } as const;
  for (const qkv of ['fused', 'split'] as const) {
    const spec = { ...SPEC, qkv };
    const run = await prepareRun({
      model,
      spec,
      batch: 1,
      nPos: 3,
      capture: [hook],
      headInputs: 'shared',
      interventions: [intervention],
    });
    await run.execute([0, 4, 9]);
    const [read] = await run.capture.read([hook]);
    expect(Array.from(read?.values ?? [])).toEqual([...values, ...values, ...values]);
    run.destroy();
  }
});

test('what has no mean over prompts is refused by name', () => {
  const why = (patch: object) => whyNotMean({ model, spec: SPEC, hook: 'hook_embed', prompts: PROMPTS, ...patch });
  expect(why({})).toBeNull();
  expect(why({ prompts: [] })).toContain('needs a prompt');
  expect(why({ hook: 'blocks.0.attn.hook_pattern' })).toContain('no mean over prompts');
  expect(why({ hook: 'blocks.0.hook_q_input', spec: { ...SPEC, qkv: 'fused' } })).toContain('split mode only');
});
