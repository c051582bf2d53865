// The experiment as a trace of nnsight on NDIF's machines (remote=True), which is the way on for models that outgrow this one: the chosen
// activation, the logits, the edits that a module's output can carry, and what Splitscope saw as asserts.
import { type Experiment, type HookName, type Intervention, runningOrder } from '../../engine/index.ts';
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
import { blockOutput, layerOf, type Place, placeOf, unembedding } from './modules.ts';

/** Writes the script. A trace meets modules in the order in which they run, so its lines stand in running order. */
export function nnsightText({ experiment, modelType }: PythonRequest): string {
  const { prompt, view, interventions, sweep, paths } = experiment;
  const enabled = interventions.filter((intervention) => intervention.enabled);
  const edits = enabled.map((intervention) => ({ intervention, lines: editLines(intervention, modelType) }));
  const leftOut = [
    ...edits.flatMap(({ intervention: { hook, operation }, lines }) => (lines ? [] : [`${operation.kind} at ${hook}`])),
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
    `model = LanguageModel(${modelName(experiment.model)}${revision(experiment.model)})`,
    `tokens = ${idsOf(prompt) ?? quote(prompt.text)}`,
    "with model.trace(tokens, remote=True):  # NDIF's machines; remote=False: this one",
    ...steps.flatMap(({ lines }) => lines.map((line) => `    ${line}`)),
    `    logits = model.${unembedding(modelType)}.output.save()`,
    'print(chosen.shape)',
    'print(logits[0, -1].topk(10))',
    ...expectations(experiment),
    '',
  ].join('\n');
}

/** Saves the chosen activation; where no module has it, the stream behind its block. */
function chosenStep(
  view: Experiment['view'],
  modelType: string,
): { readonly hook: HookName; readonly lines: string[] } {
  const place = placeOf(view.hook, modelType);
  if (place) return { hook: view.hook, lines: [...read(place), `chosen = x.clone().save()  # ${view.hook}`] };
  const layer = layerOf(view.hook) ?? view.layer;
  const hook = `blocks.${layer}.hook_resid_post` as const;
  const note = `chosen = x.clone().save()  # ${hook}: no module of transformers has ${view.hook}`;
  return { hook, lines: [...read(blockOutput(layer, modelType)), note] };
}

/** An edit of a whole stream, as an assignment inside the trace; null where no module carries it. */
function editLines({ hook, positions, operation }: Intervention, modelType: string): string[] | null {
  const place = placeOf(hook, modelType);
  if (!place?.isStream) return null;
  const target = `x[:, ${positions === 'all' ? ':' : `[${positions.join(', ')}]`}]`;
  if (operation.kind === 'zero') return [...read(place), `${target} = 0`];
  if (operation.kind === 'scale') return [...read(place), `${target} *= ${operation.factor}`];
  return null;
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
    `for token, probability in ${expectedOf(run)}:  # as Splitscope saw them`,
    `    torch.testing.assert_close(probabilities[token].item(), probability, atol=${probabilityTolerance(experiment)}, rtol=1e-5)`,
  ];
}
