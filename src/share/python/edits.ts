// Interventions as hook functions of TransformerLens: one `edit(change, heads, positions)` each, over a view [pos, heads, d] of the
// activation, so that streams, heads and patterns read alike. Text alone.
import { type HookName, type Intervention, type Operation, sourceOf } from '../../engine/index.ts';
import { listed, quote } from './literals.ts';

/** Hooks that TransformerLens' HookedTransformer does not have. */
const NOT_THERE: ReadonlySet<HookName> = new Set<HookName>(['unembed.hook_in', 'unembed.hook_out']);

/** Says in a sentence why an intervention cannot be written for TransformerLens; null where it can. */
export function whyNotWritten(intervention: Intervention, hasCorrupted: boolean): string | null {
  const source = sourceOf(intervention);
  if (source?.prompt === 'corrupted' && !hasCorrupted) {
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

/** The list of hooks of a run: each enabled intervention, and before them what they read of the same run. */
export function hooksList(interventions: readonly Intervention[]): string {
  const rows = interventions.map(({ hook, heads, positions, operation }) => {
    const where = [
      ...(heads === 'all' ? [] : [`heads=${listed(heads)}`]),
      ...(positions === 'all' ? [] : [`positions=${listed(positions)}`]),
    ];
    const change = changeText(operation, quote(hook), positions);
    return `    (${quote(hook)}, edit(${[change, ...where].join(', ')})),${operation.kind === 'noise' ? NOISE_NOTE : ''}`;
  });
  const remembered = new Set(sourcesOf(interventions, 'same').map((hook) => `    (${quote(hook)}, remember),`));
  return ['hooks = [', ...remembered, ...rows, ']'].join('\n');
}

const NOISE_NOTE = "  # torch's own noise: as large, not the same numbers";

/** The hooks of one run that interventions read. */
export function sourcesOf(interventions: readonly Intervention[], prompt: 'clean' | 'corrupted' | 'same'): HookName[] {
  return interventions.flatMap((intervention) => {
    const source = sourceOf(intervention);
    return source?.prompt === prompt ? [source.hook] : [];
  });
}

/** What becomes of x [pos, heads, d], as a lambda; `name` is the Python expression of the hook's name, which `freeze` reads. */
export function changeText(operation: Operation, name: string, positions: readonly number[] | 'all'): string {
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
      return `lambda x: x + ${operation.deviation} * torch.randn(x.shape, generator=torch.Generator().manual_seed(${operation.seed}))`;
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
