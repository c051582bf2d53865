// The parts of the stream, and the attribution of a logit to them, on recorded checkpoints run by the f64 reference.
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openReference, readMeta, SHARED_GOLDENS } from '../../../../test/support/goldens.ts';
import { attributeLogit } from '../../analysis/logitAttribution.ts';
import type { HookName } from '../../hooks/hookName.ts';
import { referenceForward } from '../../reference/forward.ts';
import { streamPartHooks, streamParts, whyNotByHead } from './streamParts.ts';

const OWN = ['gpt_neox', 'llama3_rope', 'mistral'].map((name) => `test/fixtures/goldens/${name}`);
const SHARED = existsSync(SHARED_GOLDENS)
  ? readdirSync(SHARED_GOLDENS)
      .filter((name) => existsSync(`${SHARED_GOLDENS}/${name}/model.safetensors`))
      .map((name) => `${SHARED_GOLDENS}/${name}`)
  : [];
if (SHARED.length === 0) console.log(`${SHARED_GOLDENS} is not there: only the project's own recordings were checked.`);

/** f64 all through: sums of some hundred terms in another order. */
const RELATIVE = 1e-11;

describe.each([...OWN, ...SHARED])('%s', (folder) => {
  test('the parts sum to the stream, and their attributions to each logit, by head and by block', async () => {
    const { config, weights } = await openReference(folder);
    const { input_ids } = readMeta(folder);
    const run = referenceForward({ config, weights, tokenIds: input_ids, qkv: 'fused', kv: 'broadcast' });
    const pos = input_ids.length - 1;
    const row = (hook: HookName) => rowAt(run.get(hook), pos);
    const stream = row(`blocks.${config.nLayers - 1}.hook_resid_post`);
    const logits = row('unembed.hook_out');
    for (const byHead of whyNotByHead(config) ? [false] : [false, true]) {
      for (const hook of streamPartHooks(config, byHead)) expect(run.has(hook), hook).toBe(true);
      const parts = streamParts(config, row, byHead ? { b_O: weights.blocks.map((b) => b.b_O?.values ?? null) } : null);
      stream.forEach((expected, i) => {
        const sum = parts.reduce((total, { values }) => total + (values[i] ?? Number.NaN), 0);
        expect(Math.abs(sum - expected)).toBeLessThan(RELATIVE * Math.max(1, Math.abs(expected)));
      });
      for (const token of [0, 7, config.dVocab - 1]) {
        const { lnFinal, W_U, b_U } = weights;
        const offset = config.normalization === 'RMS' ? config.normWeightOffset : 0;
        const attribution = attributeLogit(
          parts,
          lnFinal && {
            centres: config.normalization === 'LN',
            scale: row('ln_final.hook_scale')[0] ?? Number.NaN,
            w: lnFinal.w.values.map((w) => w + offset),
            b: lnFinal.b?.values ?? null,
          },
          {
            column: Float64Array.from({ length: config.dModel }, (_, i) => W_U.values[i * W_U.columns + token] ?? NaN),
            bias: b_U?.values[token] ?? 0,
          },
          { logit: logits[token] ?? Number.NaN, roundings: 0 },
        );
        expect(Math.abs(attribution.sum - attribution.logit)).toBeLessThan(RELATIVE * 100);
        expect(Math.abs(attribution.sum - attribution.logit)).toBeLessThanOrEqual(attribution.bound);
        expect(attribution.parts.at(-1)?.name).toBe('bias');
      }
    }
  });
});

function rowAt(tensor: { readonly shape: readonly number[]; readonly values: Float64Array } | undefined, pos: number) {
  if (!tensor) throw new Error('the run has no such hook');
  const width = tensor.values.length / (tensor.shape[0] ?? 1);
  return tensor.values.subarray(pos * width, (pos + 1) * width);
}
