// What interventions make of an estimate: the edit in f64, what it does to the errors that were there, and its own roundings.
// Where an edit reaches a hook's operation otherwise than by the activations that were captured, there is no bound, and it is said why.
import type { BlockHook, HookName } from '../../hooks/hookName.ts';
import { blockHook, parseHookName } from '../../hooks/hookName.ts';
import { type Intervention, type Operation, sourceOf } from '../../hooks/intervention.ts';
import { gamma } from '../../tensor/tolerances.ts';
import { applyIntervention, type Reading } from '../edit.ts';
import type { ReferenceTensor } from '../referenceTensor.ts';
import type { Estimate } from './estimate.ts';
import { rounded } from './narrow.ts';
import { type CapturedRun, roundingOf } from './step.ts';

/** Roundings that an element meets in an edit, besides its last: the operation's constant or source, the product, the sum. */
const EDIT_ROUNDINGS = 5;

/** Carries out the run's interventions at a hook, in the order of their list. Throws where a source was not captured. */
export function editedOf(hook: HookName, x: Estimate, run: CapturedRun): Estimate {
  const { config, weights, captured, sources = {} } = run;
  const reading: Reading = { sources, soFar: captured, W_E: weights.W_E, embedScale: config.embedScale };
  return editsAt(hook, run).reduce((estimate, edit) => editedBy(edit, estimate, reading, run), x);
}

/** The hooks of the same run that interventions at a hook read. */
export function readByEdits(hook: HookName, run: Pick<CapturedRun, 'interventions'>): HookName[] {
  return editsAt(hook, run).flatMap((edit) => {
    const source = sourceOf(edit);
    return source?.prompt === 'same' ? [source.hook] : [];
  });
}

function editsAt(hook: HookName, { interventions = [] }: Pick<CapturedRun, 'interventions'>): Intervention[] {
  return interventions.filter((edit) => edit.enabled && edit.hook === hook);
}

function editedBy(edit: Intervention, x: Estimate, reading: Reading, run: CapturedRun): Estimate {
  const { shape } = x;
  const by = (operation: Operation, values: Float64Array): Float64Array =>
    applyIntervention({ ...edit, operation }, { shape, values }, reading).values;
  const values = by(edit.operation, x.values);
  const carried = by(onErrors(edit.operation), x.bound);
  if (isCopy(edit.operation)) return { shape, values, bound: carried };
  const magnitudes = by(
    edit.operation.kind === 'mean' ? edit.operation : { kind: 'scale', factor: 1 },
    x.values.map((value, i) => Math.abs(value) + (x.bound[i] ?? 0)),
  );
  const nRoundings = EDIT_ROUNDINGS + (edit.operation.kind === 'mean' ? run.tokenIds.length : 0);
  const chosen = by({ kind: 'set', values: [1] }, new Float64Array(values.length));
  const own = values.map((value, i) => gamma(nRoundings) * (2 * Math.abs(value) + 2 * (magnitudes[i] ?? 0)));
  const bound = carried.map((error, i) => (chosen[i] === 1 ? error + (own[i] ?? 0) : error));
  const narrow = rounded({ shape, values, bound }, roundingOf(run).precision).bound;
  return { shape, values, bound: bound.map((error, i) => (chosen[i] === 1 ? (narrow[i] ?? 0) : error)) };
}

/** What an operation does to the errors of what it edits: those of a source are none, since it was captured. */
function onErrors(operation: Operation): Operation {
  switch (operation.kind) {
    case 'zero':
    case 'set':
    case 'patch':
    case 'freeze':
      return { kind: 'zero' };
    case 'swap':
    case 'mean':
      return operation;
    case 'scale':
      return { kind: 'scale', factor: Math.abs(operation.factor) };
    case 'add':
    case 'addVector':
    case 'addToken':
    case 'noise':
      return { kind: 'scale', factor: 1 };
    default:
      return operation satisfies never;
  }
}

function isCopy({ kind }: Operation): boolean {
  return kind === 'zero' || kind === 'swap' || kind === 'patch' || kind === 'freeze';
}

/** Hooks that a run shows only where they are asked for, or once for three uses: an edit of one reaches operations unseen. */
const UNSEEN: readonly {
  readonly edited: readonly BlockHook[];
  readonly reaches: readonly BlockHook[];
  readonly only?: 'split' | 'after'; // split mode; norms in the stream
  readonly why: string;
}[] = [
  {
    edited: ['ln1.hook_scale', 'ln1.hook_normalized'],
    reaches: ['attn.hook_q', 'attn.hook_k', 'attn.hook_v'],
    only: 'split',
    why: "split mode normalises for q, k and v each, and keeps v's norm alone",
  },
  { edited: ['attn.hook_result'], reaches: ['hook_attn_out'], why: 'it is summed up head by head then' },
  {
    edited: ['hook_attn_in'],
    reaches: ['ln1.hook_scale', 'ln1.hook_normalized'],
    why: 'the edited input is not kept',
  },
  { edited: ['hook_mlp_in'], reaches: ['ln2.hook_scale', 'ln2.hook_normalized'], why: 'the edited input is not kept' },
  {
    edited: ['hook_attn_in'],
    reaches: ['attn.hook_q', 'attn.hook_k', 'attn.hook_v'],
    only: 'after',
    why: 'the edited input is not kept',
  },
  { edited: ['hook_mlp_in'], reaches: ['mlp.hook_pre'], only: 'after', why: 'the edited input is not kept' },
];

/** Says why a hook has no bound under a run's interventions; null where it has one. */
export function whyNotUnderEdits(hook: HookName, run: CapturedRun): string | null {
  const parsed = parseHookName(hook);
  const missing = readByEdits(hook, run).find((source) => !run.captured.has(source));
  if (missing) return `an intervention reads ${missing}, which was not captured`;
  if (parsed?.kind !== 'block') return null;
  for (const { edited, reaches, only, why } of UNSEEN) {
    if (!reaches.some((name) => name === parsed.hook) || !isSo(only, run)) continue;
    const at = edited.map((name) => blockHook(parsed.layer, name)).find((name) => editsAt(name, run).length > 0);
    if (at && (only === 'split' || !isKept(at, run))) return `an intervention edits ${at}: ${why}`;
  }
  return null;
}

function isSo(only: 'split' | 'after' | undefined, { qkv, config }: CapturedRun): boolean {
  return only === undefined || (only === 'split' ? qkv === 'split' : config.normPlace === 'after');
}

/** A stream's copy that was captured is read as it was edited; what heads give is summed in another way all the same. */
function isKept(hook: HookName, { captured }: CapturedRun): boolean {
  return captured.has(hook) && !hook.endsWith('attn.hook_result');
}

/** The sources of other prompts that interventions at a hook read and that were not handed over; null where there is none. */
export function missingSource(hook: HookName, run: CapturedRun): string | null {
  for (const edit of editsAt(hook, run)) {
    const source = sourceOf(edit);
    if (!source || source.prompt === 'same') continue;
    const held: ReadonlyMap<HookName, ReferenceTensor> | undefined = run.sources?.[source.prompt];
    if (!held?.has(source.hook))
      return `an intervention reads ${source.hook} of the ${source.prompt} prompt, which is not kept here`;
  }
  return null;
}
