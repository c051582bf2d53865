import { expect, test } from 'vitest';
import { openReference } from '../../../../test/support/goldens.ts';
import { testDevice } from '../../../../test/support/gpu.ts';
import { nodeFolder } from '../../../sources/folder.node.ts';
import { openCheckpoint } from '../../checkpoint/openCheckpoint.ts';
import { gpuOf } from '../../gpu/device.ts';
import { loadModel } from '../../model/loadModel.ts';
import { topTokens } from '../topTokens.ts';
import { readOutwardWeights } from './outwardWeights.ts';
import { readPrediction } from './readPrediction.ts';

const PROMPT = [0, 631, 523, 269, 521, 323, 262, 260, 655, 12, 521, 332, 259, 585, 262]; // … John gave a drink to
const [MARY, JOHN] = [523, 521];
const SPEC = { qkv: 'fused', kv: 'broadcast', order: { kind: 'canonical' } } as const;

test.each(['public/models/demo-gqa', 'public/models/demo-neox', 'test/fixtures/goldens/gpt_neox'])(
  '%s: the parts sum to the logit within the bound, by head and under an edit',
  async (path) => {
    const checkpoint = await openCheckpoint(nodeFolder(path));
    const model = await loadModel(gpuOf(await testDevice()), checkpoint);
    const { nLayers, nHeads, dVocab } = model.config;
    const clean = PROMPT.map((id) => id % dVocab);
    const edit = { hook: 'blocks.1.attn.hook_z', heads: [0], positions: 'all', operation: { kind: 'zero' } } as const;
    for (const interventions of [[], [{ ...edit, enabled: true }]]) {
      for (const tokens of [[MARY % dVocab], [MARY % dVocab, JOHN % dVocab]] as const) {
        const reading = await readPrediction({
          model,
          checkpoint,
          spec: SPEC,
          prompts: { clean, corrupted: null },
          interventions,
          position: 14,
          tokens,
        });
        const { sum, logit, bound, parts } = reading.attribution;
        expect(reading.whyNotByHead).toBeNull();
        expect(reading.lens).toHaveLength(nLayers + 1);
        expect(parts.filter(({ name }) => /^L\d+H\d+$/.test(name))).toHaveLength(nLayers * nHeads);
        expect(Math.abs(sum - logit)).toBeLessThanOrEqual(bound);
        expect(bound).toBeLessThan(0.1); // the check has teeth: a missing head would be seen
        if (interventions.length > 0) expect(parts.find(({ name }) => name === 'L1H0')?.logit).toBe(0);
      }
    }
    model.destroy();
  },
);

test('demo-gqa: the lens ends in Mary, and columns read by range are those of the whole W_U', async () => {
  const checkpoint = await openCheckpoint(nodeFolder('public/models/demo-gqa'));
  const model = await loadModel(gpuOf(await testDevice()), checkpoint);
  const ask = {
    model,
    checkpoint,
    spec: SPEC,
    prompts: { clean: PROMPT, corrupted: null },
    interventions: [],
    position: 14,
    tokens: [MARY],
  } as const;
  const { lens } = await readPrediction(ask);
  expect(topTokens(lens.at(-1)?.logits ?? new Float32Array(), 1)[0]?.id).toBe(MARY);
  expect(topTokens(lens[0]?.logits ?? new Float32Array(), 1)[0]?.id).not.toBe(MARY);
  await expect(readPrediction({ ...ask, position: 15 })).rejects.toThrow('There is no position 15');
  await expect(readPrediction({ ...ask, tokens: [5000] })).rejects.toThrow('Token 5000 is not in the vocabulary');
  model.destroy();
});

test.each(['public/models/demo-gqa', 'test/fixtures/goldens/gpt_neox', 'test/fixtures/goldens/mistral'])(
  '%s: weights read by range are the reference weights',
  async (path) => {
    const { weights, config } = await openReference(path);
    const tokens = [0, 7, config.dVocab - 1];
    const read = await readOutwardWeights(await openCheckpoint(nodeFolder(path)), tokens);
    tokens.forEach((token, at) => {
      const column = Float64Array.from({ length: config.dModel }, (_, i) => {
        return weights.W_U.values[i * weights.W_U.columns + token] ?? Number.NaN;
      });
      expect(read.columns[at]).toEqual(column);
    });
    expect(read.lnFinal?.w).toEqual(weights.lnFinal?.w.values);
    expect(read.b_O.map((b) => b ?? null)).toEqual(weights.blocks.map(({ b_O }) => b_O?.values ?? null));
  },
);
