// The experiment as a trace of nnsight on NDIF's machines (remote=True), which is the way on for models that outgrow this one: the chosen
// activation, the logits, the edits that a module's output can carry, and what Splitscope saw as asserts. Written for nnsight 0.5 on,
// where what a trace reads is the tensor itself; its docs/gotchas name what is heeded here: modules in running order, values saved and
// brought to the CPU, given vectors moved to the activation's device and dtype.
import {
  type Experiment,
  type HookName,
  type Intervention,
  type ModelReference,
  type Operation,
  type Prompt,
  runningOrder,
} from '../../engine/index.ts';
import {
  expectedOf,
  heading,
  modelName,
  type PythonRequest,
  probabilityTolerance,
  quote,
  revision,
  whyCarriedOutByNone,
} from './literals.ts';
import { blockOutput, layerOf, type Place, placeOf, unembedding } from './modules.ts';

/** A copy, since what is saved is the object, and later lines may write into it. */
const SAVE = 'chosen = x.detach().clone().cpu().save()';

/** Writes the script. A trace meets modules in the order in which they run, so its lines stand in running order. */
export function nnsightText(request: PythonRequest): string {
  const { experiment, modelType } = request;
  const { model, prompt, view, interventions, sweep, paths } = experiment;
  const enabled = interventions.filter((intervention) => intervention.enabled);
  const edits = enabled.map((intervention) => {
    const lost = whyCarriedOutByNone(request, intervention);
    return { intervention, lost, lines: lost === null ? editLines(intervention, modelType) : null };
  });
  const leftOut = [
    ...edits.flatMap(({ intervention: { hook, operation }, lost, lines }) =>
      lines ? [] : [lost ?? `${operation.kind} at ${hook}`],
    ),
    ...(sweep ? ['the sweep'] : []),
    ...(paths ? ['path patching'] : []),
  ].map((what) => `Left out here: ${what}.`);
  const steps = [
    ...edits.flatMap(({ intervention: { hook }, lines }) => (lines ? [{ hook, lines }] : [])),
    chosenStep(view, modelType),
  ].sort((one, other) => runningOrder(one.hook) - runningOrder(other.hook));
  return [
    heading(experiment, leftOut),
    'import torch',
    'from nnsight import LanguageModel',
    '',
    ...modelLines(model),
    `tokens = ${promptText(prompt)}`,
    model.source === 'hub'
      ? "with model.trace(tokens, remote=True):  # NDIF's machines; remote=False: this one"
      : 'with model.trace(tokens):  # on this machine: NDIF runs models of the hub',
    ...steps.flatMap(({ lines }) => lines.map((line) => `    ${line}`)),
    `    logits = model.${unembedding(modelType)}.output.detach().cpu().save()`,
    'print(chosen.shape)',
    'print(logits[0, -1].topk(10))',
    ...expectations(experiment),
    '',
  ].join('\n');
}

/** NDIF tells models by repository and revision, and holds each at its default one: a pinned commit would be another model there. */
function modelLines(model: ModelReference): string[] {
  if (model.source !== 'hub') return [`model = LanguageModel(${modelName(model)})`];
  const pinned = `model = LanguageModel(${modelName(model)}${revision(model)})`;
  return [
    '# NDIF holds a model at the default revision. What was run here, with remote=False:',
    `# ${pinned}`,
    `model = LanguageModel(${modelName(model)})`,
  ];
}

/** The ids as they were run, which every version of nnsight takes as a list; the text where only that is known. */
function promptText({ tokenIds, text }: Prompt): string {
  return tokenIds ? `[${tokenIds.join(', ')}]` : quote(text);
}

/** Saves the chosen activation; where no module has it, the stream behind its block. */
function chosenStep(
  view: Experiment['view'],
  modelType: string,
): { readonly hook: HookName; readonly lines: string[] } {
  const place = placeOf(view.hook, modelType);
  if (place) return { hook: view.hook, lines: [...read(place), `${SAVE}  # ${view.hook}`] };
  const layer = layerOf(view.hook) ?? view.layer;
  const hook = `blocks.${layer}.hook_resid_post` as const;
  const note = `${SAVE}  # ${hook}: no module of transformers has ${view.hook}`;
  return { hook, lines: [...read(blockOutput(layer, modelType)), note] };
}

/** An edit of a whole stream, as an assignment inside the trace; null where no module carries it. */
function editLines({ hook, positions, operation }: Intervention, modelType: string): string[] | null {
  const place = placeOf(hook, modelType);
  if (!place?.isStream) return null;
  const at = positions === 'all' ? ':' : `[${positions.join(', ')}]`;
  const assigned = assignment(operation, positions);
  return assigned === null ? null : [...read(place), `x[:, ${at}] ${assigned}`];
}

/** What becomes of some positions of the stream x [batch, pos, d_model], as the rest of an assignment to them; null where it needs more. */
function assignment(operation: Operation, positions: Intervention['positions']): string | null {
  switch (operation.kind) {
    case 'zero':
      return '= 0';
    case 'scale':
      return `*= ${operation.factor}`;
    case 'mean':
      return '= x.mean(1, keepdim=True)';
    case 'set':
      return `= ${vector(operation.values)}`;
    case 'addVector':
      return `+= ${operation.factor} * ${vector(operation.values)}`;
    case 'swap':
      return positions === 'all' ? null : `= x[:, [${positions.toReversed().join(', ')}]]`;
    default:
      return null;
  }
}

function vector(values: readonly number[]): string {
  return `torch.tensor([${values.join(', ')}]).to(x)`; // a client's tensor is in f32 on the CPU, the model in bf16 on some GPU
}

/** `x` is the activation itself, [batch, pos, width]: what is assigned into it goes on in the run. */
function read({ path, isTuple }: Place): string[] {
  return [
    `x = model.${path}`,
    ...(isTuple ? ['x = x[0] if isinstance(x, tuple) else x  # a tuple in older transformers'] : []),
  ];
}

/** What Splitscope saw in run A, or in B where that alone ran. */
function expectations(experiment: Experiment): readonly string[] {
  const run = experiment.fingerprint?.a ?? experiment.fingerprint?.b;
  if (!run || run.top.length === 0) return [];
  return [
    'probabilities = logits[0, -1].float().softmax(-1)',
    `atol = ${probabilityTolerance(experiment)} if logits.dtype == torch.float32 else 5e-2  # NDIF holds most models in bf16`,
    `for token, probability in ${expectedOf(run)}:  # as Splitscope saw them`,
    '    torch.testing.assert_close(probabilities[token].item(), probability, atol=atol, rtol=1e-5)',
  ];
}
