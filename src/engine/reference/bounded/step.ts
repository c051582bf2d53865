// A step: one hook's operation as a function of the hooks that it reads. What a model's, an attention's and an MLP's steps are made of.
import type { ModelConfig } from '../../checkpoint/modelConfig.ts';
import type { BlockWeights, ModelWeights } from '../../checkpoint/weights.ts';
import type { BlockHook, HookName } from '../../hooks/hookName.ts';
import { denseRows, matmul } from '../matmul.ts';
import type { ReferenceMatrix, ReferenceTensor } from '../referenceTensor.ts';
import { type Estimate, sumOfTerms } from './estimate.ts';

/** A run without interventions, in f32, as it was captured. */
export type CapturedRun = {
  readonly config: ModelConfig;
  readonly weights: ModelWeights<ReferenceMatrix>;
  readonly tokenIds: readonly number[]; // [pos]
  readonly qkv: 'fused' | 'split';
  readonly kv: 'broadcast' | 'repeat';
  readonly captured: ReadonlyMap<HookName, ReferenceTensor>;
};

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

/** x·W + b over the last axes of x that fill W's rows: [pos, columns]. */
export function productOf(x: Estimate, W: ReferenceMatrix, b: ReferenceMatrix | null): Estimate {
  return sumOfTerms([x], W.rows + 1, ([rows = x], arithmetic) => {
    const dense = denseRows(rows.values, W.rows);
    return { shape: [dense.rows, W.columns], values: matmul(dense, W, b, arithmetic) };
  });
}
