import { expect, test } from 'vitest';
import { ARCHITECTURE_FIXTURES } from '../../../../test/support/architectureFixtures.ts';
import { randomArchitecture } from '../../../../test/support/randomModel.ts';
import { parseHookName } from '../../hooks/hookName.ts';
import { ieee } from '../arithmetic.ts';
import { referenceForward } from '../forward.ts';
import { readReferenceWeights } from '../loadWeights.ts';
import { operationAt } from './operationAt.ts';
import { worstShare } from './worstShare.ts';

const TOKENS = [3, 1, 4, 1, 5, 9, 2];
const ORDERS = [
  { kind: 'canonical' },
  { kind: 'reversed' },
  { kind: 'pairwise' },
  { kind: 'blocked', blockLength: 5 },
  { kind: 'splitK', chunks: 3 },
  { kind: 'compensated' },
] as const;

test.each(ARCHITECTURE_FIXTURES.map(({ name }) => name))(
  '%s: every hook of a run in f32, whatever the order, is within its bound given its own inputs',
  async (name) => {
    const checkpoint = await randomArchitecture(name);
    const { config } = checkpoint;
    const weights = await readReferenceWeights(checkpoint);
    const tokenIds = TOKENS.map((token) => token % config.dVocab);
    const beyond: string[] = [];
    const unbounded = new Set<string>();
    for (const [at, order] of ORDERS.entries()) {
      const modes = { qkv: at % 2 === 0 ? 'fused' : 'split', kv: at % 3 === 2 ? 'repeat' : 'broadcast' } as const;
      const arithmetic = ieee({ precision: 'f32', bias: 'inside', order, softmaxBlock: null });
      const captured = referenceForward({ config, weights, tokenIds, ...modes, arithmetic });
      for (const [hook, tensor] of captured) {
        const estimate = operationAt(hook, { config, weights, tokenIds, ...modes, captured });
        if (typeof estimate === 'string') unbounded.add(parseHookName(hook)?.hook ?? hook);
        else if (!(worstShare(estimate, tensor.values).share <= 1)) beyond.push(`${order.kind} ${hook}`);
        if (typeof estimate !== 'string') expect(estimate.shape).toEqual(tensor.shape);
      }
    }
    expect(beyond).toEqual([]);
    expect([...unbounded]).toEqual(config.experts ? ['mlp.hook_expert_indices', 'hook_mlp_out'] : []);
  },
);

const NARROW = [
  { precision: 'f16', bias: 'inside', softmaxBlock: null },
  { precision: 'f16', bias: 'after', softmaxBlock: 3 },
  { precision: 'bf16', bias: 'inside', softmaxBlock: 2 },
  { precision: 'bf16', bias: 'after', softmaxBlock: null },
  { precision: 'f32', bias: 'inside', softmaxBlock: 2 },
] as const;

test.each(ARCHITECTURE_FIXTURES.map(({ name }) => name))(
  '%s: so is every hook of a run in f16 or bf16, the bias inside or after, and of an online softmax',
  async (name) => {
    const checkpoint = await randomArchitecture(name);
    const { config } = checkpoint;
    const weights = await readReferenceWeights(checkpoint);
    const tokenIds = TOKENS.map((token) => token % config.dVocab);
    const beyond: string[] = [];
    for (const [at, rounding] of NARROW.entries()) {
      const modes = { qkv: at % 2 === 0 ? 'split' : 'fused', kv: at % 3 === 2 ? 'repeat' : 'broadcast' } as const;
      const arithmetic = ieee({ ...rounding, order: ORDERS[at] ?? ORDERS[0] });
      const asHeld = await readReferenceWeights(checkpoint, undefined, rounding.precision);
      const captured = referenceForward({ config, weights: asHeld, tokenIds, ...modes, arithmetic });
      for (const [hook, tensor] of captured) {
        const estimate = operationAt(hook, { config, weights, tokenIds, ...modes, captured, rounding });
        if (typeof estimate === 'string') continue;
        const { share } = worstShare(estimate, tensor.values);
        if (!(share <= 1)) beyond.push(`${rounding.precision} ${rounding.bias} ${hook}: ${share}`);
      }
    }
    expect(beyond).toEqual([]);
  },
);
