// The one door of the engine. Everything outside `engine/` imports from here and from nowhere deeper.

export { shapesAlign } from './analysis/align.ts';
export { compareTensors, worstElements } from './analysis/compare.ts';
export type {
  ComparisonSummary,
  DifferenceShape,
  ErrorField,
  Greatest,
  Histogram,
  Inspection,
  LadderRow,
  StructuralFact,
  TensorStatistics,
  UlpBin,
  Verdict,
  WorstElement,
} from './analysis/comparison.ts';
export { structuralFacts } from './analysis/facts.ts';
export { HEAD_SCORES, type HeadScore, type HeadScores, headScores } from './analysis/headScores.ts';
export { compareCaptures, inspectHook } from './analysis/ladder.ts';
export type { Attribution } from './analysis/logitAttribution.ts';
export { type Metric, metricOf, whyNotMetric } from './analysis/metric.ts';
export { klByPosition, logSumExp, ranksOf } from './analysis/nextTokens.ts';
export {
  hasValues,
  levelExtents,
  type MatrixRange,
  matrixDifference,
  type PooledMatrix,
  pooledMatrix,
} from './analysis/pooledMatrix.ts';
export { PreparedLadder } from './analysis/preparedLadder.ts';
export { type RankBy, type RankedElement, type Ranking, rankElements } from './analysis/ranking.ts';
export {
  type CopyingScore,
  copyingScore,
  type TokenPair,
  topOvPairs,
  topQkPairs,
  whyNoCircuits,
} from './analysis/vocabularyCircuits.ts';
export { formatCount, formatFigure, formatIndex, summaryWords, VERDICT_WORDS } from './analysis/wording.ts';
export { Capture } from './capture/capture.ts';
export type { Activation, Captured } from './capture/captured.ts';
export type { CaptureRequest } from './capture/captureRequest.ts';
export type { ByteSource, CheckpointFolder } from './checkpoint/byteSource.ts';
export type { Checkpoint, TensorEntry, WeightDtype } from './checkpoint/checkpoint.ts';
export { CheckpointError } from './checkpoint/checkpointError.ts';
export { readEndIds } from './checkpoint/endIds.ts';
export type {
  ActivationName,
  ModelConfig,
  Normalization,
  RotaryConfig,
  RotaryScaling,
} from './checkpoint/modelConfig.ts';
export { openCheckpoint } from './checkpoint/openCheckpoint.ts';
export { lengthNote, sameAnglesUpTo, whyTooLong } from './checkpoint/promptLength.ts';
export { readConfig, supportedModelTypes } from './checkpoint/readConfig.ts';
export { openRequired, readJson, readText } from './checkpoint/readText.ts';
export { type RotaryTable, rotaryTable } from './checkpoint/rotaryTable.ts';
export {
  readHeader,
  type SafetensorsDtype,
  type SafetensorsEntry,
  type SafetensorsHeader,
} from './checkpoint/safetensors.ts';
export type { BlockWeights, MlpWeights, ModelWeights, NormWeights, WeightView } from './checkpoint/weights.ts';
export { type WritableTensor, writeSafetensors } from './checkpoint/writeSafetensors.ts';
export { compileForComparison, compileForOneRun } from './experiment/afterRun.ts';
export {
  type Amplification,
  amplificationDetail,
  amplificationWords,
  type BlockAmplification,
  type DifferenceOf,
  type Factors,
  factorsOf,
  productOfFactors,
  strongestBlock,
} from './experiment/amplification/amplification.ts';
export {
  type AmplificationRequest,
  measureAmplification,
  whyNoAmplification,
} from './experiment/amplification/measureAmplification.ts';
export { findCause, readsOtherPrompt, whyNoCause, whyNoCauseUnder } from './experiment/cause.ts';
export { type Cause, type CauseField, percentOf, type Trial } from './experiment/causeReport.ts';
export { type Claim, layoutClaim, type Trust, travelClaim, whyNotTrusted } from './experiment/claims.ts';
export { cpuEngines } from './experiment/cpuEngines.ts';
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
export {
  checkExperimentMemory,
  type ExperimentMemory,
  experimentMemory,
  type Lengths,
  type SideMemory,
} from './experiment/experimentMemory.ts';
export {
  type Fingerprint,
  type Reproduction,
  type RunFingerprint,
  reproductionWords,
} from './experiment/fingerprint.ts';
export { forwardSpecOf } from './experiment/forwardSpec.ts';
export type {
  Continuation,
  ContinueOptions,
  GeneratedToken,
  GenerationRequest,
  PatternRow,
  StopReason,
} from './experiment/generation/generation.ts';
export { PreparedGeneration } from './experiment/generation/preparedGeneration.ts';
export { headAtlas } from './experiment/heads/headAtlas.ts';
export { headMatrix } from './experiment/heads/headMatrix.ts';
export type { HeadAtlas } from './experiment/heads/heldAtlas.ts';
export { HeldHead, type HeldSide } from './experiment/heads/heldHead.ts';
export { keptHooks } from './experiment/heads/keptHooks.ts';
export { type MatrixPainting, PAINTED_FORMAT, PaintedMatrix } from './experiment/heads/paintedMatrix.ts';
export { type JudgedSide, type Judgement, judgeHook } from './experiment/judge.ts';
export { type KernelBinding, type KernelView, kernelViews } from './experiment/kernelViews.ts';
export { LocalRun, whyNoLocal } from './experiment/localRun.ts';
export { meanOverPrompts } from './experiment/meanOverPrompts.ts';
export { type NoiseOrBug, noiseOrBug } from './experiment/noiseOrBug.ts';
export type { OtherCaptures, OtherEngine, OtherEngines, OtherRequest } from './experiment/otherEngines.ts';
export { compilePaths } from './experiment/path/compilePaths.ts';
export { parseEnds, parseReceiver, parseSender } from './experiment/path/pathNames.ts';
export {
  nameOf,
  type PathPatch,
  type Receiver,
  type Sender,
  whyNotPathPatch,
} from './experiment/path/pathPatch.ts';
export { type PathCell, type PathSweep, sendersOf } from './experiment/path/pathSweep.ts';
export {
  type PathSweepRequest,
  type PathSweepResult,
  runPathSweep,
  whyNotPathSweep,
} from './experiment/path/runPathSweep.ts';
export {
  type NotApplied,
  PreparedSide,
  type SidePrompts,
  type SideRequest,
  type SortRequest,
  sortApplicable,
} from './experiment/preparedSide.ts';
export { batchProbe } from './experiment/probes/batchProbe.ts';
export type {
  BatchProbe,
  Probe,
  ProbeKind,
  TransformerLens114Probe,
} from './experiment/probes/probe.ts';
export { transformerLens114 } from './experiment/probes/transformerLens114.ts';
export { compareHeld, ProcessorRunner } from './experiment/processorRunner.ts';
export { type KernelTime, type KernelUse, timeKernels } from './experiment/profile.ts';
export { headCircuits, whyNoHeadCircuits } from './experiment/reading/headCircuits.ts';
export type { LensRow } from './experiment/reading/logitLens.ts';
export { type PredictionReading, readPrediction } from './experiment/reading/readPrediction.ts';
export { type RepeatedTokens, scoreOnRepeatedTokens } from './experiment/reading/repeatedTokens.ts';
export type { ExperimentResult, HookInfo, RunCounters, RunReport, TopToken } from './experiment/result.ts';
export { type ExperimentRun, ExperimentRunner, type RunOptions, type RunSide, type SideRun } from './experiment/run.ts';
export {
  DEFAULT_RUN_SPEC,
  describeSpec,
  ENGINES,
  isOrder,
  type Order,
  parseOrder,
  type RunSpec,
  SPLIT_RUN_SPEC,
  whyNotRunnable,
} from './experiment/runSpec.ts';
export { GREEDY, type Sampling, sampler, whyNotSampling } from './experiment/sampling.ts';
export { compileSweep } from './experiment/sweep/compileSweep.ts';
export { runSweep, type SweepResult } from './experiment/sweep/runSweep.ts';
export { interventionOf, type Sweep, type SweepCell } from './experiment/sweep/sweep.ts';
export { type SweepRequest, whyNotSweep } from './experiment/sweep/sweepRequest.ts';
export { topTokens } from './experiment/topTokens.ts';
export { recordExpected } from './experiment/verify/record.ts';
export { adapterName, trustLines } from './experiment/verify/trustText.ts';
export { type Verification, type Verified, verdictOf, verificationWords } from './experiment/verify/verification.ts';
export { Verifier } from './experiment/verify/verifier.ts';
export type { VerifyMode } from './experiment/verify/verifyModes.ts';
export { readByteCount } from './gpu/byteCount.ts';
export { type CanaryReport, canary, canarySummary, whyNotPortable } from './gpu/canary.ts';
export { canaryFindings, canaryVerdict, type Finding } from './gpu/canaryFindings.ts';
export { type AdapterDescription, type Gpu, gpuOf, openGpu } from './gpu/device.ts';
export { GpuError, type GpuErrorKind } from './gpu/gpuError.ts';
export { higher, measurePeak, measurePlainLoop, type Peak } from './gpu/peak.ts';
export type { Readback } from './gpu/readback.ts';
export { type ApplyTo, whyNotApplicable } from './hooks/applicable.ts';
export { type HookAxes, type HookMode, hookAxes } from './hooks/hookAxes.ts';
export {
  BLOCK_HOOKS,
  type BlockHook,
  blockHook,
  type HookName,
  isHookName,
  MODEL_HOOKS,
  parseHookName,
} from './hooks/hookName.ts';
export { type Intervention, type Operation, type SourcePrompt, sourceOf } from './hooks/intervention.ts';
export { runningOrder } from './hooks/runningOrder.ts';
export { BETWEEN_CELLS } from './kernels/paintMatrix.ts';
export type { FinishedRun } from './model/attendAgain.ts';
export { finalLogits } from './model/finalLogits.ts';
export { type LoadOptions, loadModel, type UploadProgress } from './model/loadModel.ts';
export type { LogitPositions } from './model/logitPositions.ts';
export type { MemoryPlan } from './model/memoryPlan.ts';
export type { Model } from './model/model.ts';
export { PreparedRun, prepareRun, type RunRequest } from './model/prepareRun.ts';
export type { ForwardSpec } from './model/runContext.ts';
export { HEAD_SITES, isHeadSite, queryHeadsOf, STREAM_SITES, type SweepSite } from './model/sweepSite.ts';
export { whyNotInVocabulary } from './model/vocabulary.ts';
export { operationAt } from './reference/bounded/operationAt.ts';
export type { CapturedRun } from './reference/bounded/step.ts';
export { type WorstShare, worstShare } from './reference/bounded/worstShare.ts';
export { type ReferenceRun, referenceForward, referenceLogits } from './reference/forward.ts';
export { readReferenceWeights } from './reference/loadWeights.ts';
export { readTensors } from './reference/readTensors.ts';
export type { ReferenceTensor } from './reference/referenceTensor.ts';
export { f64FromBytes, narrowFromF32, widenToF32 } from './tensor/bits.ts';
export { digest, digestIntegers } from './tensor/digest.ts';
export { largest, largestGap } from './tensor/gap.ts';
export { elementCount, formatShape, type Shape, sameShape, unravel } from './tensor/shape.ts';
export { logitsBound } from './tensor/tolerances.ts';
export { ulpDistance, ulpOf } from './tensor/ulp.ts';
