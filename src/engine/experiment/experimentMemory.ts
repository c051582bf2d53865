// What an experiment will hold on the GPU, both sides together, in bytes per part: known on paper, before anything is allocated.
import type { CaptureRequest } from '../capture/captureRequest.ts';
import { memoryPlan } from '../model/memoryPlan.ts';
import type { Model } from '../model/model.ts';
import { recordRun } from '../model/recordRun.ts';
import type { ForwardSpec } from '../model/runContext.ts';
import type { Experiment } from './experiment.ts';
import { forwardSpecOf } from './forwardSpec.ts';
import { sortApplicable } from './preparedSide.ts';
import { hooksRead } from './promptSources.ts';

/** One side's part: its own run, and those of the prompts that its interventions read. */
export type SideMemory = { readonly activations: number; readonly captures: number };

export type ExperimentMemory = {
  readonly weights: number; // all of them, or where blocks are streamed what is resident and the sets that blocks take turns at
  readonly a: SideMemory | null; // null: this side does not run, or not on the GPU
  readonly b: SideMemory | null;
  readonly staging: number; // to upload streamed blocks and to read captures back
  readonly total: number;
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
  return {
    weights: model.gpuBytes,
    a: of(a),
    b: of(b),
    staging,
    total: model.gpuBytes + sides + staging,
    budget: model.gpu.memory.budgetBytes,
    streamed: model.stream !== null,
  };
}

type SidePlan = SideMemory & { readonly staging: number };

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
  const sources = { clean: clean ?? new Map(), corrupted: corrupted ?? new Map() };
  const main = recordRun({ ...run, capture, interventions: applied, sources });
  const plans = [...read, main].flatMap((recorded) => (recorded ? [memoryPlan(model, recorded)] : []));
  const sum = (part: 'activations' | 'captures') => plans.reduce((bytes, plan) => bytes + plan[part], 0);
  return {
    activations: sum('activations'),
    captures: sum('captures'),
    staging: Math.max(...plans.map((plan) => plan.staging)),
  };
}
