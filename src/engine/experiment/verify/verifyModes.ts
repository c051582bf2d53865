// The ways of running the demo models that "Verify this GPU" goes through: every value of every field of a run specification, in the
// arithmetic of the GPU and in portable arithmetic, whose bits are known beforehand. What the grouped model has shown of orders, f16
// and softmax, the other does not show again: each pipeline is compiled once more for it, and a reader waits.
import type { ModelConfig } from '../../checkpoint/modelConfig.ts';
import { DEFAULT_RUN_SPEC, describeSpec, type Order, type RunSpec } from '../runSpec.ts';

export type VerifyMode = {
  readonly name: string; // 'split, reversed', 'fused · prompt 2'
  readonly spec: RunSpec;
  readonly prompt: number; // of the recorded ones, from 0
};

const ORDERS: readonly Order[] = ['reversed', 'pairwise', 'blocked(32)', 'splitK(4)', 'compensated'];

/** The modes of a model with so many recorded prompts, in the order in which they run: fused first, whose bits other layouts must have. */
export function modesOf(
  { nHeads, nKeyValueHeads }: Pick<ModelConfig, 'nHeads' | 'nKeyValueHeads'>,
  { blocks }: { readonly blocks: readonly { readonly b_Q: unknown }[] },
  prompts: number,
): readonly VerifyMode[] {
  const isGrouped = nKeyValueHeads < nHeads; // kv: repeat does something
  const isBiased = blocks.some(({ b_Q }) => b_Q !== null); // bias: after does something
  const fused = DEFAULT_RUN_SPEC;
  const split = { ...fused, qkv: 'split' as const };
  const native: readonly RunSpec[] = [
    fused,
    split,
    ...(isGrouped ? [fused, split].map((spec) => ({ ...spec, kv: 'repeat' as const })) : []),
    ...(isGrouped ? ORDERS : ORDERS.slice(0, 1)).map((order) => ({ ...split, order })),
    ...(isGrouped
      ? [
          { ...fused, softmax: 'online' as const },
          { ...split, precision: 'f16' as const },
        ]
      : []),
    ...(isBiased ? (['inside', 'after'] as const) : (['inside'] as const)).map((bias) => ({
      ...split,
      precision: 'bf16' as const,
      bias,
    })),
  ];
  const others = Array.from({ length: prompts - 1 }, (_, at) => modeOf(fused, at + 1));
  const all = [...native, ...native.map((spec) => ({ ...spec, arithmetic: 'portable' as const }))];
  return [...all.map((spec) => modeOf(spec, 0)), ...others];
}

function modeOf(spec: RunSpec, prompt: number): VerifyMode {
  const name = describeSpec(spec);
  return { name: prompt === 0 ? name : `${name} · prompt ${prompt + 1}`, spec, prompt };
}
