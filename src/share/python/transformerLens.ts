// The experiment as a script for TransformerLens, to be pasted: both runs, interventions, the sweep, and what Splitscope saw as asserts.
// It uses what has long been public there: from_pretrained_no_processing, set_use_split_qkv_input, hooks, run_with_cache, run_with_hooks.
import type { Experiment, HookName, Intervention, Prompt, RunSpec } from '../../engine/index.ts';
import { EDIT_FUNCTIONS, hooksList, NOISE_FUNCTION, REMEMBER, sourcesOf, whyNotWritten } from './edits.ts';
import * as literals from './literals.ts';
import { modelText } from './modelText.ts';
import { canPatchPaths, pathsText } from './pathsText.ts';
import { runFunction } from './runFunction.ts';
import { sweepText } from './sweepText.ts';

const { quote, python } = literals;

/** Hooks that TransformerLens has only when it is told so. */
const SWITCHES = [
  ['attn.hook_result', 'set_use_attn_result'],
  ['hook_attn_in', 'set_use_attn_in'],
  ['hook_mlp_in', 'set_use_hook_mlp_in'],
] as const;

/** Writes the script. */
export function transformerLensText(request: literals.PythonRequest): string {
  const { experiment, sweepCells = [], pathCells = [] } = request;
  const { interventions, a, b, mode } = experiment;
  const sweep = canSweep(experiment) ? experiment.sweep : null;
  const paths = canPatchPaths(experiment) ? experiment.paths : null;
  const repeats = [a, b].some(({ kv }) => kv === 'repeat');
  const asks = (mode === 'split' ? b : a).kv === 'repeat'; // a sweep runs as A does, or B where B runs alone
  const enabled = interventions.filter((intervention) => intervention.enabled);
  const written = enabled.filter((intervention) => whyNotWritten(request, intervention) === null);
  const hasEdits = written.length > 0 || sweep !== null || paths !== null;
  const hasNoise = [...written, ...(sweep ? [sweep] : [])].some(({ operation }) => operation.kind === 'noise');
  const sections = [
    `${literals.heading(experiment, leftOutOf(request, enabled))}
import torch
${modelText(experiment.model)}${switches(experiment, written)}tokens = ${tokensText(experiment.prompt)}
`,
    ...(hasEdits ? [EDIT_FUNCTIONS] : []),
    ...(hasNoise ? [NOISE_FUNCTION] : []),
    ...(sourcesOf(written, 'same').length > 0 ? [REMEMBER] : []),
    runFunction(repeats),
    runText({ ...experiment, sweep, paths }, written),
    compareText(experiment),
    ...expectations(experiment),
    ...(sweep ? [sweepText(sweep, sweepCells, asks)] : []),
    ...(paths ? [pathsText(paths, pathCells, repeats && asks)] : []),
  ];
  return `${sections.map((section) => section.replace(/\n+$/, '\n')).join('')}`;
}

function leftOutOf(request: literals.PythonRequest, enabled: readonly Intervention[]): string[] {
  const { interventions, corrupted, sweep, paths, continuation } = request.experiment;
  const nDisabled = interventions.length - enabled.length;
  return [
    ...enabled.flatMap((intervention) => whyNotWritten(request, intervention) ?? []),
    ...(nDisabled > 0 ? [`${nDisabled} interventions that are switched off`] : []),
    ...(sweep && !canSweep({ sweep, corrupted }) ? ['the sweep, which reads a run that it does not have'] : []),
    ...(paths && !canPatchPaths({ paths, corrupted }) ? ['path patching, which needs a corrupted prompt'] : []),
    ...(continuation ? ['the continuation: see model.generate'] : []),
  ].map((what) => `Left out here: ${what}.`);
}

function canSweep({ sweep, corrupted }: Pick<Experiment, 'sweep' | 'corrupted'>): boolean {
  if (!sweep || !('prompt' in sweep.operation)) return true;
  const { prompt } = sweep.operation;
  return prompt === 'clean' || (prompt === 'corrupted' && corrupted !== null);
}

function tokensText(prompt: Prompt): string {
  const { text, prependBos } = prompt;
  const bos = prependBos === 'model' ? '' : `, prepend_bos=${python(prependBos)}`;
  return literals.idsOf(prompt) ?? `model.to_tokens(${quote(text)}${bos})`;
}

/** Switches on the hooks that are edited, read or looked at and that TransformerLens leaves out by itself. */
function switches({ view, paths }: Experiment, written: readonly Intervention[]): string {
  const hooks: readonly HookName[] = [
    view.hook,
    ...written.map(({ hook }) => hook),
    ...(['clean', 'corrupted', 'same'] as const).flatMap((prompt) => sourcesOf(written, prompt)),
    ...(paths?.receivers.some(({ kind }) => kind === 'mlp') ? (['blocks.0.hook_mlp_in'] as const) : []),
  ];
  return SWITCHES.filter(([ending]) => hooks.some((hook) => hook.endsWith(`.${ending}`)))
    .map(([, method]) => `model.${method}(True)\n`)
    .join('');
}

/** The runs that edits read, and A and B. */
function runText(experiment: Experiment, written: readonly Intervention[]): string {
  const { corrupted, sweep, paths, mode, a, b } = experiment;
  const reads = (prompt: 'clean' | 'corrupted') =>
    paths !== null ||
    sourcesOf(written, prompt).length > 0 ||
    (sweep !== null && 'prompt' in sweep.operation && sweep.operation.prompt === prompt);
  const readsClean = reads('clean') || sweep?.metric.kind === 'kl';
  const sourcesFor = (spec: RunSpec) => [
    ...(readsClean ? [`clean_logits, clean = run(tokens, split=True${repeated(spec)})`] : []),
    ...(corrupted && reads('corrupted') ? [`_, corrupted = run(corrupted_tokens, split=True${repeated(spec)})`] : []),
  ];
  const side = (name: 'a' | 'b', spec: RunSpec) =>
    `${name}_logits, ${name} = run(tokens, split=${python(spec.qkv === 'split')}${repeated(spec)}${written.length > 0 ? ', hooks=hooks' : ''})`;
  const [first, second] = mode === 'split' ? [b, null] : [a, mode === 'compare' ? b : null];
  const lines = [
    ...(corrupted && reads('corrupted') ? [`corrupted_tokens = ${tokensText(corrupted)}`] : []),
    ...(written.length > 0 ? [hooksList(written)] : []),
    // Where A and B count kv heads otherwise, edits of each read runs of its own kind; a sweep reads those of A.
    ...(second && second.kv !== first.kv ? [...sourcesFor(second), side('b', second)] : []),
    ...sourcesFor(first),
    side(first === a ? 'a' : 'b', first),
    ...(second && second.kv === first.kv ? [side('b', second)] : []),
  ];
  return `

${lines.join('\n')}
`;
}

function repeated({ kv }: RunSpec): string {
  return kv === 'repeat' ? ', repeat=True' : '';
}

/** Compares hook by hook, and asserts the tolerance at the chosen one, where both runs have it in one shape. */
function compareText({ mode, view, tolerance }: Experiment): string {
  if (mode !== 'compare') return '';
  // Equal bits are a property of Splitscope's order of addition; TransformerLens adds in another, and #519 asks this much of it.
  const isExact = tolerance.atol === 0 && tolerance.rtol === 0;
  const { atol, rtol } = isExact ? { atol: 5e-4, rtol: 1e-5 } : tolerance;
  const note = isExact ? "TransformerLens #519's: torch adds in other orders" : 'the tolerance of A against B';
  const close = (one: string, other: string) =>
    `torch.testing.assert_close(${one}, ${other}, atol=${atol}, rtol=${rtol})  # ${note}`;
  const atHook = `
        if hook == ${quote(view.hook)}:
            ${close('b[hook]', 'a[hook]')}`;
  return `
for hook in a:
    if hook in b and a[hook].shape == b[hook].shape:
        print(f"{hook:40} {(b[hook] - a[hook]).abs().nan_to_num().max():.3e}")${view.hook.startsWith('unembed.') ? '' : atHook}
${view.hook === 'unembed.hook_out' ? `${close('b_logits', 'a_logits')}\n` : ''}`;
}

/** What Splitscope saw; none where the experiment was not run. */
function expectations(experiment: Experiment): readonly string[] {
  const { fingerprint } = experiment;
  if (!fingerprint) return [];
  const runs = (['a', 'b'] as const).flatMap((side) => {
    const run = experiment.mode === (side === 'a' ? 'split' : 'fused') ? null : fingerprint[side];
    return run && run.top.length > 0 ? [`(${side}_logits, ${literals.expectedOf(run)}),`] : [];
  });
  if (runs.length === 0) return [];
  return [
    `
# The likeliest next tokens as Splitscope saw them: (id, probability).
for logits, expected in (
${runs.map((run) => `    ${run}`).join('\n')}
):
    probabilities = logits[0, -1].softmax(-1)
    assert probabilities.argmax().item() == expected[0][0]
    for token, probability in expected:
        torch.testing.assert_close(probabilities[token].item(), probability, atol=${literals.probabilityTolerance(experiment)}, rtol=1e-5)
`,
  ];
}
