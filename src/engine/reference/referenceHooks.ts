// The hooks of one reference run: each activation is recorded under its name, in running order, and may be edited on its way.
import { type BlockHook, blockHook, type HookName } from '../hooks/hookName.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import type { ReferenceTensor } from './referenceTensor.ts';

/** Returns what the run goes on with in place of an activation: the same tensor, or another of its shape. `soFar`: what came before. */
export type ReferenceEdit = (
  hook: HookName,
  tensor: ReferenceTensor,
  soFar: ReadonlyMap<HookName, ReferenceTensor>,
) => ReferenceTensor;

export type ReferenceHooks = {
  readonly captured: Map<HookName, ReferenceTensor>;
  readonly at: (hook: HookName, tensor: ReferenceTensor) => ReferenceTensor;
};

export type BlockHooks = (hook: BlockHook, tensor: ReferenceTensor) => ReferenceTensor;

/** Begins a recording; a hook met more than once (ln1 of split mode) keeps its last tensor, as in TransformerLens. */
export function recordHooks(edit: ReferenceEdit = (_, tensor) => tensor): ReferenceHooks {
  const captured = new Map<HookName, ReferenceTensor>();
  const at: ReferenceHooks['at'] = (hook, tensor) => {
    const edited = edit(hook, tensor, captured);
    if (!sameShape(edited.shape, tensor.shape)) {
      throw new Error(
        `the edit of ${hook} has shape ${formatShape(edited.shape)}, expected ${formatShape(tensor.shape)}`,
      );
    }
    captured.set(hook, edited);
    return edited;
  };
  return { captured, at };
}

/** Narrows the hooks of a run to one block's: names without `blocks.L.`. */
export function hooksOfBlock(hooks: ReferenceHooks, layer: number): BlockHooks {
  return (hook, tensor) => hooks.at(blockHook(layer, hook), tensor);
}
