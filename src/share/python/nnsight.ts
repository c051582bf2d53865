// The experiment as a trace of nnsight on NDIF's machines (remote=True), which is the way on for models that outgrow this one: the chosen
// activation, the logits, the edits that a module's output can carry, and what Splitscope saw as asserts.
import { type Experiment, type HookName, type Intervention, parseHookName } from '../../engine/index.ts';
import {
  expectedOf,
  heading,
  idsOf,
  modelName,
  type PythonRequest,
  probabilityTolerance,
  quote,
  revision,
} from './literals.ts';

type Place = { readonly path: string; readonly isStream: boolean }; // of transformers' module; streams are [batch, pos, d_model]

/** Writes the script. */
export function nnsightText({ experiment, modelType }: PythonRequest): string {
  const { prompt, view, interventions, sweep, paths } = experiment;
  const enabled = interventions.filter((intervention) => intervention.enabled);
  const edits = enabled.map((intervention) => ({ intervention, text: editText(intervention, modelType) }));
  const leftOut = [
    ...edits.flatMap(({ intervention: { hook, operation }, text }) => (text ? [] : [`${operation.kind} at ${hook}`])),
    ...(sweep ? ['the sweep'] : []),
    ...(paths ? ['path patching'] : []),
  ].map((what) => `Left out here: ${what}.`);
  const chosen = placeOf(view.hook, modelType);
  const layer = layerOf(view.hook) ?? view.layer;
  const saved = chosen
    ? `${chosen.path}.save()  # ${view.hook}`
    : `${blockPath(modelType, layer)}.output[0].save()  # blocks.${layer}.hook_resid_post: no module of transformers returns ${view.hook}`;
  const written = edits.flatMap(({ text }) => (text ? [`    ${text}`] : []));
  return [
    heading(experiment, leftOut),
    'import torch',
    'from nnsight import LanguageModel',
    '',
    `model = LanguageModel(${modelName(experiment.model)}${revision(experiment.model)})`,
    `tokens = ${idsOf(prompt) ?? quote(prompt.text)}`,
    "with model.trace(tokens, remote=True):  # NDIF's machines; remote=False: this one",
    ...(written.length > 0 ? written : []),
    `    chosen = model.${saved}`,
    `    logits = model.${modelType === 'gpt_neox' ? 'embed_out' : 'lm_head'}.output.save()`,
    'print(chosen.shape)',
    'print(logits[0, -1].topk(10))',
    ...expectations(experiment),
    '',
  ].join('\n');
}

/** An edit of a whole stream, as an assignment inside the trace; null where no module's output can carry it. */
function editText({ hook, positions, operation }: Intervention, modelType: string): string | null {
  const place = placeOf(hook, modelType);
  if (!place?.isStream) return null;
  const target = `model.${place.path}[:, ${positions === 'all' ? ':' : `[${positions.join(', ')}]`}]`;
  if (operation.kind === 'zero') return `${target} = 0`;
  if (operation.kind === 'scale') return `${target} *= ${operation.factor}`;
  return null;
}

/** What Splitscope saw in run A, or in B where that alone ran. */
function expectations(experiment: Experiment): readonly string[] {
  const run = experiment.fingerprint?.a ?? experiment.fingerprint?.b;
  if (!run || run.top.length === 0) return [];
  return [
    'probabilities = logits[0, -1].float().softmax(-1)',
    `for token, probability in ${expectedOf(run)}:  # as Splitscope saw them`,
    `    torch.testing.assert_close(probabilities[token].item(), probability, atol=${probabilityTolerance(experiment)}, rtol=1e-5)`,
  ];
}

/** Where transformers keeps what a hook shows; null where no module has it by itself. */
function placeOf(hook: HookName, modelType: string): Place | null {
  const parsed = parseHookName(hook);
  if (parsed?.kind !== 'block') return null;
  const block = blockPath(modelType, parsed.layer);
  const attn = modelType === 'gpt2' ? 'attn' : modelType === 'gpt_neox' ? 'attention' : 'self_attn';
  switch (parsed.hook) {
    case 'hook_resid_pre':
      return { path: `${block}.input`, isStream: true };
    case 'hook_resid_post':
      return { path: `${block}.output[0]`, isStream: true };
    case 'hook_attn_out':
      return { path: `${block}.${attn}.output[0]`, isStream: true };
    case 'hook_mlp_out':
      return { path: `${block}.mlp.output`, isStream: true };
    case 'attn.hook_q':
    case 'attn.hook_k':
    case 'attn.hook_v':
      return attn === 'self_attn'
        ? { path: `${block}.self_attn.${parsed.hook.slice(-1)}_proj.output`, isStream: false }
        : null;
    default:
      return null;
  }
}

function layerOf(hook: HookName): number | null {
  const parsed = parseHookName(hook);
  return parsed?.kind === 'block' ? parsed.layer : null;
}

function blockPath(modelType: string, layer: number): string {
  return `${BLOCKS.get(modelType) ?? 'model.layers'}[${layer}]`;
}

const BLOCKS: ReadonlyMap<string, string> = new Map([
  ['gpt2', 'transformer.h'],
  ['gpt_neox', 'gpt_neox.layers'],
]);
