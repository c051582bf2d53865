// Result: what a run of an experiment reports. Plain data; the tensors stay on the GPU behind the capture and are asked for.
import type { LadderRow, StructuralFact } from '../analysis/comparison.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { MemoryPlan } from '../model/memoryPlan.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { NotApplied } from './preparedSide.ts';
import type { KernelUse } from './profile.ts';
import type { RunSpec } from './runSpec.ts';

export type HookInfo = { readonly hook: HookName; readonly shape: Shape; readonly storedBytes: number };

/** Exact counts of one run: these are comparable between machines, times are not. */
export type RunCounters = {
  readonly dispatches: number;
  readonly submits: number;
  readonly bufferAllocations: number; // made for this run; 0 when a plan is reused
  readonly allocatedBytes: number;
  readonly pipelinesCompiled: number; // 0 in a repeated run
  readonly bindGroups: number; // made for this run; 0 when a plan is reused
  readonly uploadedBytes: number;
  readonly readbackBytes: number;
  readonly multiplyAdds: number; // of all products, counted from shapes
};

export type TopToken = {
  readonly id: number;
  readonly logit: number;
  readonly probability: number;
};

export type RunReport = {
  readonly spec: RunSpec;
  readonly elapsedMs: number; // from the first command encoded to the GPU's completion
  readonly hooks: readonly HookInfo[]; // in running order
  readonly counters: RunCounters;
  readonly kernels: readonly KernelUse[]; // most dispatches first; of another engine: none
  readonly notApplied: readonly NotApplied[]; // interventions that this side cannot carry out, each with its reason
  readonly notes: readonly string[]; // of another engine: what of a file goes with nothing, what was rounded
  readonly gpuBytes: MemoryPlan; // as planned before the run
};

export type ExperimentResult = {
  readonly runId: number; // names the captures that the worker keeps
  readonly tokenIds: readonly number[];
  readonly a: RunReport | null;
  readonly b: RunReport | null;
  readonly ladder: readonly LadderRow[]; // empty unless both ran
  readonly facts: readonly StructuralFact[];
  readonly fingerprint: Fingerprint;
};
