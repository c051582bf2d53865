// Cases of grouped queries: TransformerLens 1.14's two faults (#519, #558), and ONNX Runtime's GroupQueryAttention on WebGPU.
import { blockHook, DEFAULT_EXPERIMENT, type Experiment, formatFigure, formatShape } from '../engine/index.ts';
import { type Case, type Live, type Paragraph, say } from './case.ts';
import { firstOutside, firstParting, maxAt, maxOfLogits, outsideOf, verdictWords } from './figures.ts';
import { LONG_PROMPT } from './prompts.ts';

const ISSUES = 'https://github.com/TransformerLensOrg/TransformerLens/issues';

export const GROUPED: Case = {
  id: '558-grouped',
  title: 'Split QKV on grouped queries',
  about:
    'The crash of TransformerLens 1.14 and the silent fault behind it, re-enacted on this model’s shapes; then how it is right.',
  source: { label: 'TransformerLens #558', url: `${ISSUES}/558` },
  steps: [
    {
      label: 'Two faults, then none',
      experiment: {
        ...DEFAULT_EXPERIMENT,
        view: { ...DEFAULT_EXPERIMENT.view, hook: blockHook(0, 'attn.hook_q'), layer: 0, head: 0 },
      },
      ask: { kind: 'probe', what: 'transformerLens114' },
      panel: 'panel-ladder',
      tell: (live) => [...faultWords(live), oursWords(live)],
    },
  ],
};

function faultWords({ probe }: Live): readonly Paragraph[] {
  if (probe?.kind !== 'transformerLens114') return [say`Re-enacting 1.14 on this model's block 0…`];
  const { crash, fold, qError } = probe;
  return [
    say`1.14 repeated every input n_heads times, k's and v's too. torch.einsum then says: ${crash ?? 'nothing: heads are not grouped'}.`,
    say`Had it not, q would have come out wrong in silence: its einsum named the copies and W_Q's heads differently and summed over both. Computed so, q is ${formatFigure(fold)} times ours, off by up to ${formatFigure(qError)}.`,
  ];
}

function oursWords(live: Live): Paragraph {
  const { probe } = live;
  const shape = probe?.kind === 'transformerLens114' ? formatShape(probe.kInput) : 'their own';
  return say`Ours: k and v inputs belong to kv heads, ${shape}, and each projection sums over d_model alone. Split (B) against fused (A): ${verdictWords(live)}.`;
}

const ONNX: Experiment = {
  ...DEFAULT_EXPERIMENT,
  prompt: { ...DEFAULT_EXPERIMENT.prompt, text: LONG_PROMPT },
  a: { ...DEFAULT_EXPERIMENT.a, engine: 'onnx-fused' },
  b: { ...DEFAULT_EXPERIMENT.a, engine: 'onnx-webgpu-fused' },
  view: { ...DEFAULT_EXPERIMENT.view, hook: blockHook(0, 'attn.hook_z'), layer: 0, head: 0 },
};

export const ONNX_ATTENTION: Case = {
  id: 'onnx-gqa',
  title: 'ONNX Runtime’s GroupQueryAttention',
  about: 'The same graph in two backends of one runtime, on this adapter. Loads some 40 MB from this page’s server.',
  source: null,
  steps: [
    {
      label: 'WebGPU against WASM',
      experiment: ONNX,
      ask: null,
      panel: 'panel-ladder',
      tell: (live) => [
        say`A is ONNX Runtime on the processor, B its WebGPU backend: one graph, one fused attention operator, ${String(live.result.tokenIds.length)} tokens. Bits part first at ${firstParting(live).hook}; block 0's z differs by ${maxAt(live, 'blocks.0.attn.hook_z')}, the logits by ${maxOfLogits(live)}.`,
        attentionVerdict(live),
      ],
    },
    {
      label: 'WASM against ours',
      experiment: { ...ONNX, a: DEFAULT_EXPERIMENT.a, b: { ...DEFAULT_EXPERIMENT.a, engine: 'onnx-fused' } },
      ask: null,
      panel: 'panel-ladder',
      tell: (live) => [
        say`Our kernels (A) against the runtime on the processor (B): block 0's z differs by ${maxAt(live, 'blocks.0.attn.hook_z')} and the logits by ${maxOfLogits(live)}, with ${outsideOf(live)} hooks outside the tolerance. Two independent programs that agree are both worth believing.`,
      ],
    },
    {
      label: 'A shorter prompt',
      experiment: { ...ONNX, prompt: DEFAULT_EXPERIMENT.prompt },
      ask: null,
      panel: 'panel-ladder',
      tell: (live) => [
        say`The two backends again, on ${String(live.result.tokenIds.length)} tokens: block 0's z differs by ${maxAt(live, 'blocks.0.attn.hook_z')}.`,
        attentionVerdict(live),
      ],
    },
  ],
};

/** Rounding moves z by some 10⁻⁶; a thousand times that is another operation. */
const NO_ROUNDING = 1e-3;

function attentionVerdict(live: Live): Paragraph {
  const z = live.ladder.find(({ hook }) => hook === 'blocks.0.attn.hook_z')?.summary.maxAbs ?? 0;
  if (z <= NO_ROUNDING) {
    return say`${outsideOf(live)} hooks leave the tolerance: at this length, on this adapter, both backends compute the same attention.`;
  }
  return say`${outsideOf(live)} hooks leave the tolerance, first ${firstOutside(live)}. That is no rounding: one of the two is wrong on this adapter, in silence. The step “WASM against ours” tells which.`;
}
