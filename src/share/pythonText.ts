// The same experiment in Python, to be pasted: in TransformerLens, and in nnsight on NDIF's machines (remote=True), which is the way on
// for models that outgrow this one. Text alone; nothing from the experiment can leave its string literal.
import { type Experiment, type ModelReference, parseHookName } from '../engine/index.ts';

export type PythonRequest = {
  readonly experiment: Experiment;
  readonly modelType: string; // of the model's config: 'llama', 'gpt2', 'gpt_neox', …
  readonly tokenIds: readonly number[] | null; // as they were run; null: the prompt's text is tokenized there
};

/** Writes a run of both modes with every activation, compared at each hook, in TransformerLens. */
export function transformerLensText(request: PythonRequest): string {
  const { experiment } = request;
  const { atol, rtol } = experiment.tolerance;
  return `${heading(experiment)}
import torch
from transformer_lens import HookedTransformer

model = HookedTransformer.from_pretrained_no_processing(${modelName(experiment.model)}, dtype=torch.float32)
tokens = ${tokens(request, 'model.to_tokens')}


def run(split):
    model.set_use_split_qkv_input(split)  # hook_q_input, hook_k_input, hook_v_input of each head
    with torch.no_grad():
        return model.run_with_cache(tokens)[1]


a = run(${python(experiment.a.qkv === 'split')})
b = run(${python(experiment.b.qkv === 'split')})
for hook in a:
    if hook in b and a[hook].shape == b[hook].shape:
        print(f"{hook:40} {(b[hook] - a[hook]).abs().nan_to_num().max():.3e}")
torch.testing.assert_close(b[${quote(experiment.view.hook)}], a[${quote(experiment.view.hook)}], atol=${atol}, rtol=${rtol})
`;
}

/** Writes a trace that saves the chosen hook's module and the logits, on NDIF. */
export function nnsightText(request: PythonRequest): string {
  const { experiment, modelType } = request;
  const place = modulePlace(experiment, modelType);
  return `${heading(experiment)}
import torch
from nnsight import LanguageModel

model = LanguageModel(${modelName(experiment.model)})
tokens = ${tokens(request, 'encode')}
with model.trace(tokens, remote=True):  # NDIF's machines; remote=False: this one
    chosen = model.${place.path}.save()  # ${place.comment}
    logits = model.${modelType === 'gpt_neox' ? 'embed_out' : 'lm_head'}.output.save()
print(chosen.shape)
print(logits[0, -1].topk(10))
`;
}

function heading({ model, a, b, interventions }: Experiment): string {
  const name = model.source === 'hub' ? `${model.repo}@${model.revision}` : model.name;
  const lines = [
    'Made by Splitscope',
    `model ${name}`,
    `A: ${describe(a)}`,
    `B: ${describe(b)}`,
    ...(model.source === 'hub'
      ? []
      : ['This model is not on the hub: put the folder with its config.json in its place.']),
    ...(interventions.length > 0 ? [`Left out here: ${interventions.length} interventions.`] : []),
  ];
  return lines.map((line) => `# ${line.replace(/[\r\n\u0085\u2028\u2029]/g, ' ')}`).join('\n');
}

function describe(spec: object): string {
  return Object.entries(spec)
    .map(([field, value]) => `${field}=${value}`)
    .join(' ');
}

function modelName(model: ModelReference): string {
  return quote(model.source === 'hub' ? model.repo : model.name);
}

/** Ids as they were run, or the text through a tokenizer. */
function tokens({ experiment, tokenIds }: PythonRequest, encode: 'model.to_tokens' | 'encode'): string {
  const ids = tokenIds ?? experiment.prompt.tokenIds;
  if (ids) return `torch.tensor([[${ids.join(', ')}]])`;
  const { text, prependBos } = experiment.prompt;
  if (encode === 'encode') return quote(text);
  return `model.to_tokens(${quote(text)}${prependBos === 'model' ? '' : `, prepend_bos=${python(prependBos)}`})`;
}

/** Where transformers keeps what a hook shows; the block's output where no module has it by itself. */
function modulePlace({ view }: Experiment, modelType: string): { readonly path: string; readonly comment: string } {
  const parsed = parseHookName(view.hook);
  const layer = parsed?.kind === 'block' ? parsed.layer : view.layer;
  const block = `${BLOCKS.get(modelType) ?? 'model.layers'}[${layer}]`;
  const attn = modelType === 'gpt2' ? 'attn' : modelType === 'gpt_neox' ? 'attention' : 'self_attn';
  const paths: Readonly<Record<string, string>> = {
    hook_resid_pre: `${block}.input`,
    hook_resid_post: `${block}.output[0]`,
    hook_attn_out: `${block}.${attn}.output[0]`,
    hook_mlp_out: `${block}.mlp.output`,
    ...(attn === 'self_attn'
      ? {
          'attn.hook_q': `${block}.self_attn.q_proj.output`,
          'attn.hook_k': `${block}.self_attn.k_proj.output`,
          'attn.hook_v': `${block}.self_attn.v_proj.output`,
        }
      : {}),
  };
  const path = parsed?.kind === 'block' && Object.hasOwn(paths, parsed.hook) ? paths[parsed.hook] : undefined;
  if (path) return { path, comment: view.hook };
  return {
    path: `${block}.output[0]`,
    comment: `blocks.${layer}.hook_resid_post: no module of transformers returns ${view.hook}`,
  };
}

const BLOCKS: ReadonlyMap<string, string> = new Map([
  ['gpt2', 'transformer.h'],
  ['gpt_neox', 'gpt_neox.layers'],
]);

/** A Python string literal: JSON's escapes are Python's. */
function quote(text: string): string {
  return JSON.stringify(text);
}

function python(value: boolean): string {
  return value ? 'True' : 'False';
}
