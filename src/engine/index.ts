// The one door of the engine. Everything outside `engine/` imports from here and from nowhere deeper.
export type {
  ComparisonSummary,
  Histogram,
  Inspection,
  LadderRow,
  StructuralFact,
  TensorStatistics,
  Verdict,
  WorstElement,
} from './analysis/comparison.ts';
export type { ByteSource, CheckpointFolder } from './checkpoint/byteSource.ts';
export type { Checkpoint, TensorEntry, WeightDtype } from './checkpoint/checkpoint.ts';
export { CheckpointError } from './checkpoint/checkpointError.ts';
export type {
  ActivationName,
  ModelConfig,
  Normalization,
  RotaryConfig,
  RotaryScaling,
} from './checkpoint/modelConfig.ts';
export { openCheckpoint } from './checkpoint/openCheckpoint.ts';
export { readConfig, supportedModelTypes } from './checkpoint/readConfig.ts';
export { openRequired, readJson, readText } from './checkpoint/readText.ts';
export {
  readHeader,
  type SafetensorsDtype,
  type SafetensorsEntry,
  type SafetensorsHeader,
} from './checkpoint/safetensors.ts';
export type { BlockWeights, MlpWeights, ModelWeights, NormWeights, WeightView } from './checkpoint/weights.ts';
export {
  DEFAULT_EXPERIMENT,
  type Experiment,
  type Mode,
  type ModelReference,
  type PatternShow,
  type PatternSide,
  type Prompt,
  type Tolerance,
  TRANSFORMER_LENS_TOLERANCE,
  type View,
} from './experiment/experiment.ts';
export type { Fingerprint, Reproduction, RunFingerprint } from './experiment/fingerprint.ts';
export type { ExperimentResult, HookInfo, KernelTime, RunCounters, RunReport, TopToken } from './experiment/result.ts';
export {
  DEFAULT_RUN_SPEC,
  isOrder,
  type Order,
  parseOrder,
  type RunSpec,
  SPLIT_RUN_SPEC,
  whyNotRunnable,
} from './experiment/runSpec.ts';
export {
  BLOCK_HOOKS,
  type BlockHook,
  blockHook,
  type HookName,
  isHookName,
  MODEL_HOOKS,
  parseHookName,
} from './hooks/hookName.ts';
export type { Intervention, Operation } from './hooks/intervention.ts';
export { f64FromBytes, widenToF32 } from './tensor/bits.ts';
export { digest, digestIntegers } from './tensor/digest.ts';
export { elementCount, formatShape, ravel, type Shape, sameShape, unravel } from './tensor/shape.ts';
export { ulpDistance, ulpOf } from './tensor/ulp.ts';
