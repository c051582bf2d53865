// The experiment as a script for TransformerLens, to be pasted: both runs, interventions, the sweep, and what Splitscope saw as asserts.
// It uses what has long been public there: from_pretrained_no_processing, set_use_split_qkv_input, hooks, run_with_cache, run_with_hooks.
import type { Experiment, HookName, Intervention, Prompt } from '../../engine/index.ts';
import { EDIT_FUNCTIONS, hooksList, REMEMBER, sourcesOf, whyNotWritten } from './edits.ts';
import * as literals from './literals.ts';
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
  const { experiment, sweepCells = [] } = request;
  const { interventions } = experiment;
  const sweep = canSweep(experiment) ? experiment.sweep : null;
  const enabled = interventions.filter((intervention) => intervention.enabled);
  const written = enabled.filter((intervention) => whyNotWritten(intervention, experiment.corrupted !== null) === null);
  const hasEdits = written.length > 0 || sweep !== null;
  const sections = [
    `${literals.heading(experiment, leftOutOf(experiment, enabled))}
import torch
from transformer_lens import HookedTransformer

model = HookedTransformer.from_pretrained_no_processing(
    ${literals.modelName(experiment.model)}${literals.revision(experiment.model)}, dtype=torch.float32, device="cpu"
)
${switches(experiment, written)}tokens = ${tokensText(experiment.prompt)}
`,
    ...(hasEdits ? [EDIT_FUNCTIONS] : []),
    ...(sourcesOf(written, 'same').length > 0 ? [REMEMBER] : []),
    runText({ ...experiment, sweep }, written),
    compareText(experiment),
    ...expectations(experiment),
    ...(sweep ? [sweepText(sweep, sweepCells)] : []),
  ];
  return `${sections.map((section) => section.replace(/\n+$/, '\n')).join('')}`;
}

function leftOutOf(
  { interventions, corrupted, sweep, paths, continuation }: Experiment,
  enabled: readonly Intervention[],
): string[] {
  const nDisabled = interventions.length - enabled.length;
  return [
    ...enabled.flatMap((intervention) => whyNotWritten(intervention, corrupted !== null) ?? []),
    ...(nDisabled > 0 ? [`${nDisabled} interventions that are switched off`] : []),
    ...(sweep && !canSweep({ sweep, corrupted }) ? ['the sweep, which reads a run that it does not have'] : []),
    ...(paths ? ['path patching'] : []),
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
function switches({ view }: Experiment, written: readonly Intervention[]): string {
  const hooks: readonly HookName[] = [
    view.hook,
    ...written.map(({ hook }) => hook),
    ...(['clean', 'corrupted', 'same'] as const).flatMap((prompt) => sourcesOf(written, prompt)),
  ];
  return SWITCHES.filter(([ending]) => hooks.some((hook) => hook.endsWith(`.${ending}`)))
    .map(([, method]) => `model.${method}(True)\n`)
    .join('');
}

/** The function that runs, the runs that edits read, and A and B. */
function runText(experiment: Experiment, written: readonly Intervention[]): string {
  const { corrupted, sweep, mode, a, b } = experiment;
  const reads = (prompt: 'clean' | 'corrupted') =>
    sourcesOf(written, prompt).length > 0 ||
    (sweep !== null && 'prompt' in sweep.operation && sweep.operation.prompt === prompt);
  const readsClean = reads('clean') || sweep?.metric.kind === 'kl';
  const lines = [
    ...(readsClean ? ['clean_logits, clean = run(tokens, split=True)'] : []),
    ...(corrupted && reads('corrupted')
      ? [`corrupted_tokens = ${tokensText(corrupted)}`, '_, corrupted = run(corrupted_tokens, split=True)']
      : []),
    ...(written.length > 0 ? [hooksList(written)] : []),
    ...(mode === 'split' ? [] : [`a_logits, a = run(tokens, split=${python(a.qkv === 'split')}${hooksOf(written)})`]),
    ...(mode === 'fused' ? [] : [`b_logits, b = run(tokens, split=${python(b.qkv === 'split')}${hooksOf(written)})`]),
  ];
  return `

def run(tokens, split, hooks=()):
    """Logits [1, pos, d_vocab] and every activation; a fused run has no hook_q_input, hook_k_input, hook_v_input."""
    model.set_use_split_qkv_input(split)
    with torch.no_grad(), model.hooks(fwd_hooks=list(hooks)):
        return model.run_with_cache(tokens)


${lines.join('\n')}
`;
}

function hooksOf(written: readonly Intervention[]): string {
  return written.length > 0 ? ', hooks=hooks' : '';
}

/** Compares hook by hook, and asserts the tolerance at the chosen one. */
function compareText({ mode, view, tolerance }: Experiment): string {
  if (mode !== 'compare') return '';
  const { atol, rtol } = tolerance;
  const isLogits = view.hook === 'unembed.hook_out';
  const [one, other] = isLogits ? ['b_logits', 'a_logits'] : [`b[${quote(view.hook)}]`, `a[${quote(view.hook)}]`];
  return `
for hook in a:
    if hook in b and a[hook].shape == b[hook].shape:
        print(f"{hook:40} {(b[hook] - a[hook]).abs().nan_to_num().max():.3e}")
torch.testing.assert_close(${one}, ${other}, atol=${atol}, rtol=${rtol})  # the tolerance of A against B
`;
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
