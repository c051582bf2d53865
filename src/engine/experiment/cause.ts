// The cause of a difference at one operation: run B's operation on A's inputs, with the fields in which the two specifications differ
// given A's values, one by one, then in twos and threes. The fewest that make the difference vanish are its cause.
import { compareTensors } from '../analysis/compare.ts';
import type { ComparisonSummary } from '../analysis/comparison.ts';
import type { Capture } from '../capture/capture.ts';
import type { Activation } from '../capture/captured.ts';
import { whyNotApplicable } from '../hooks/applicable.ts';
import { BLOCK_HOOKS, blockHook, type HookName, MODEL_HOOKS, parseHookName } from '../hooks/hookName.ts';
import { type Intervention, sourceOf } from '../hooks/intervention.ts';
import type { RunSources } from '../model/hookEdits.ts';
import type { Model } from '../model/model.ts';
import { prepareRun } from '../model/prepareRun.ts';
import { sameShape } from '../tensor/shape.ts';
import { type Cause, type CauseField, causeWords, type Trial } from './causeReport.ts';
import { forwardSpecOf } from './forwardSpec.ts';
import type { NotApplied, SideEdits } from './preparedSide.ts';
import type { RunSpec } from './runSpec.ts';

const FIELDS = [
  'order',
  'bias',
  'precision',
  'softmax',
  'arithmetic',
  'kv',
  'qkv',
] as const satisfies readonly CauseField[];

export type CauseRequest = {
  readonly model: Model;
  readonly tokenIds: readonly number[]; // [pos]
  readonly hook: HookName; // the operation: the first that differs by itself, or another that does
  readonly a: { readonly spec: RunSpec; readonly capture: Capture; readonly edits?: SideEdits };
  readonly b: RunSpec;
  readonly bEdits?: SideEdits; // B's interventions: the same as A's (`whyNoCauseUnder`)
  readonly onTrial?: (done: number, total: number) => void; // total: of the round that is tried
  readonly signal?: AbortSignal;
};

/** Says why a cause cannot be looked for; null where it can. */
export function whyNoCause(a: Pick<RunSpec, 'engine'>, b: Pick<RunSpec, 'engine'>): string | null {
  return whyNotTried('A', a) ?? whyNotTried('B', b);
}

function whyNotTried(name: 'A' | 'B', { engine }: Pick<RunSpec, 'engine'>): string | null {
  switch (engine) {
    case 'webgpu':
      return null;
    case 'ieee':
      return `Run ${name} is engine=ieee, which runs whole models. Its definitions are those of engine=webgpu with arithmetic=portable: choose these, and each field can be tried.`;
    case 'f64':
      return `Run ${name} is engine=f64: it rounds nothing, so that every rounding of the other run is the cause. “Noise or bug?” tells how much of it there is.`;
    case 'file':
      return `Run ${name} is a file: the program that wrote it cannot be run again with one field changed. “Noise or bug?” judges what it wrote.`;
    default:
      return `Run ${name} is engine=${engine}, another program: its operations cannot be run one field at a time on the other's inputs. “Noise or bug?” judges both.`;
  }
}

/** Says why a cause cannot be looked for under these interventions, which must have edited both runs alike; null where it can. */
export function whyNoCauseUnder(a: readonly NotApplied[], b: readonly NotApplied[]): string | null {
  const only = (these: readonly NotApplied[], others: readonly NotApplied[]) =>
    these.find(({ index }) => !others.some((other) => other.index === index));
  const [left, name] = only(a, b) ? [only(a, b), 'A'] : [only(b, a), 'B'];
  return left
    ? `Intervention ${left.index + 1} edits one run alone, which makes them differ whatever their fields: run ${name} leaves it out (${left.why}).`
    : null;
}

/** Tells whether a hook takes in what each run's own pass of the clean or corrupted prompt gave: no one operation made that. */
export function readsOtherPrompt(hook: HookName, interventions: readonly Intervention[]): boolean {
  return interventions.some((edit) => {
    const prompt = edit.enabled && edit.hook === hook ? sourceOf(edit)?.prompt : undefined;
    return prompt === 'clean' || prompt === 'corrupted';
  });
}

/** Looks for the cause of the difference at a hook. Throws with the reason where it cannot, and what `prepareRun` throws. */
export async function findCause(request: CauseRequest): Promise<Cause> {
  const { a, b, hook } = request;
  const why = whyNoCause(a.spec, b);
  if (why !== null) throw new Error(why);
  const [ofA] = await a.capture.read([hook]);
  if (!ofA) throw new Error(`internal: ${hook} was read back as nothing`);
  const differing = FIELDS.filter((field) => a.spec[field] !== b[field]);
  const whole = await tried(request, [], ofA, null);
  const trials = [whole];
  let causes: Trial[] = [];
  for (let size = 1; size <= differing.length && causes.length === 0 && !isSame(whole); size++) {
    const round = subsetsOf(differing, size);
    for (const [done, fields] of round.entries()) {
      request.onTrial?.(done, round.length);
      request.signal?.throwIfAborted();
      trials.push(await tried(request, fields, ofA, whole));
    }
    causes = trials.filter((trial) => trial.fields.length === size && isSame(trial));
  }
  const found = { hook, trials, causes: causes.map(({ fields }) => fields) };
  return { ...found, words: causeWords(found, a.spec, b) };
}

function isSame({ summary }: Trial): boolean {
  return summary.verdict === 'bit-identical';
}

/** Every choice of so many fields, in their order. */
function subsetsOf(fields: readonly CauseField[], size: number): CauseField[][] {
  if (size === 0) return [[]];
  return fields.flatMap((field, at) => subsetsOf(fields.slice(at + 1), size - 1).map((rest) => [field, ...rest]));
}

/** Runs B's operation on A's inputs, these fields as A has them. */
async function tried(
  { model, tokenIds, hook, a, b, bEdits = {}, signal }: CauseRequest,
  fields: readonly CauseField[],
  ofA: Activation,
  whole: Trial | null,
): Promise<Trial> {
  const spec: RunSpec = { ...b, ...Object.fromEntries(fields.map((field) => [field, a.spec[field]])) };
  const base = { model, batch: 1, nPos: tokenIds.length, headInputs: 'shared', feed: a.capture } as const;
  const forward = forwardSpecOf(spec);
  const to = { model: model.config, mode: forward, nPos: tokenIds.length, nCorrupted: tokenIds.length };
  const run = await prepareRun({
    ...base,
    spec: forward,
    interventions: (bEdits.interventions ?? []).filter((edit) => whyNotApplicable(edit, to) === null),
    sources: sourcesOf(a.edits?.sources, bEdits.sources),
    capture: hooksAround(hook, model.config.nLayers),
  });
  try {
    await run.execute(tokenIds, undefined, signal);
    const [own] = await run.capture.read([hook]);
    const summary = own && compareTensors(ofA, own, { atol: 0, rtol: 0 });
    if (!summary) throw new Error(`${hook} has other shapes in A and B: no one operation made both.`);
    return { fields, summary, explained: explainedBy(summary, whole?.summary ?? summary) };
  } finally {
    run.destroy();
  }
}

/** What edits read of other prompts is an input as well: A's, where A has it in the same shape. */
function sourcesOf(a: RunSources = {}, b: RunSources = {}): RunSources {
  const merged = (prompt: 'clean' | 'corrupted') =>
    new Map(
      [...(b[prompt] ?? [])].map(([hook, own]) => {
        const ofA = a[prompt]?.get(hook);
        return [hook, ofA && sameShape(ofA.shape, own.shape) ? ofA : own];
      }),
    );
  return { clean: merged('clean'), corrupted: merged('corrupted') };
}

function explainedBy(left: ComparisonSummary, whole: ComparisonSummary): number {
  if (left.verdict === 'bit-identical') return 1;
  return whole.rms > 0 ? Math.max(0, 1 - left.rms / whole.rms) : 0;
}

const ON_REQUEST: ReadonlySet<string> = new Set(['hook_attn_in', 'attn.hook_result', 'hook_mlp_in']);

/** What an operation may read, so that A's is fed there: its block, and the stream into it; the ends of the model likewise. */
function hooksAround(hook: HookName, nLayers: number): HookName[] {
  const parsed = parseHookName(hook);
  const ends: HookName[] = [...MODEL_HOOKS];
  if (parsed?.kind !== 'block') return nLayers > 0 ? [...ends, blockHook(nLayers - 1, 'hook_resid_post')] : ends;
  const { layer } = parsed;
  const own = BLOCK_HOOKS.filter((name) => name === parsed.hook || !ON_REQUEST.has(name)).map((name) =>
    blockHook(layer, name),
  );
  return layer > 0 ? [blockHook(layer - 1, 'hook_resid_post'), ...own] : [...ends, ...own];
}
