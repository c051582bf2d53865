// Path patching in TransformerLens, in the three runs of Wang et al. 2022, and the numbers that Splitscope got as asserts.
import {
  blockHook,
  type Experiment,
  type PathCell,
  type PathSweep,
  type Receiver,
  type Sender,
} from '../../engine/index.ts';
import { listed, number, quote } from './literals.ts';
import { metricFunction, metricTolerance } from './metricText.ts';

/** Whether the paths of an experiment can be written: they take from a corrupted prompt. */
export function canPatchPaths({ paths, corrupted }: Pick<Experiment, 'paths' | 'corrupted'>): boolean {
  return paths !== null && corrupted !== null;
}

/** Writes the paths over `tokens`, `clean` and `corrupted`, which stand above it. */
export function pathsText(paths: PathSweep, cells: readonly PathCell[], repeat: boolean): string {
  const { receivers, heads, mlps, metric, position } = paths;
  const run = (hooks: string) => `run(tokens, split=True, hooks=${hooks}${repeat ? ', repeat=True' : ''})`;
  const frozen = [
    ...(heads === 'frozen'
      ? [
          '        if layer > at:  # other heads hold what they said in the clean run',
          '            sending.append(frozen(clean, f"blocks.{layer}.attn.hook_z"))',
        ]
      : []),
    ...(mlps === 'frozen'
      ? [
          '        if layer >= at and name != f"blocks.{layer}.hook_mlp_out":  # and so do other MLPs',
          '            sending.append(frozen(clean, f"blocks.{layer}.hook_mlp_out"))',
        ]
      : []),
  ];
  return `${metricFunction(metric, position)}

def frozen(source, name, heads=None):
    return name, edit(lambda x: view(source[name], name), heads=heads)


# Paths: each sender in turn as under the corrupted prompt; the receivers alone hear of it. (hook, heads or None for all)
receivers = [${receivers.map(receiverText).join(', ')}]
${sendersText(paths, cells)}for name, heads, expected in senders:
    at = -1 if name == "hook_embed" else int(name.split(".")[1])
    sending = [frozen(corrupted, name, heads)]
${frozen.length > 0 ? ['    for layer in range(model.cfg.n_layers):', ...frozen, ''].join('\n') : ''}    _, told = ${run('sending')}
    logits, _ = ${run('[frozen(told, *receiver) for receiver in receivers]')}
    print(name, heads, metric(logits))
    if expected is not None:
        torch.testing.assert_close(metric(logits), expected, ${metricTolerance(metric)})
`;
}

/** The senders with what each told: those that were run, or were named; else all that have a path to every receiver. */
function sendersText(paths: PathSweep, cells: readonly PathCell[]): string {
  const named =
    cells.length > 0
      ? cells
      : paths.senders === 'all'
        ? null
        : paths.senders.map((sender) => ({ sender, value: null }));
  if (named) {
    const rows = named.map(({ sender, value }) => {
      const heads = sender.kind === 'head' ? listed([sender.head]) : 'None';
      return `    (${quote(senderHook(sender))}, ${heads}, ${value === null ? 'None' : number(value)}),`;
    });
    return ['senders = [', ...rows, ']', ''].join('\n');
  }
  const layers = (kinds: readonly Receiver['kind'][]) =>
    Math.min(...paths.receivers.flatMap((end) => (kinds.includes(end.kind) && 'layer' in end ? [end.layer] : [])));
  const [attention, mlp] = [layers(['q', 'k', 'v']), layers(['mlp'])];
  const conditions = (ofHead: boolean) => [
    ...(attention < Number.POSITIVE_INFINITY ? [`layer < ${attention}`] : []),
    ...(mlp < Number.POSITIVE_INFINITY
      ? [ofHead ? `layer < ${mlp} + (not model.cfg.parallel_attn_mlp)` : `layer < ${mlp}`]
      : []),
  ];
  const when = (ofHead: boolean) => (conditions(ofHead).length > 0 ? ` if ${conditions(ofHead).join(' and ')}` : '');
  return `senders = [("hook_embed", None, None)]
for layer in range(model.cfg.n_layers):
    senders += [(f"blocks.{layer}.attn.hook_z", [head], None) for head in range(model.cfg.n_heads)${when(true)}]
    senders += [(f"blocks.{layer}.hook_mlp_out", None, None)${when(false) === '' ? ']' : `]${when(false)} else []`}
`;
}

function senderHook(sender: Sender): string {
  if (sender.kind === 'embed') return 'hook_embed';
  return blockHook(sender.layer, sender.kind === 'head' ? 'attn.hook_z' : 'hook_mlp_out');
}

function receiverText(receiver: Receiver): string {
  if (receiver.kind === 'final') return '(f"blocks.{model.cfg.n_layers - 1}.hook_resid_post",)';
  if (receiver.kind === 'mlp') return `(${quote(blockHook(receiver.layer, 'hook_mlp_in'))},)`;
  return `(${quote(blockHook(receiver.layer, `hook_${receiver.kind}_input`))}, [${receiver.head}])`;
}
