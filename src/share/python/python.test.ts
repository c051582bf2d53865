// The experiment in Python: readable text that Python parses, whose every name is defined, and out of whose strings nothing gets.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HAS_PYTHON, PYTHON_NOTE, runPython } from '../../../test/support/python.ts';
import {
  DEFAULT_EXPERIMENT,
  type Experiment,
  type Intervention,
  type PathSweep,
  type RunSpec,
  type SweepCell,
} from '../../engine/index.ts';
import { arbitraryExperiment } from '../arbitrary.node.ts';
import { nnsightText } from './nnsight.ts';
import { transformerLensText } from './transformerLens.ts';

const RUN = { logits: 'aa', blocks: [], top: [{ id: 6393, probability: 0.998 }] };
const PYTHIA: Experiment = {
  ...DEFAULT_EXPERIMENT,
  model: { source: 'hub', repo: 'EleutherAI/pythia-70m', revision: 'a39f36b' },
  prompt: { ...DEFAULT_EXPERIMENT.prompt, tokenIds: [0, 631, 523] },
  corrupted: { text: 'Other', prependBos: true, tokenIds: null },
  view: { ...DEFAULT_EXPERIMENT.view, hook: 'blocks.2.hook_attn_out' },
  fingerprint: { modelHash: 'f0', tokens: 'be', a: RUN, b: RUN, maxAbs: 0, adapter: 'an adapter', appVersion: '0.1.0' },
};

const base = { heads: 'all', positions: 'all', enabled: true } as const;
const EDITS: readonly Intervention[] = [
  {
    ...{ ...base, hook: 'blocks.1.hook_q_input', heads: [7], positions: [2] },
    operation: { kind: 'patch', prompt: 'corrupted', source: 'blocks.1.hook_q_input' },
  },
  { ...base, hook: 'blocks.2.attn.hook_result', operation: { kind: 'scale', factor: -0.5 } },
  { ...base, hook: 'blocks.3.hook_resid_pre', positions: [1, 2], operation: { kind: 'swap' } },
  {
    ...{ ...base, hook: 'blocks.3.attn.hook_z' },
    operation: { kind: 'add', factor: 2, prompt: 'same', source: 'blocks.0.attn.hook_z', sourceHead: 3 },
  },
  { ...base, hook: 'unembed.hook_out', operation: { kind: 'zero' } },
];

test('TransformerLens runs both modes on the ids that were run, asserts under the same tolerance, and expects what was seen', () => {
  const text = transformerLensText({ experiment: PYTHIA, modelType: 'gpt_neox' });
  for (const line of [
    '    "EleutherAI/pythia-70m", revision="a39f36b", dtype=torch.float32, device="cpu"',
    'tokens = torch.tensor([[0, 631, 523]])',
    'a_logits, a = run(tokens, split=False)',
    'b_logits, b = run(tokens, split=True)',
    '        if hook == "blocks.2.hook_attn_out":',
    `            torch.testing.assert_close(b[hook], a[hook], atol=0.0005, rtol=${1e-5})  # the tolerance of A against B`,
    '    (a_logits, [(6393, 0.998)]),',
    '    (b_logits, [(6393, 0.998)]),',
  ])
    expect(text).toContain(line);
  expect(text).not.toContain('def edit');
});

test('interventions are hook functions over heads and positions, with what they read of other runs and of the same', () => {
  const text = transformerLensText({ experiment: { ...PYTHIA, interventions: EDITS }, modelType: 'gpt_neox' });
  for (const line of [
    'model.set_use_attn_result(True)',
    'corrupted_tokens = model.to_tokens("Other", prepend_bos=True)',
    '    ("blocks.1.hook_q_input", edit(lambda x: view(corrupted["blocks.1.hook_q_input"], "blocks.1.hook_q_input"), heads=[7], positions=[2])),',
    '    ("blocks.2.attn.hook_result", edit(lambda x: -0.5 * x)),',
    '    ("blocks.3.hook_resid_pre", edit(lambda x: x[[{1: 2, 2: 1}.get(at, at) for at in range(len(x))]], positions=[1, 2])),',
    '    ("blocks.3.attn.hook_z", edit(lambda x: x + 2 * view(same["blocks.0.attn.hook_z"], "blocks.0.attn.hook_z")[:, 3, None])),',
    '# Left out here: an intervention at unembed.hook_out, since TransformerLens has no unembed.hook_out.',
    'b_logits, b = run(tokens, split=True, hooks=hooks)',
    '    ("blocks.0.attn.hook_z", remember),\n]', // behind the edits of that hook: what later edits read is as edited
  ])
    expect(text).toContain(line);
});

test('what no run of the model carries out is left out, with the reason; what one of them does is written', () => {
  const whyNotApplied = ({ hook }: Intervention, { qkv }: RunSpec) =>
    hook.startsWith('blocks.1.') && qkv === 'fused' ? 'split mode only' : hook.includes('z') ? 'no head 9' : null;
  const request = { experiment: { ...PYTHIA, interventions: EDITS }, modelType: 'gpt_neox', whyNotApplied };
  const both = transformerLensText(request);
  expect(both).toContain('# Left out here: an intervention at blocks.3.attn.hook_z, as in Splitscope: no head 9.');
  expect(both).not.toContain('("blocks.3.attn.hook_z", edit');
  expect(both).toContain('("blocks.1.hook_q_input", edit');
  const fused = transformerLensText({ ...request, experiment: { ...request.experiment, mode: 'fused' } });
  expect(fused).toContain(
    '# Left out here: an intervention at blocks.1.hook_q_input, as in Splitscope: split mode only.',
  );
  expect(fused).not.toContain('("blocks.1.hook_q_input", edit');
});

test("equal bits are asked of Splitscope alone: torch gets #519's tolerance", () => {
  const text = transformerLensText({
    experiment: { ...PYTHIA, tolerance: { atol: 0, rtol: 0 } },
    modelType: 'gpt_neox',
  });
  expect(text).toContain('atol=0.0005, rtol=0.00001');
});

test('where kv heads are repeated TransformerLens ungroups them, run by run, and edits read runs of their own kind', () => {
  const b = { ...PYTHIA.b, kv: 'repeat' as const };
  const text = transformerLensText({ experiment: { ...PYTHIA, b, interventions: EDITS }, modelType: 'llama' });
  expect(text).toContain('    model.set_ungroup_grouped_query_attention(repeat)\n');
  expect(text).toMatch(
    /_, corrupted = run\(corrupted_tokens, split=True, repeat=True\)\nb_logits, b = .*repeat=True, hooks=hooks\)\n_, corrupted = run\(corrupted_tokens, split=True\)\na_logits/,
  );
});

test("a folder goes through the steps of TransformerLens' loader, which itself takes the names it knows alone", () => {
  const text = transformerLensText({
    experiment: { ...PYTHIA, model: { source: 'bundled', name: 'demo-gqa' } },
    modelType: 'mistral',
  });
  expect(text).toContain('folder = "demo-gqa"');
  expect(text).not.toContain('from_pretrained_no_processing');
});

test('paths are the three runs of Wang et al., with what each sender told', () => {
  const paths: PathSweep = {
    ...{ receivers: [{ kind: 'k', layer: 3, head: 1 }, { kind: 'final' }], heads: 'frozen', mlps: 'recomputed' },
    ...{ senders: 'all', metric: { kind: 'kl' }, position: 2 },
  };
  const pathCells = [
    { sender: { kind: 'embed' }, value: 0.5 },
    { sender: { kind: 'head', layer: 0, head: 7 }, value: 1 / 3 },
  ] as const;
  const text = transformerLensText({ experiment: { ...PYTHIA, paths }, modelType: 'gpt_neox', pathCells });
  for (const line of [
    'clean_logits, clean = run(tokens, split=True)\n_, corrupted = run(corrupted_tokens, split=True)',
    'receivers = [("blocks.3.hook_k_input", [1]), (f"blocks.{model.cfg.n_layers - 1}.hook_resid_post",)]',
    '    ("hook_embed", None, 0.5),\n    ("blocks.0.attn.hook_z", [7], 0.3333333),\n]',
    'sending.append(frozen(clean, f"blocks.{layer}.attn.hook_z"))',
  ])
    expect(text).toContain(line);
  expect(text).not.toContain('.hook_mlp_out"))');
  const unrun = transformerLensText({ experiment: { ...PYTHIA, paths }, modelType: 'gpt_neox' });
  expect(unrun).toContain('for head in range(model.cfg.n_heads) if layer < 3]');
});

test('a sweep runs each place by run_with_hooks and expects the numbers that it gave', () => {
  const sweep = {
    ...{ sites: ['attn.hook_z', 'hook_mlp_out'] as const, operation: { kind: 'freeze', prompt: 'corrupted' } as const },
    ...{ byPosition: false, metric: { kind: 'logitDifference', tokens: [523, 521] } as const, position: 2 },
  };
  const cells: readonly SweepCell[] = [
    { site: 'attn.hook_z', layer: 0, head: 1, position: null, value: 0.25 },
    { site: 'attn.hook_z', layer: 0, head: 0, position: null, value: 1 / 3 },
    { site: 'hook_mlp_out', layer: 0, head: null, position: null, value: -2 },
  ];
  const text = transformerLensText({ experiment: { ...PYTHIA, sweep }, modelType: 'gpt_neox', sweepCells: cells });
  expect(text).toContain(
    '    "attn.hook_z": [\n        [0.3333333, 0.25],\n    ],\n    "hook_mlp_out": [\n        [-2],\n    ],',
  );
  expect(text).toContain('    return (x[523] - x[521]).item()');
  expect(text).toContain('        change = lambda x: view(corrupted[name], name)');
  expect(text).toContain('_, corrupted = run(corrupted_tokens, split=True)');
});

test.each([
  ['gpt_neox', 'x = model.gpt_neox.layers[2].attention.dense.output\n', 'model.embed_out.output'],
  ['gpt2', 'x = model.transformer.h[2].attn.c_proj.output\n', 'model.lm_head.output'],
  ['llama', 'x = model.model.layers[2].self_attn.o_proj.output\n', 'model.lm_head.output'],
])('nnsight saves the module of %s that the hook is, on NDIF', (modelType, chosen, logits) => {
  const text = nnsightText({ experiment: PYTHIA, modelType });
  for (const line of [
    ...['tokens = [0, 631, 523]\n', 'model.trace(tokens, remote=True)', chosen, logits, 'in [(6393, 0.998)]:'],
    '\nmodel = LanguageModel("EleutherAI/pythia-70m")\n', // the pinned commit, which NDIF does not hold, stands beside it
    '# model = LanguageModel("EleutherAI/pythia-70m", revision="a39f36b")\n',
  ]) {
    expect(text).toContain(line);
  }
});

test('nnsight carries the edits of streams and names those it leaves out; a hook that no module returns says so', () => {
  const view = { ...PYTHIA.view, hook: 'blocks.1.attn.hook_pattern' as const };
  const zero: Intervention = { ...base, hook: 'blocks.0.hook_mlp_out', positions: [1], operation: { kind: 'zero' } };
  const text = nnsightText({ experiment: { ...PYTHIA, view, interventions: [...EDITS, zero] }, modelType: 'llama' });
  // A trace meets modules as they run: the edit of layer 0 stands before what layer 1 shows, whatever their order in the list.
  expect(text).toContain(
    '    x = model.model.layers[0].mlp.down_proj.output\n    x[:, [1]] = 0\n    x = model.model.layers[1].output\n',
  );
  expect(text).toContain('    x[:, [1, 2]] = x[:, [2, 1]]\n');
  expect(text).toContain('# Left out here: patch at blocks.1.hook_q_input.');
  expect(text).toContain('no module of transformers has blocks.1.attn.hook_pattern');
});

test.skipIf(!HAS_PYTHON)(
  `whatever the experiment says, Python compiles the text, every name in it is defined, and none is dangerous${PYTHON_NOTE}`,
  () => {
    const experiments = [
      ...fc.sample(arbitraryExperiment, { numRuns: 60, seed: 7 }),
      { ...PYTHIA, interventions: EDITS },
    ];
    const sources = experiments.flatMap((experiment) =>
      [transformerLensText, nnsightText].map((write) => write({ experiment, modelType: 'llama' })),
    );
    expect(runPython(CHECK, [], JSON.stringify(sources))).toBe('compiled\n');
  },
);

const CHECK = `
import ast, builtins, json, sys
for source in json.load(sys.stdin):
    tree = ast.parse(source)
    compile(tree, 'copied.py', 'exec')
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    defined = set(dir(builtins)) | {node.id for node in names if isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            defined |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef):
            defined.add(node.name)
        elif isinstance(node, ast.arg):
            defined.add(node.arg)
    missing = {node.id for node in names} - defined
    assert not missing, (missing, source)
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not called & {'eval', 'exec', '__import__', 'open', 'compile'}, called
print('compiled')`;
