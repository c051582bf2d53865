// Interventions as hook functions of TransformerLens: one `edit(change, heads, positions)` each, over a view [pos, heads, d] of the
// activation, so that streams, heads and patterns read alike. Text alone.
import { type HookName, type Intervention, type Operation, sourceOf } from '../../engine/index.ts';
import { listed, type PythonRequest, quote, whyCarriedOutByNone } from './literals.ts';

/** Hooks that TransformerLens' HookedTransformer does not have. */
const NOT_THERE: ReadonlySet<HookName> = new Set<HookName>(['unembed.hook_in', 'unembed.hook_out']);

/** Says in a sentence why an intervention cannot be written for TransformerLens; null where it can. */
export function whyNotWritten(request: PythonRequest, intervention: Intervention): string | null {
  const lost = whyCarriedOutByNone(request, intervention);
  if (lost !== null) return lost;
  const source = sourceOf(intervention);
  if (source?.prompt === 'corrupted' && request.experiment.corrupted === null) {
    return `an intervention at ${intervention.hook}, which reads a corrupted prompt: there is none`;
  }
  const missing = [intervention.hook, source?.hook].find((hook) => hook && NOT_THERE.has(hook));
  return missing ? `an intervention at ${intervention.hook}, since TransformerLens has no ${missing}` : null;
}

/** The functions that edits are made of. */
export const EDIT_FUNCTIONS = `

def view(value, name):
    """[pos, heads, d] of an activation of one prompt; of scores and patterns [query, heads, key]; a stream has one head."""
    value = value[0]
    if name.endswith(("hook_attn_scores", "hook_pattern")):
        return value.transpose(0, 1)
    return value if value.ndim == 3 else value[:, None]


def edit(change, heads=None, positions=None):
    """A hook function that puts change(x) in place of x at some heads and positions; None: at all of them."""

    def chosen(n, listed):
        return torch.tensor([listed is None or at in listed for at in range(n)])

    def hook_function(value, hook):
        value = value.clone()
        x = view(value, hook.name)
        here = chosen(x.shape[0], positions)[:, None] & chosen(x.shape[1], heads)[None, :]
        x[:] = torch.where(here[:, :, None], change(x), x)
        return value

    return hook_function
`;

/** Remembers activations of the very run that is edited, for what reads them later in it. */
export const REMEMBER = `

same = {}


def remember(value, hook):
    same[hook.name] = value.clone()
`;

/** Splitscope's own noise: the bits of `engine/hooks/noise.ts`, so that a seed means the same numbers here and there. */
export const NOISE_FUNCTION = `

def noise(x, seed):
    """Splitscope's seeded noise: each number is the sum of twelve uniform ones (mulberry32) less six."""
    mask, state = 2**32 - 1, seed

    def uniform():
        nonlocal state
        state = (state + 0x6D2B79F5) & mask
        t = (state ^ state >> 15) * (state | 1) & mask
        t ^= (t + (t ^ t >> 7) * (t | 61)) & mask
        return (t ^ t >> 14) / 2**32

    return torch.tensor([sum((uniform() for _ in range(12)), -6.0) for _ in range(x.numel())]).view(x.shape)
`;

/** The list of hooks of a run: each enabled intervention, and behind them what they read of the same run, as edited. */
export function hooksList(interventions: readonly Intervention[]): string {
  const rows = interventions.map(({ hook, heads, positions, operation }) => {
    const where = [
      ...(heads === 'all' ? [] : [`heads=${listed(heads)}`]),
      ...(positions === 'all' ? [] : [`positions=${listed(positions)}`]),
    ];
    const change = changeText(operation, quote(hook), positions, /hook_(attn_scores|pattern)$/.test(hook));
    return `    (${quote(hook)}, edit(${[change, ...where].join(', ')})),`;
  });
  const remembered = new Set(sourcesOf(interventions, 'same').map((hook) => `    (${quote(hook)}, remember),`));
  return ['hooks = [', ...rows, ...remembered, ']'].join('\n');
}

/** The hooks of one run that interventions read. */
export function sourcesOf(interventions: readonly Intervention[], prompt: 'clean' | 'corrupted' | 'same'): HookName[] {
  return interventions.flatMap((intervention) => {
    const source = sourceOf(intervention);
    return source?.prompt === prompt ? [source.hook] : [];
  });
}

/**
 * What becomes of x [pos, heads, d], as a lambda; `name` is the Python expression of the hook's name, which `freeze` reads. Of scores
 * and patterns x is [query, heads, key], and they are filled with noise as they lie, [heads, query, key].
 */
export function changeText(
  operation: Operation,
  name: string,
  positions: readonly number[] | 'all',
  isPlane: boolean,
): string {
  switch (operation.kind) {
    case 'zero':
      return 'lambda x: torch.zeros_like(x)';
    case 'scale':
      return `lambda x: ${operation.factor} * x`;
    case 'mean':
      return 'lambda x: x.mean(0, keepdim=True)';
    case 'set':
      return `lambda x: ${vector(operation.values)}`;
    case 'addVector':
      return `lambda x: x + ${operation.factor} * ${vector(operation.values)}`;
    case 'addToken':
      return `lambda x: x + ${operation.factor} * model.W_E[${operation.token}]`;
    case 'patch':
      return `lambda x: ${sourceText(operation.prompt, quote(operation.source), operation.sourceHead)}`;
    case 'freeze':
      return `lambda x: ${sourceText(operation.prompt, name, undefined)}`;
    case 'add':
      return `lambda x: x + ${operation.factor} * ${sourceText(operation.prompt, quote(operation.source), operation.sourceHead)}`;
    case 'swap': {
      const [one = 0, other = one] = positions === 'all' ? [] : positions;
      return `lambda x: x[[{${one}: ${other}, ${other}: ${one}}.get(at, at) for at in range(len(x))]]`;
    }
    case 'noise':
      return isPlane
        ? `lambda x: x + ${operation.deviation} * noise(x.transpose(0, 1), ${operation.seed}).transpose(0, 1)`
        : `lambda x: x + ${operation.deviation} * noise(x, ${operation.seed})`;
    default:
      return operation satisfies never;
  }
}

/** One number for all, [d] for all heads, or [heads · d] for each its own. */
function vector(values: readonly number[]): string {
  const [only] = values;
  return values.length === 1
    ? `torch.full_like(x, ${only})`
    : `torch.tensor([${values.join(', ')}]).view(-1, x.shape[-1])`;
}

function sourceText(prompt: 'clean' | 'corrupted' | 'same', name: string, head: number | undefined): string {
  return `view(${prompt}[${name}], ${name})${head === undefined ? '' : `[:, ${head}, None]`}`;
}
