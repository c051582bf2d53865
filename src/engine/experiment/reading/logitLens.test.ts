import { expect, test } from 'vitest';
import { testDevice } from '../../../../test/support/gpu.ts';
import { nodeFolder } from '../../../sources/folder.node.ts';
import { openCheckpoint } from '../../checkpoint/openCheckpoint.ts';
import { gpuOf } from '../../gpu/device.ts';
import { loadModel } from '../../model/loadModel.ts';
import { prepareRun } from '../../model/prepareRun.ts';
import { readReferenceWeights } from '../../reference/loadWeights.ts';
import { denseRows, matmul } from '../../reference/matmul.ts';
import { NO_NORM_HOOKS, norm } from '../../reference/norm.ts';
import { topTokens } from '../topTokens.ts';
import { lensHooks, logitLens } from './logitLens.ts';

const PROMPT = [0, 631, 523, 269, 521, 323, 262, 260, 655, 12, 521, 332, 259, 585, 262]; // … John gave a drink to
const MARY = 523;

test.each(['demo-gqa', 'demo-neox'])(
  '%s: each row is norm and unembedding of the stream; the last is the logits',
  async (name) => {
    const gpu = gpuOf(await testDevice());
    const checkpoint = await openCheckpoint(nodeFolder(`public/models/${name}`));
    const { config } = checkpoint;
    const model = await loadModel(gpu, checkpoint);
    const spec = { qkv: 'fused', kv: 'broadcast', order: { kind: 'canonical' } } as const;
    const run = await prepareRun({
      model,
      spec,
      batch: 1,
      nPos: PROMPT.length,
      capture: 'standard',
      headInputs: 'shared',
    });
    await run.execute(PROMPT);
    const position = PROMPT.length - 1;
    const rows = await logitLens(model, { capture: run.capture, spec }, position);
    const hooks = lensHooks(config.nLayers);
    expect(rows.map(({ hook }) => hook)).toEqual(hooks);

    const [out] = await run.capture.read(['unembed.hook_out']);
    const last = out?.values.subarray(position * config.dVocab);
    expect(new Uint32Array(rows.at(-1)?.logits.buffer ?? new ArrayBuffer(0))).toEqual(
      new Uint32Array(Float32Array.from(last ?? []).buffer),
    );
    expect(topTokens(rows.at(-1)?.logits ?? new Float32Array(), 1)[0]?.id).toBe(MARY);

    const weights = await readReferenceWeights(checkpoint);
    const streams = await run.capture.read(hooks);
    streams.forEach(({ values }, at) => {
      const row = Float64Array.from(values.subarray(position * config.dModel, (position + 1) * config.dModel));
      const stream = { shape: [1, config.dModel], values: row };
      const normed = weights.lnFinal ? norm(stream, weights.lnFinal, config, NO_NORM_HOOKS) : stream;
      const truth = matmul(denseRows(normed.values, config.dModel), weights.W_U, weights.b_U);
      const largest = truth.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
      // A sum of d_model f32 products behind a norm: some 2·d roundings of the largest logit's size.
      const allowed = 2 * config.dModel * 2 ** -24 * largest;
      rows[at]?.logits.forEach((logit, id) => {
        expect(Math.abs(logit - (truth[id] ?? Number.NaN))).toBeLessThan(allowed);
      });
    });
    await expect(logitLens(model, { capture: run.capture, spec }, 15)).rejects.toThrow('There is no position 15');
    run.destroy();
    model.destroy();
  },
);
