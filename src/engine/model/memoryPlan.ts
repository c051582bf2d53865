// What a run will hold on the GPU, in bytes per part, known from its record before anything is allocated. Plain data, for the page.
import { byteWords } from '../gpu/byteCount.ts';
import { GpuError } from '../gpu/gpuError.ts';
import { storedBytes } from '../gpu/gpuTensor.ts';
import { UNIFORM_ALIGNMENT } from '../gpu/plan.ts';
import type { Model } from './model.ts';
import type { RecordedRun } from './recordRun.ts';
import { Uploader } from './uploader.ts';

export type MemoryPlan = {
  readonly weights: number; // all of them, or what is resident and the sets that blocks take turns at
  readonly activations: number; // memory that layers share, and what the run reads besides weights
  readonly captures: number; // activations that are kept
  readonly staging: number; // to upload streamed blocks and to read captures back
  readonly others: number; // held by other runs and models
  readonly total: number;
  readonly budget: number | null; // null: none but the adapter's own
  readonly streamed: boolean;
};

/** Plans the memory of a recorded run on a loaded model. */
export function memoryPlan(model: Model, { recorder, inputs }: RecordedRun): MemoryPlan {
  const { memory } = model.gpu;
  const weights = model.gpuBytes;
  const lanes = model.stream ? Uploader.gpuBytes : 0;
  const inputBytes = inputs.slots.reduce((sum, slot) => sum + slot.byteLength, 0);
  const activations = recorder.scratchBytes + inputBytes + recorder.dispatches.length * UNIFORM_ALIGNMENT;
  const captures = recorder.keptBytes;
  const staging = lanes + readbackBytes([...recorder.captured.values()].map(storedBytes));
  const others = Math.max(0, memory.liveBytes - weights - lanes);
  const total = weights + activations + captures + staging + others;
  const plan = { weights, activations, captures, staging, others, total };
  return { ...plan, budget: memory.budgetBytes, streamed: model.stream !== null };
}

/** Captures are read back a few at a time (analysis/ladder.ts), a large one by itself. */
function readbackBytes(captures: readonly number[]): number {
  const all = captures.reduce((sum, bytes) => sum + Math.ceil(bytes / 16) * 16, 0);
  return Math.max(Math.min(all, READ_BYTES), ...captures);
}

const READ_BYTES = 64 << 20;

const PARTS = ['weights', 'activations', 'captures', 'staging', 'others'] as const;

const WAYS_ON = {
  weights: 'Raise the budget to at least',
  activations: 'Shorten the prompt, or raise the budget to at least',
  captures: 'Capture fewer hooks, shorten the prompt, or raise the budget to at least',
  staging: 'Capture fewer hooks, or raise the budget to at least',
  others: 'Close the other runs, or raise the budget to at least',
} as const satisfies Record<(typeof PARTS)[number], string>;

/** Throws `limit` where the plan is beyond its budget, naming every part and what to do about the largest. */
export function checkMemory(plan: MemoryPlan): void {
  if (plan.budget === null || plan.total <= plan.budget) return;
  const parts = PARTS.filter((part) => plan[part] > 0);
  const largest = parts.filter((part) => part !== 'weights').sort((a, b) => plan[b] - plan[a])[0] ?? 'weights';
  throw new GpuError(
    'limit',
    `This run needs ${byteWords(plan.total)} on the GPU (${parts.map((part) => `${part} ${plan[part]}`).join(', ')}), and the budget is ` +
      `${byteWords(plan.budget)}. The largest part beside the weights is ${largest}. ${WAYS_ON[largest]} ${plan.total}.`,
  );
}
