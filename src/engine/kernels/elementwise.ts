// Dispatches what is done element by element: activation.wgsl and add.wgsl. All tensors of a call are laid out alike.
import type { BufferSlot, GpuTensor } from '../gpu/gpuTensor.ts';
import type { Dispatch } from '../gpu/plan.ts';
import activationCode from './activation.wgsl?raw';
import addCode from './add.wgsl?raw';
import { numericKernel } from './numerics.ts';
import activationsCode from './shared/activations.wgsl?raw';
import expCode from './shared/exp.wgsl?raw';
import { spread } from './spread.ts';

export const ACTIVATION = numericKernel(
  'activation',
  [expCode, activationsCode, activationCode],
  ['uniform', 'read', 'read', 'write'],
);
export const ADD = numericKernel('add', [addCode], ['uniform', 'read', 'read', 'write']);

/** The number by which shared/activations.wgsl knows each function. */
const ACTIVATION_NUMBER = { silu: 0, gelu: 1, gelu_tanh: 2, relu: 3 } as const;

export type ActivationArgs = {
  readonly pre: GpuTensor; // [rows, d_mlp]
  readonly preLinear: GpuTensor | null; // [rows, d_mlp] where the MLP is gated
  readonly post: GpuTensor; // [rows, d_mlp]
  readonly elements: number; // padding included
  readonly activation: keyof typeof ACTIVATION_NUMBER;
};

/** post = act(pre), times pre_linear where there is one. */
export function activation(args: ActivationArgs): Dispatch {
  const vec4s = Math.ceil(args.elements / 4);
  const workgroups = spread(Math.ceil(vec4s / 64));
  return {
    label: args.post.label,
    kernel: ACTIVATION,
    overrides: { activation: ACTIVATION_NUMBER[args.activation], gated: Number(args.preLinear !== null) },
    dims: [vec4s, workgroups[0] * 64],
    buffers: [args.pre.slot, (args.preLinear ?? args.pre).slot, args.post.slot],
    workgroups,
    multiplyAdds: 0,
  };
}

/** sum = a + b. */
export function add(a: BufferSlot, b: BufferSlot, sum: GpuTensor, elements: number): Dispatch {
  const vec4s = Math.ceil(elements / 4);
  const workgroups = spread(Math.ceil(vec4s / 64));
  return {
    label: sum.label,
    kernel: ADD,
    overrides: {},
    dims: [vec4s, workgroups[0] * 64],
    buffers: [a, b, sum.slot],
    workgroups,
    multiplyAdds: 0,
  };
}
