// "Noise or bug?" of one hook of two runs that were made: reads what the hook was computed from, the weights of that operation alone,
// and judges both runs by it. What has no bound is refused by name.
import type { Captured } from '../capture/captured.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { Intervention } from '../hooks/intervention.ts';
import { inputsOf } from '../reference/bounded/operationAt.ts';
import { operationInParts } from '../reference/bounded/operationInParts.ts';
import type { CapturedRun } from '../reference/bounded/step.ts';
import type { ReferenceSources } from '../reference/edit.ts';
import { operationElements, outlinedWeights, readOperationWeights } from '../reference/operationWeights.ts';
import type { ReferenceTensor } from '../reference/referenceTensor.ts';
import { elementCount, sameShape } from '../tensor/shape.ts';
import { type Judged, type NoiseOrBug, noiseOrBug } from './noiseOrBug.ts';
import { roundingOfSpec } from './roundingOfSpec.ts';
import { type RunSpec, whyNotRunnable } from './runSpec.ts';

/** A side as it was run, and what it was edited by. */
export type JudgedSide = {
  readonly spec: RunSpec;
  readonly capture: Captured;
  readonly applied: readonly Intervention[];
  readonly sources: () => Promise<ReferenceSources>; // what the interventions read of other prompts, as far as it is kept
};

export type JudgeRequest = {
  readonly checkpoint: Checkpoint;
  readonly hook: HookName;
  readonly tokenIds: readonly number[]; // [pos]
  readonly a: JudgedSide;
  readonly b: JudgedSide;
  readonly local: Captured | null; // B's operations fed A's activations (`LocalRun`); null: B is judged on its own inputs
  readonly signal?: AbortSignal;
  readonly pause?: () => Promise<void>; // lets the host hear of an abort, before each side is computed and between parts of it
};

export type Judgement =
  | { readonly kind: 'judged'; readonly verdict: NoiseOrBug; readonly inputs: 'same' | 'own' } // whether B was given A's inputs
  | { readonly kind: 'refused'; readonly why: string };

/** Multiply-adds of one operation that are worth waiting for; each is done three times over in f64. */
const MOST_MULTIPLY_ADDS = 2e9;

/** Those of a part: some tens of milliseconds, after which an abort is heard. */
const MULTIPLY_ADDS_A_PART = 2e7;

/** Judges a hook. Throws where a payload cannot be read; what has no bound comes back as a reason. */
export async function judgeHook(request: JudgeRequest): Promise<Judgement> {
  const { hook, a, b, local } = request;
  const why = whyNoTruth('A', a, request) ?? whyNoTruth('B', b, request);
  if (why !== null) return { kind: 'refused', why };
  const edited = [...a.applied, ...b.applied].some(({ hook: at }) => at === hook);
  const given = local && !edited ? { own: local, fed: a.capture } : { own: b.capture, fed: null };
  const [ofA, ofB] = [await judgedOf(request, a, { own: a.capture, fed: null }), await judgedOf(request, b, given)];
  if (typeof ofA === 'string') return { kind: 'refused', why: `Run A: ${ofA}` };
  if (typeof ofB === 'string') return { kind: 'refused', why: `Run B: ${ofB}` };
  return { kind: 'judged', verdict: noiseOrBug(hook, { a: ofA, b: ofB }), inputs: given.fed ? 'same' : 'own' };
}

/** Why a side cannot be held against f64 at all. */
function whyNoTruth(name: 'A' | 'B', { spec, capture }: JudgedSide, { hook }: JudgeRequest): string | null {
  if (spec.engine === 'f64') {
    return `Run ${name} is engine=f64: it is the truth itself, and what it read was not rounded to the f32 that is kept of it. Judge two other engines.`;
  }
  if (spec.engine.startsWith('onnx') && hook.endsWith('mlp.hook_post')) {
    return `Run ${name} is engine=${spec.engine}: ONNX Runtime does not say how far its activation functions may be off, so that ${hook} has no bound.`;
  }
  const why = whyNotRunnable(spec);
  if (why !== null) return `Run ${name}: ${why}`;
  return capture.shapeOf(hook) ? null : `Run ${name} has no ${hook}.`;
}

type Given = { readonly own: Captured; readonly fed: Captured | null };

async function judgedOf(request: JudgeRequest, side: JudgedSide, given: Given): Promise<Judged | string> {
  const { checkpoint, hook, tokenIds, signal } = request;
  const { config } = checkpoint;
  const { qkv, kv } = side.spec;
  const names = new Map(given.own.hooks.map((name) => [name, NOTHING]));
  const base = { config, tokenIds, qkv, kv, rounding: roundingOfSpec(side.spec), interventions: side.applied };
  const sources = await side.sources();
  const inputs = inputsOf(hook, { ...base, weights: outlinedWeights(checkpoint), captured: names, sources });
  if (typeof inputs === 'string') return inputs;
  const at = { hook, interventions: side.applied, signal };
  const multiplyAdds = tokenIds.length * operationElements(checkpoint, at);
  if (multiplyAdds > MOST_MULTIPLY_ADDS) {
    return `${hook} would take up to ${multiplyAdds.toExponential(1)} multiply-adds in f64 for ${tokenIds.length} tokens, and ${MOST_MULTIPLY_ADDS.toExponential(1)} are the most that is done. Use a shorter prompt.`;
  }
  const weights = await readOperationWeights(checkpoint, at);
  const run: CapturedRun = { ...base, weights, sources, captured: await readInputs(inputs, given) };
  const between = async () => {
    await request.pause?.();
    signal?.throwIfAborted();
  };
  const rows = Math.floor((MULTIPLY_ADDS_A_PART * tokenIds.length) / Math.max(1, multiplyAdds));
  const estimate = await operationInParts(hook, run, { rows, between });
  if (typeof estimate === 'string') return estimate;
  const [own] = await given.own.read([hook]);
  if (!own || elementCount(own.shape) !== estimate.values.length) {
    return `${hook} has ${own?.values.length ?? 0} elements, and the operation in f64 ${estimate.values.length}`;
  }
  return { estimate, values: own.values };
}

const NOTHING: ReferenceTensor = { shape: [], values: new Float64Array() };

/** What an operation was given: its own run's activations, or where those of another were fed in their place, these. */
async function readInputs(hooks: readonly HookName[], { own, fed }: Given): Promise<Map<HookName, ReferenceTensor>> {
  const captured = new Map<HookName, ReferenceTensor>();
  for (const hook of hooks) {
    const [mine, theirs] = [own.shapeOf(hook), fed?.shapeOf(hook)];
    const from = fed && mine && theirs && sameShape(mine, theirs) ? fed : own;
    const [read] = await from.read([hook]);
    if (read) captured.set(hook, { shape: read.shape, values: Float64Array.from(read.values) });
  }
  return captured;
}
