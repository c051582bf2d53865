// What an experiment will hold on the GPU, both sides together and what is made of them, in bytes per part: known on paper, before
// anything is allocated, from the very records and plans that are then allocated.
import { type FactMode, factsBytes } from '../analysis/facts.ts';
import { inspectionBytes } from '../analysis/inspectTensors.ts';
import { comparisonBytes } from '../analysis/preparedComparison.ts';
import { ladderPairs } from '../analysis/preparedLadder.ts';
import { Capture } from '../capture/capture.ts';
import type { CaptureRequest } from '../capture/captureRequest.ts';
import { byteWords } from '../gpu/byteCount.ts';
import { GpuError } from '../gpu/gpuError.ts';
import { storedBytes } from '../gpu/gpuTensor.ts';
import type { HookName } from '../hooks/hookName.ts';
import { memoryPlan } from '../model/memoryPlan.ts';
import type { Model } from '../model/model.ts';
import { type RecordedRun, recordRun } from '../model/recordRun.ts';
import type { ForwardSpec } from '../model/runContext.ts';
import type { Experiment } from './experiment.ts';
import { forwardSpecOf } from './forwardSpec.ts';
import { atlasBytes } from './heads/headAtlas.ts';
import { whyNoLocal } from './localRun.ts';
import { sortApplicable } from './preparedSide.ts';
import { hooksRead } from './promptSources.ts';

/** One side's part: its own run, and those of the prompts that its interventions read. */
export type SideMemory = { readonly activations: number; readonly captures: number };

export type ExperimentMemory = {
  readonly weights: number; // all of them, or where blocks are streamed what is resident and the sets that blocks take turns at
  readonly a: SideMemory | null; // null: this side does not run, or not on the GPU
  readonly b: SideMemory | null;
  readonly comparison: number; // the ladder and the structural facts
  readonly panels: number; // the heads at a glance and the Inspector, one after the other
  readonly staging: number; // to upload streamed blocks and to read captures back
  readonly total: number;
  readonly local: number; // beyond the total, where bits differ and there is room: B's operations on A's activations, compared
  readonly budget: number | null; // null: none but the adapter's own
  readonly streamed: boolean;
};

export type Lengths = {
  readonly nPos: number;
  readonly nCorrupted: number | null; // tokens of the corrupted prompt; null where there is none
};

/** Plans both sides. Throws where a prompt is empty, too long, or of another length than the one it is read for. */
export function experimentMemory(
  model: Model,
  experiment: Experiment,
  lengths: Lengths,
  capture: CaptureRequest = 'standard',
): ExperimentMemory {
  const planOf = (side: 'a' | 'b', isRun: boolean) =>
    isRun && experiment[side].engine === 'webgpu' ? sidePlan(model, experiment, side, lengths, capture) : null;
  const a = planOf('a', experiment.mode !== 'split');
  const b = planOf('b', experiment.mode !== 'fused');
  const staging = Math.max(a?.staging ?? 0, b?.staging ?? 0);
  const of = (side: SidePlan | null) => side && { activations: side.activations, captures: side.captures };
  const sides = [a, b].reduce((sum, side) => sum + (side ? side.activations + side.captures : 0), 0);
  const [comparison, panels] = [comparisonOf(model, a, b), panelsOf(model, a, b, lengths.nPos)];
  return {
    weights: model.gpuBytes,
    a: of(a),
    b: of(b),
    comparison,
    panels,
    staging,
    total: model.gpuBytes + sides + comparison + panels + staging,
    local: a && b && whyNoLocal(experiment.b) === null ? localOf(model, a, b, lengths.nPos) : 0,
    budget: model.gpu.memory.budgetBytes,
    streamed: model.stream !== null,
  };
}

const PARTS = ['weights', 'run A', 'run B', 'comparison', 'panels', 'staging'] as const;

/** Throws `limit` where the total is beyond the budget, naming every part and what to do about it. */
export function checkExperimentMemory({ a, b, ...plan }: ExperimentMemory): void {
  const { total, budget } = plan;
  if (budget === null || total <= budget) return;
  const ofSide = (side: SideMemory | null) => (side ? side.activations + side.captures : 0);
  const bytes = { ...plan, 'run A': ofSide(a), 'run B': ofSide(b) };
  const parts = PARTS.filter((part) => bytes[part] > 0);
  throw new GpuError(
    'limit',
    `This experiment needs ${byteWords(total)} on the GPU (${parts.map((part) => `${part} ${bytes[part]}`).join(', ')}), and the budget ` +
      `is ${byteWords(budget)}. Shorten the prompt, run one side alone, or raise the budget to at least ${total}.`,
  );
}

type SidePlan = SideMemory & {
  readonly staging: number;
  readonly spec: ForwardSpec;
  readonly kept: Capture; // on paper
  readonly edits: Pick<Parameters<typeof recordRun>[0], 'interventions' | 'sources'>;
  readonly facts: FactMode;
};

function sidePlan(
  model: Model,
  experiment: Experiment,
  side: 'a' | 'b',
  { nPos, nCorrupted }: Lengths,
  capture: CaptureRequest,
): SidePlan {
  const spec: ForwardSpec = forwardSpecOf(experiment[side]);
  const { applied } = sortApplicable({ model, spec, nPos, nCorrupted, interventions: experiment.interventions });
  const run = { model, spec, batch: 1, nPos, headInputs: 'shared' } as const;
  const read = (['clean', 'corrupted'] as const).map((prompt) => {
    const hooks = hooksRead(applied, prompt);
    return hooks.length === 0 ? null : recordRun({ ...run, capture: hooks });
  });
  const [clean, corrupted] = read.map((source) => source?.recorder.captured ?? new Map());
  const edits = { interventions: applied, sources: { clean: clean ?? new Map(), corrupted: corrupted ?? new Map() } };
  const main = recordRun({ ...run, capture, ...edits });
  const plans = [...read, main].flatMap((recorded) => (recorded ? [memoryPlan(model, recorded)] : []));
  const sum = (part: 'activations' | 'captures') => plans.reduce((bytes, plan) => bytes + plan[part], 0);
  return {
    activations: sum('activations'),
    captures: sum('captures'),
    staging: Math.max(...plans.map((plan) => plan.staging)),
    spec,
    kept: captureOf(model, main),
    edits,
    facts: {
      split: spec.qkv === 'split',
      repeated: spec.kv === 'repeat',
      nKeyValueHeads: model.config.nKeyValueHeads,
      edited: new Set(applied.map(({ hook }): HookName => hook)),
    },
  };
}

function captureOf({ gpu }: Model, { recorder }: RecordedRun): Capture {
  return new Capture(gpu, recorder.captured);
}

/** The ladder of both sides, and the facts of the one that is shown. */
function comparisonOf({ gpu }: Model, a: SidePlan | null, b: SidePlan | null): number {
  const shown = b ?? a;
  const ladder = a && b ? comparisonBytes(gpu, ladderPairs(a.kept, b.kept)) : 0;
  return ladder + (shown ? factsBytes(shown.kept, shown.facts) : 0);
}

/** What the panels of heads and of one hook, the largest, ask of the GPU. */
function panelsOf({ gpu, config }: Model, a: SidePlan | null, b: SidePlan | null, nPos: number): number {
  const shown = a ?? b;
  if (!shown) return 0;
  const finished = ({ spec, kept }: SidePlan) => ({ config, spec, capture: kept });
  const atlas = atlasBytes(finished(shown), a && b && finished(b), nPos);
  const bytesOf = (hook: HookName) => [a, b].reduce((sum, side) => sum + keptBytes(side, hook), 0);
  const largest = [...shown.kept.hooks].sort((one, other) => bytesOf(other) - bytesOf(one))[0];
  const tensorOf = (side: SidePlan | null) => (largest && side?.kept.tensor(largest)) ?? null;
  return Math.max(atlas, largest ? inspectionBytes(gpu, { a: tensorOf(a), b: tensorOf(b) }) : 0);
}

function keptBytes(side: SidePlan | null, hook: HookName): number {
  const tensor = side?.kept.tensor(hook);
  return tensor ? storedBytes(tensor) : 0;
}

/** B's operations on A's activations (localRun.ts), and their comparison with A. */
function localOf(model: Model, a: SidePlan, b: SidePlan, nPos: number): number {
  const run = { model, spec: b.spec, batch: 1, nPos, capture: 'standard', headInputs: 'shared' } as const;
  const recorded = recordRun({ ...run, ...b.edits, feed: a.kept });
  const { activations, captures } = memoryPlan(model, recorded);
  return activations + captures + comparisonBytes(model.gpu, ladderPairs(a.kept, captureOf(model, recorded)));
}
