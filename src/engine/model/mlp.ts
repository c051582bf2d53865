// The MLP of one block: plain, gated, or a mixture of experts, as weights and config say.
import type { GpuTensor } from '../gpu/gpuTensor.ts';
import type { BlockHook } from '../hooks/hookName.ts';
import { activation } from '../kernels/elementwise.ts';
import { type Chosen, chooseExperts, expertWeights, mixExpert } from '../kernels/experts.ts';
import type { BlockPlace } from './blockPlace.ts';
import type { GpuMlp, GpuMoe } from './gpuWeights.ts';
import { linear, rowElements, rowStride, rowTensor } from './runContext.ts';

/** Records the MLP of a normalised input [pos, d_model], before any post norm: [pos, d_model]. */
export function mlp(x: GpuTensor, place: BlockPlace): GpuTensor {
  const { weights, at, name } = place;
  if ('experts' in weights.mlp) return mixture(x, weights.mlp, place);
  const out = { label: name('mlp.out'), heldBy: [name('hook_mlp_out')] };
  return plainOrGated(x, weights.mlp, place, { at, name: (hook) => name(hook), out });
}

/** How an MLP names what it makes and passes its hooks; experts have none. */
type MlpNames = {
  readonly at: (hook: BlockHook, tensor: GpuTensor) => GpuTensor;
  readonly name: (hook: BlockHook) => string;
  readonly out: { readonly label: string; readonly heldBy: readonly string[] };
};

/** post = act(x·W_gate) · (x·W_in), or act(x·W_in) where nothing gates; out = post·W_out: [pos, d_model]. */
function plainOrGated(
  x: GpuTensor, // [pos, d_model]
  weights: GpuMlp,
  { context }: BlockPlace,
  { at, name, out }: MlpNames,
): GpuTensor {
  const { dMlp, dModel } = context.config;
  const first = weights.gate ?? weights.in;
  const pre = at('mlp.hook_pre', linear(context, name('mlp.hook_pre'), x, first, [dMlp]));
  const preLinear = weights.gate
    ? at('mlp.hook_pre_linear', linear(context, name('mlp.hook_pre_linear'), x, weights.in, [dMlp]))
    : null;
  const post = rowTensor(context, name('mlp.hook_post'), [dMlp]);
  const elements = rowElements(context, post);
  context.recorder.emit(activation({ pre, preLinear, post, elements, activation: context.config.activation }));
  return linear(context, out.label, at('mlp.hook_post', post), weights.out, [dModel], out.heldBy);
}

/**
 * The router sends each position to some experts, and what these give is summed by their shares, experts in ascending order.
 * Every expert is computed for every position, in the same memory one after the other, and left out of the sum where it has no
 * share: the bits of a position depend on its own row alone.
 */
function mixture(x: GpuTensor, moe: GpuMoe, place: BlockPlace): GpuTensor {
  const { context, name } = place;
  const { dModel, experts } = context.config;
  if (!experts) throw new Error(`internal: block ${place.layer} has experts, and the config none`);
  const chosen = routed(x, moe, experts, place);
  const mixed = rowTensor(context, name('mlp.out'), [dModel], [name('hook_mlp_out')]);
  const args = { chosen, mixed, rowStride: rowStride(context, mixed), rows: context.rows, dModel };
  const names: MlpNames = {
    at: (_, tensor) => tensor,
    name: (hook) => name(hook.replace('hook_', 'expert_')),
    out: { label: name('mlp.expert_out'), heldBy: [] },
  };
  moe.experts.forEach((weights, expert) => {
    const y = plainOrGated(x, weights, place, names);
    context.recorder.emit(mixExpert({ ...args, perToken: experts.perToken, y, expert }));
  });
  return mixed;
}

/** Weighs all experts, then chooses: an edited weight changes who is chosen and what each counts for, an edited index only whom its share goes to. */
function routed(
  x: GpuTensor, // [pos, d_model]
  moe: GpuMoe,
  experts: { readonly count: number; readonly perToken: number },
  { context, at, name }: BlockPlace,
): Chosen {
  const { rows, recorder } = context;
  const ofRows = (tensor: GpuTensor) => ({ tensor, rowStride: rowStride(context, tensor) });
  const logits = linear(context, name('mlp.router'), x, moe.router, [experts.count]);
  const weights = rowTensor(context, name('mlp.hook_expert_weights'), [experts.count]);
  recorder.emit(expertWeights({ rows, nExperts: experts.count, logits: ofRows(logits), weights: ofRows(weights) }));
  const passed = at('mlp.hook_expert_weights', weights);
  const indices = rowTensor(context, name('mlp.hook_expert_indices'), [experts.perToken]);
  const shares = rowTensor(context, name('mlp.share'), [experts.perToken]);
  const chosen = { indices, shares, rowStride: rowStride(context, shares) };
  recorder.emit(chooseExperts({ rows, experts, weights: ofRows(passed), chosen }));
  return { ...chosen, indices: at('mlp.hook_expert_indices', indices) };
}
