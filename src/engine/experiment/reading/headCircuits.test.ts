import { expect, test } from 'vitest';
import { openReference } from '../../../../test/support/goldens.ts';
import { copyingScore, topOvPairs, topQkPairs, whyNoCircuits } from '../../analysis/vocabularyCircuits.ts';
import { referenceForward } from '../../reference/forward.ts';
import { headCircuits } from './headCircuits.ts';

const DEMO = 'public/models/demo-gqa';

test('the QK circuit of layer 0 is the score that a token gives itself, alone in the prompt', async () => {
  const { config, weights } = await openReference('test/fixtures/goldens/mistral');
  const tokens = [3, 250, 77];
  for (const head of [0, config.nHeads - 1]) {
    const pairs = topQkPairs(headCircuits(config, weights, 0, head), config.dVocab ** 2);
    for (const token of tokens) {
      // At one and the same position rotary turns q and k alike, which leaves their product as it is.
      const run = referenceForward({ config, weights, tokenIds: [token], qkv: 'fused', kv: 'broadcast' });
      const own = pairs.find(({ from, to }) => from === token && to === token);
      expect(own?.score).toBeCloseTo(run.get('blocks.0.attn.hook_attn_scores')?.values[head] ?? Number.NaN, 10);
    }
    expect(pairs.every(({ score }, i) => i === 0 || score <= (pairs[i - 1]?.score ?? 0))).toBe(true);
  }
});

test('the OV circuit of layer 0 is what the head adds to the logits, up to the scale of the final norm', async () => {
  const { config, weights } = await openReference('test/fixtures/goldens/gpt_neox');
  const token = 11;
  const run = referenceForward({ config, weights, tokenIds: [token], qkv: 'fused', kv: 'broadcast' });
  const result = run.get('blocks.0.attn.hook_result')?.values ?? new Float64Array();
  const circuits = headCircuits(config, { ...weights, blocks: weights.blocks.map((b) => ({ ...b, b_V: null })) }, 0, 1);
  const pairs = topOvPairs(circuits, config.dVocab ** 2).filter(({ from }) => from === token);
  // The value bias is no part of the circuit: what it adds is the same whichever token is attended to.
  const biasOut = (column: number) => {
    const first = config.dHead;
    let sum = 0;
    for (let i = 0; i < config.dHead; i++) {
      sum +=
        (weights.blocks[0]?.b_V?.values[first + i] ?? 0) *
        (circuits.W_O.values[i * config.dModel + column] ?? Number.NaN);
    }
    return sum;
  };
  const written = Float64Array.from({ length: config.dModel }, (_, i) => {
    return (result[config.dModel + i] ?? Number.NaN) - biasOut(i);
  });
  for (const { to, score } of pairs.slice(0, 5)) {
    let expected = 0;
    written.forEach((value, i) => {
      expected += value * (circuits.W_out.values[i * circuits.W_out.columns + to] ?? Number.NaN);
    });
    expect(score).toBeCloseTo(expected, 9);
  }
});

test('demo-gqa: the induction heads, all of layer 1, copy; no other head does', async () => {
  const { config, weights } = await openReference(DEMO);
  for (const layer of [0, 1, 2, 3]) {
    for (let head = 0; head < config.nHeads; head++) {
      const { eigenvalues, topShare } = copyingScore(headCircuits(config, weights, layer, head));
      // Measured: 0.98 to 0.99 and half of all tokens in layer 1; at most 0.49 and 1 % elsewhere.
      expect(eigenvalues > 0.9, `L${layer}H${head}: ${eigenvalues}`).toBe(layer === 1);
      expect(topShare > 0.4, `L${layer}H${head}: ${topShare}`).toBe(layer === 1);
      expect(Math.abs(eigenvalues)).toBeLessThanOrEqual(1 + 1e-9);
    }
  }
});

test('a head that is not there and a vocabulary too large are refused by name', async () => {
  const { config, weights } = await openReference(DEMO);
  expect(() => headCircuits(config, weights, 4, 0)).toThrow(
    'There is no head L4H0: the model has 4 layers of 8 heads.',
  );
  expect(whyNoCircuits(50_304)).toContain('50304 tokens');
});
