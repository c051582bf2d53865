// How a run computes and rounds: overrides that every kernel with arithmetic has (shared/arithmetic.wgsl, shared/precision.wgsl).
// A property of the run, not of a call: set on all its dispatches at once.
import type { Kernel } from '../gpu/pipelineCache.ts';
import type { Dispatch } from '../gpu/plan.ts';
import arithmeticCode from './shared/arithmetic.wgsl?raw';
import nativeCode from './shared/arithmeticNative.wgsl?raw';
import precisionCode from './shared/precision.wgsl?raw';
import rootsCode from './shared/roots.wgsl?raw';

export type Numerics = {
  readonly arithmetic: 'native' | 'portable';
  readonly precision: 'f32' | 'f16' | 'bf16'; // what each operation's result is rounded to
  readonly bias: 'inside' | 'after'; // before that rounding, or after it and rounded again; the same in f32
};

export const NATIVE_F32: Numerics = { arithmetic: 'native', precision: 'f32', bias: 'inside' };

const ROUNDING = { f32: 0, f16: 1, bf16: 2 } as const;

/**
 * Makes a kernel whose arithmetic is the run's: its own code after what it shares. Its dims end with `zero`, left 0. The kernel itself is
 * native f32; in other numerics it gives way to a text in which they are overrides, and which takes three times as long to compile.
 */
export function numericKernel(
  name: string,
  code: readonly string[],
  bindings: Kernel['bindings'],
  directives: readonly string[] = [], // WGSL wants them first
): Kernel {
  const text = (shared: readonly string[]): string => [...directives, ...shared, ...code].join('\n');
  const inNumerics = { name: `${name}InNumerics`, code: text([arithmeticCode, rootsCode, precisionCode]), bindings };
  return { name, code: text([nativeCode]), bindings, inNumerics };
}

/** The same dispatch under a run's numerics; a copy of bits stays as it is. */
export function withNumerics(dispatch: Dispatch, { arithmetic, precision, bias }: Numerics): Dispatch {
  const { inNumerics } = dispatch.kernel;
  if (!inNumerics || (arithmetic === 'native' && precision === 'f32')) return dispatch; // where the bias is added is one, in f32
  const overrides = {
    portable: Number(arithmetic === 'portable'),
    rounding: ROUNDING[precision],
    bias_after: Number(bias === 'after'),
  };
  return { ...dispatch, kernel: inNumerics, overrides: { ...dispatch.overrides, ...overrides } };
}
