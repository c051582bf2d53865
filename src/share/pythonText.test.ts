import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HAS_PYTHON, PYTHON_NOTE, runPython } from '../../test/support/python.ts';
import { DEFAULT_EXPERIMENT, type Experiment } from '../engine/index.ts';
import { arbitraryExperiment } from './arbitrary.node.ts';
import { nnsightText, transformerLensText } from './pythonText.ts';

const PYTHIA: Experiment = {
  ...DEFAULT_EXPERIMENT,
  model: { source: 'hub', repo: 'EleutherAI/pythia-70m', revision: 'main' },
  view: { ...DEFAULT_EXPERIMENT.view, hook: 'blocks.2.hook_attn_out' },
};

test('TransformerLens runs both modes on the ids that were run, and asserts under the same tolerance', () => {
  const text = transformerLensText({ experiment: PYTHIA, modelType: 'gpt_neox', tokenIds: [0, 631, 523] });
  expect(text).toContain('from_pretrained_no_processing("EleutherAI/pythia-70m", dtype=torch.float32)');
  expect(text).toContain('tokens = torch.tensor([[0, 631, 523]])');
  expect(text).toContain('a = run(False)\nb = run(True)\n');
  expect(text).toContain(
    'assert_close(b["blocks.2.hook_attn_out"], a["blocks.2.hook_attn_out"], atol=0.0005, rtol=0.00001)'.replace(
      '0.00001',
      String(1e-5),
    ),
  );
});

test.each([
  ['gpt_neox', 'model.gpt_neox.layers[2].attention.output[0].save()', 'model.embed_out.output'],
  ['gpt2', 'model.transformer.h[2].attn.output[0].save()', 'model.lm_head.output'],
  ['llama', 'model.model.layers[2].self_attn.output[0].save()', 'model.lm_head.output'],
])('nnsight saves the module of %s that the hook is, on NDIF', (modelType, chosen, logits) => {
  const text = nnsightText({ experiment: PYTHIA, modelType, tokenIds: null });
  expect(text).toContain('model.trace(tokens, remote=True)');
  expect(text).toContain(chosen);
  expect(text).toContain(logits);
  expect(text).toContain(`tokens = ${JSON.stringify(PYTHIA.prompt.text)}`);
});

test('a hook that no module returns says so', () => {
  const experiment = { ...PYTHIA, view: { ...PYTHIA.view, hook: 'blocks.1.attn.hook_pattern' as const } };
  const text = nnsightText({ experiment, modelType: 'llama', tokenIds: null });
  expect(text).toContain('no module of transformers returns blocks.1.attn.hook_pattern');
});

test.skipIf(!HAS_PYTHON)(
  `whatever the experiment says, Python parses the text, and its strings are the experiment's${PYTHON_NOTE}`,
  () => {
    const experiments = fc.sample(arbitraryExperiment, { numRuns: 60, seed: 7 });
    const sources = experiments.flatMap((experiment) =>
      [transformerLensText, nnsightText].map((write) => write({ experiment, modelType: 'llama', tokenIds: null })),
    );
    const program = `
import ast, json, sys
for source in json.loads(sys.argv[1]):
    tree = ast.parse(source)
    called = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    assert not called & {'eval', 'exec', '__import__', 'open'}, called
print('parsed')`;
    expect(runPython(program, [JSON.stringify(sources)])).toBe('parsed\n');
  },
);
