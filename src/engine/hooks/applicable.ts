// Whether an intervention can be carried out on a model, in a mode, on so many positions; if not, why, in words for the reader.
import { type HookAxes, type HookMode, type HookModel, hookAxes } from './hookAxes.ts';
import { blockHook, type HookName, parseHookName } from './hookName.ts';
import { type Intervention, type Operation, sourceOf } from './intervention.ts';
import { runningOrder } from './runningOrder.ts';

export type ApplyTo = {
  readonly model: HookModel;
  readonly mode: HookMode;
  readonly nPos: number;
  readonly nCorrupted: number | null; // tokens of the corrupted prompt; null where there is none
};

/** Says why an intervention cannot apply, naming what is wrong and what would be right; null where it can. */
export function whyNotApplicable(intervention: Intervention, to: ApplyTo): string | null {
  const { hook, heads, positions } = intervention;
  const axes = hookAxes(hook, to.model, to.mode, to.nPos);
  if (typeof axes === 'string') return axes;
  return (
    whyNotHeads(hook, heads, axes) ??
    whyNotPositions(positions, to.nPos) ??
    whyNotOperation(intervention, axes, to) ??
    whyNotExpert(intervention, to.model) ??
    whyNotSource(intervention, axes, to)
  );
}

function whyNotHeads(hook: HookName, heads: Intervention['heads'], axes: HookAxes): string | null {
  if (heads === 'all') return null;
  if (axes.heads === null) return `${hook} has no head axis: leave heads at "all"`;
  if (hook.includes('.ln1.')) {
    return `${hook} is met three times in split mode, for q, k and v: leave heads at "all", or edit hook_q_input, hook_k_input or hook_v_input`;
  }
  const nHeads = axes.heads;
  const missing = heads.find((head) => head >= nHeads);
  return missing === undefined ? null : `${hook} has no head ${missing}: it has ${nHeads} heads, 0 to ${nHeads - 1}`;
}

function whyNotPositions(positions: Intervention['positions'], nPos: number): string | null {
  const past = positions === 'all' ? undefined : positions.find((pos) => pos >= nPos);
  return past === undefined
    ? null
    : `position ${past} is past the end: the prompt has ${nPos} tokens, 0 to ${nPos - 1}`;
}

function whyNotOperation({ hook, positions, operation }: Intervention, axes: HookAxes, to: ApplyTo): string | null {
  switch (operation.kind) {
    case 'set':
    case 'addVector':
      return whyNotVector(hook, operation.values.length, axes);
    case 'addToken':
      if (axes.width !== to.model.dModel || /hook_(attn_scores|pattern)$/.test(hook)) {
        return `${hook} is ${axes.width} wide, a token's embedding ${to.model.dModel} (d_model)`;
      }
      if ((to.model.embedWidth ?? to.model.dModel) !== to.model.dModel) {
        return `this model's embeddings are ${to.model.embedWidth} wide and projected to d_model: there is none to add`;
      }
      return operation.token < to.model.dVocab
        ? null
        : `token ${operation.token} is not in the vocabulary of ${to.model.dVocab} tokens`;
    case 'swap':
      return positions !== 'all' && positions.length === 2
        ? null
        : `swap needs exactly two positions, and ${positions === 'all' ? 'all are' : `${positions.length} are`} listed`;
    default:
      return null;
  }
}

const INDICES = /hook_expert_indices$/;

/** Router indices are numbers of experts: what computes with them names none. */
function whyNotExpert({ hook, operation }: Intervention, { experts }: HookModel): string | null {
  if (!INDICES.test(hook)) return null;
  const nExperts = experts?.count ?? 0;
  switch (operation.kind) {
    case 'zero':
    case 'swap':
    case 'freeze':
      return null;
    case 'patch':
      return INDICES.test(operation.source) ? null : `${hook} holds numbers of experts, ${operation.source} does not`;
    case 'set': {
      const missing = operation.values.find((value) => !Number.isInteger(value) || value < 0 || value >= nExperts);
      return missing === undefined
        ? null
        : `${hook} has no expert ${missing}: it has ${nExperts}, 0 to ${nExperts - 1}`;
    }
    default:
      return `${hook} holds numbers of experts, with which ${operation.kind} cannot compute: set, zero, swap, patch or freeze them`;
  }
}

function whyNotVector(hook: HookName, length: number, { heads, width }: HookAxes): string | null {
  if (length === 1 || length === width || (heads !== null && length === heads * width)) return null;
  const perHead = heads === null ? '' : ` or ${heads * width} (one vector a head)`;
  return `${hook} takes 1 number, ${width}${perHead}, not ${length}`;
}

function whyNotSource(intervention: Intervention, axes: HookAxes, to: ApplyTo): string | null {
  const source = sourceOf(intervention);
  if (source === null) return null;
  if (source.prompt === 'corrupted' && to.nCorrupted !== to.nPos) {
    return to.nCorrupted === null
      ? `${intervention.hook} is to take ${source.hook} from the corrupted prompt, and there is none`
      : `the corrupted prompt has ${to.nCorrupted} tokens and the clean one ${to.nPos}: what is taken position by position needs them equally long`;
  }
  if (source.prompt === 'same' && orderIn(to.model, source.hook) >= orderIn(to.model, intervention.hook)) {
    return `${source.hook} is computed no earlier than ${intervention.hook}: the same run cannot read it there`;
  }
  const from = hookAxes(source.hook, to.model, to.mode, to.nPos);
  if (typeof from === 'string') return `its source: ${from}`;
  if (from.width !== axes.width) {
    return `${source.hook} is ${from.width} wide, ${intervention.hook} ${axes.width}: they cannot be added or exchanged`;
  }
  return whyNotSourceHead(intervention.operation, source, from, axes);
}

/** The running order; where the stream itself is normalised, a norm comes just before the stream that it gives. */
function orderIn({ normPlace }: HookModel, hook: HookName): number {
  const parsed = parseHookName(hook);
  if (normPlace !== 'after' || parsed?.kind !== 'block') return runningOrder(hook);
  const given = {
    'ln1.hook_scale': 2 / 3,
    'ln1.hook_normalized': 1 / 3,
    'ln2.hook_scale': 2 / 3,
    'ln2.hook_normalized': 1 / 3,
  };
  const before = Object.entries(given).find(([name]) => name === parsed.hook)?.[1];
  if (before === undefined) return runningOrder(hook);
  const stream = parsed.hook.startsWith('ln1') ? 'hook_resid_mid' : 'hook_resid_post';
  return runningOrder(blockHook(parsed.layer, stream)) - before;
}

/** A source goes head for head, or one of its heads to all, or a stream without heads to all. */
function whyNotSourceHead(
  operation: Operation,
  source: { readonly hook: HookName; readonly head: number | null },
  from: HookAxes,
  to: HookAxes,
): string | null {
  if (source.head !== null) {
    if (from.heads === null) return `${source.hook} has no head axis: leave the source's head out`;
    return source.head < from.heads
      ? null
      : `${source.hook} has no head ${source.head}: it has ${from.heads} heads, 0 to ${from.heads - 1}`;
  }
  if (from.heads === null || from.heads === to.heads) return null;
  return `${source.hook} has ${from.heads} heads and the edited hook ${to.heads ?? 'none'}: say which head to ${operation.kind}`;
}
