// A step: one hook's operation as a function of the hooks that it reads. What a model's, an attention's and an MLP's steps are made of.
import type { ModelConfig } from '../../checkpoint/modelConfig.ts';
import type { BlockWeights, ModelWeights } from '../../checkpoint/weights.ts';
import type { BlockHook, HookName } from '../../hooks/hookName.ts';
import type { Intervention } from '../../hooks/intervention.ts';
import type { ReferenceSources } from '../edit.ts';
import type { ReferenceMatrix, ReferenceTensor } from '../referenceTensor.ts';
import type { Estimate } from './estimate.ts';
import { F32_ROUNDING, type RunRounding } from './narrow.ts';
import type { BoundedNorm } from './norms.ts';

/** A run as it was captured. `weights` are the checkpoint's own, whatever the run rounds them to. */
export type CapturedRun = {
  readonly config: ModelConfig;
  readonly weights: ModelWeights<ReferenceMatrix>;
  readonly tokenIds: readonly number[]; // [pos]
  readonly qkv: 'fused' | 'split';
  readonly kv: 'broadcast' | 'repeat';
  readonly captured: ReadonlyMap<HookName, ReferenceTensor>;
  readonly rounding?: RunRounding; // left out: f32
  readonly interventions?: readonly Intervention[]; // that the run carried out; left out: none
  readonly sources?: ReferenceSources; // activations of other prompts that they read
};

/** How a run normalises: its config, and what it rounds to. */
export function normOfRun(run: CapturedRun): BoundedNorm {
  return { ...run.config, precision: roundingOf(run).precision };
}

/** How a run rounds. */
export function roundingOf({ rounding = F32_ROUNDING }: Pick<CapturedRun, 'rounding'>): RunRounding {
  return rounding;
}

export type Step = {
  readonly from: readonly HookName[];
  readonly compute: (read: (hook: HookName) => ReferenceTensor) => Estimate;
};

/** A block's place in such a run. */
export type BoundedPlace = {
  readonly run: CapturedRun;
  readonly layer: number;
  readonly weights: BlockWeights<ReferenceMatrix>;
  readonly here: (hook: BlockHook) => HookName;
};

/** A step that reads one hook. */
export function fromOne(hook: HookName, compute: (x: ReferenceTensor) => Estimate): Step {
  return { from: [hook], compute: (read) => compute(read(hook)) };
}

/** A step that reads two hooks. */
export function fromTwo(
  first: HookName,
  second: HookName,
  compute: (a: ReferenceTensor, b: ReferenceTensor) => Estimate,
): Step {
  return { from: [first, second], compute: (read) => compute(read(first), read(second)) };
}
