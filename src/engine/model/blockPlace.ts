// What the code of one block is given: its context, its layer, its weights, and how it names and passes its hooks.
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import { type BlockHook, blockHook, type HookName } from '../hooks/hookName.ts';
import type { GpuBlock } from './gpuWeights.ts';
import type { RunContext } from './runContext.ts';

export type BlockPlace = {
  readonly context: RunContext;
  readonly layer: number;
  readonly weights: GpuBlock;
  readonly at: (hook: BlockHook, tensor: GpuTensor) => GpuTensor;
  readonly edited: (hook: BlockHook, tensor: GpuTensor) => GpuTensor; // as `at`, and not shown
  readonly isWanted: (hook: BlockHook) => boolean; // some hooks are made on request only
  readonly name: (part: string) => string; // blocks.L.part
};

/** Gives a block its place: names and hooks carry its layer. */
export function placeOf(context: RunContext, layer: number, weights: GpuBlock): BlockPlace {
  const hook = (part: BlockHook): HookName => blockHook(layer, part);
  return {
    context,
    layer,
    weights,
    at: (part, tensor) => context.recorder.at(hook(part), tensor),
    edited: (part, tensor) => context.recorder.edited(hook(part), tensor),
    isWanted: (part) => context.recorder.isWanted(hook(part)),
    name: (part) => `blocks.${layer}.${part}`,
  };
}
