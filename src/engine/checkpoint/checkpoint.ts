// A checkpoint that was opened: its config and where each tensor's bytes lie. No payload was read yet.
import type { WeightDtype } from '../tensor/dtype.ts';
import type { Shape } from '../tensor/shape.ts';
import type { ByteSource } from './byteSource.ts';
import type { ModelConfig } from './modelConfig.ts';
import type { ModelWeights, WeightView } from './weights.ts';

export type { WeightDtype };

export type TensorEntry = {
  readonly name: string;
  readonly dtype: WeightDtype;
  readonly shape: Shape;
  readonly source: ByteSource;
  readonly byteOffset: number; // in the source, header included
  readonly byteLength: number;
};

export type Checkpoint = {
  readonly config: ModelConfig;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly weights: ModelWeights<WeightView>;
  readonly parameters: number; // elements of all tensors that the model uses, tied ones once
  readonly byteLength: number; // of the same tensors in the checkpoint
};
