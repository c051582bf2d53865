// Cases of rounding: TransformerLens #519 in f32 and in bf16, #661, the online softmax, f16 against bf16.
import { blockHook, DEFAULT_EXPERIMENT, type Experiment, formatCount, type Intervention } from '../engine/index.ts';
import { type Case, type Live, type Paragraph, say } from './case.ts';
import {
  equalShare,
  firstOutside,
  firstParting,
  isIdentical,
  maxAt,
  maxOfLogits,
  multipliedInAll,
  multipliesMost,
  outsideOf,
  verdictWords,
} from './figures.ts';
import { LONG_PROMPT } from './prompts.ts';

const ISSUES = 'https://github.com/TransformerLensOrg/TransformerLens/issues';
const { a: FUSED, b: SPLIT } = DEFAULT_EXPERIMENT;

/** q scaled in every block: scores grow by as much, and the softmax of large scores is sharp. */
const SHARPENING = 32;
const SHARPENED: readonly Intervention[] = [0, 1, 2, 3].map((layer) => ({
  hook: blockHook(layer, 'attn.hook_q'),
  heads: 'all',
  positions: 'all',
  operation: { kind: 'scale', factor: SHARPENING },
  enabled: true,
}));

const SHARP: Experiment = {
  ...DEFAULT_EXPERIMENT,
  b: { ...SPLIT, order: 'reversed' },
  interventions: SHARPENED,
  view: { ...DEFAULT_EXPERIMENT.view, hook: blockHook(3, 'attn.hook_attn_scores'), layer: 3, side: 'delta' },
};

export const SPLIT_F32: Case = {
  id: '519-f32',
  title: 'Split QKV differs, in f32',
  about:
    'Why a per-head projection failed atol 5e-4: another order of the same sum, and attention sharp enough to amplify it.',
  source: { label: 'TransformerLens #519', url: `${ISSUES}/519` },
  steps: [
    {
      label: 'Another order',
      experiment: SHARP,
      ask: null,
      panel: 'panel-ladder',
      tell: (live) => [
        say`Attention is sharpened: q is scaled by ${String(SHARPENING)} in every block, on both sides alike. B splits q, k and v and adds each product backwards, as a per-head einsum may. Bits part first at ${firstParting(live).hook}, by ${firstParting(live).by}.`,
        say`Block by block the sharp softmax multiplies that: the scores of block 0 differ by ${maxAt(live, 'blocks.0.attn.hook_attn_scores')}, those of block 3 by ${maxAt(live, 'blocks.3.attn.hook_attn_scores')}. ${outsideOf(live)} hooks leave atol 5e-4, first ${firstOutside(live)}. Neither side is the wrong one.`,
      ],
    },
    {
      label: 'The same order',
      experiment: { ...SHARP, b: SPLIT },
      ask: null,
      panel: 'panel-ladder',
      tell: (live) => [
        [
          ...say`The same split, the same sharp attention; but each sum is added in canonical order, k ascending. A and B are ${verdictWords(live)}.`,
          isIdentical(live)
            ? ' It was never the split: it was the order.'
            : ' On this adapter the order was not kept: see its chip.',
        ],
      ],
    },
    {
      label: 'Without sharpening',
      experiment: { ...SHARP, interventions: [] },
      ask: { kind: 'amplification', of: { kind: 'runs' } },
      panel: 'panel-ladder',
      tell: (live) => [
        say`Backwards again, attention as it was trained. The first difference is as large as before (${firstParting(live).by} at ${firstParting(live).hook}), but little amplifies it: the logits differ by ${maxOfLogits(live)}, and ${outsideOf(live)} hooks leave the tolerance.`,
        live.amplification
          ? say`All blocks together multiply what enters them by ${multipliedInAll(live)}.`
          : say`Measuring how much the blocks multiply it…`,
      ],
    },
    {
      label: 'Block by block',
      experiment: SHARP,
      ask: { kind: 'amplification', of: { kind: 'runs' } },
      panel: 'panel-ladder',
      shows: 'amplification',
      tell: (live) => [amplificationTold(live)],
    },
  ],
};

function amplificationTold(live: Live): Paragraph {
  const most = multipliesMost(live);
  if (!most) return say`Measuring how much each block multiplies what enters it…`;
  return say`Sharpened again. A's blocks are given B's streams, so that what a block multiplies stands apart from what B's own sums add. Block ${most.layer} multiplies what enters it by ${most.block}, its attention by ${most.attention}; all blocks together by ${multipliedInAll(live)}. The step before tells what they do as trained.`;
}

const BF16: Experiment = {
  ...DEFAULT_EXPERIMENT,
  model: { source: 'bundled', name: 'demo-neox' },
  a: { ...FUSED, precision: 'bf16' },
  b: { ...SPLIT, precision: 'bf16', bias: 'after' },
  view: { ...DEFAULT_EXPERIMENT.view, hook: blockHook(0, 'attn.hook_q'), layer: 0, side: 'delta' },
};

export const SPLIT_BF16: Case = {
  id: '519-bf16',
  title: 'Split QKV differs, in bf16',
  about:
    'In narrow types the split is not to blame either: it is where the bias is added, before the rounding or after.',
  source: { label: 'TransformerLens #519', url: `${ISSUES}/519` },
  steps: [
    {
      label: 'Bias after',
      experiment: BF16,
      ask: null,
      panel: 'panel-ladder',
      tell: (live) => [
        say`A fused linear adds its bias before the product is rounded to bf16; an einsum rounds, then adds the bias and rounds again. At ${firstParting(live).hook} that costs ${firstParting(live).by}; of its elements ${equalShare(live, 'blocks.0.attn.hook_q')} keep their bits. The logits differ by ${maxOfLogits(live)}.`,
      ],
    },
    {
      label: 'Bias inside',
      experiment: { ...BF16, b: { ...SPLIT, precision: 'bf16' } },
      ask: null,
      panel: 'panel-ladder',
      tell: (live) => [
        say`The same split in the same bf16, the bias inside the product. The logits differ by ${maxOfLogits(live)}: A and B are ${verdictWords(live)}.`,
      ],
    },
  ],
};

export const BATCH: Case = {
  id: '661-batch',
  title: 'The batch changes the sums',
  about: 'A library picks its kernel, and with it the order of its sums, by the size of the batch. It need not be so.',
  source: { label: 'TransformerLens #661', url: `${ISSUES}/661` },
  steps: [
    {
      label: 'Two kernels, one product',
      experiment: { ...DEFAULT_EXPERIMENT, b: { ...FUSED, order: 'splitK(4)' } },
      ask: { kind: 'probe', what: 'batch' },
      panel: 'panel-ladder',
      tell: (live) => [
        say`For one row a library may cut a product's sum in four and add the parts (B); for many rows it does not (A). The same prompt then has other logits in a batch: here by ${maxOfLogits(live)}, ${verdictWords(live)}.`,
        batchWords(live),
      ],
    },
  ],
};

function batchWords({ probe }: Live): Paragraph {
  if (probe?.kind !== 'batch') return say`Running the prompt in a batch with two others…`;
  const { prompts, hooks, elements, differing } = probe;
  return say`Our kernels keep one order whatever the batch. This prompt and two others as one batch of ${String(prompts)}, against each alone: ${formatCount(differing)} of ${formatCount(elements)} elements differ, over all ${String(hooks)} hooks.`;
}

export const ONLINE: Case = {
  id: 'online-softmax',
  title: 'The online softmax',
  about:
    'FlashAttention’s running maximum and sum: less memory, the same mathematics, other bits once a row is longer than a block.',
  source: { label: 'Milakov and Gimelshein 2018', url: 'https://arxiv.org/abs/1805.02867' },
  steps: [
    {
      label: 'Longer than a block',
      experiment: {
        ...DEFAULT_EXPERIMENT,
        prompt: { ...DEFAULT_EXPERIMENT.prompt, text: LONG_PROMPT },
        b: { ...FUSED, softmax: 'online' },
        view: { ...DEFAULT_EXPERIMENT.view, side: 'delta' },
      },
      ask: null,
      panel: 'panel-ladder',
      tell: (live) => [
        say`A finds each row's maximum, then its sum. B walks ${String(live.result.tokenIds.length)} keys in blocks of 32, scaling its sum down whenever the maximum rises. Bits part first at ${firstParting(live).hook}, by ${firstParting(live).by}; of the last block's pattern ${equalShare(live, 'blocks.3.attn.hook_pattern')} keep theirs, and the logits differ by ${maxOfLogits(live)}.`,
      ],
    },
    {
      label: 'Within one block',
      experiment: { ...DEFAULT_EXPERIMENT, b: { ...FUSED, softmax: 'online' } },
      ask: null,
      panel: 'panel-ladder',
      tell: (live) => [
        say`With ${String(live.result.tokenIds.length)} tokens no row is longer than a block of 32 keys: nothing is ever scaled down, and A and B are ${verdictWords(live)}. A short test would not have told the two apart.`,
      ],
    },
  ],
};

const NARROW: Experiment = {
  ...DEFAULT_EXPERIMENT,
  b: { ...FUSED, precision: 'f16' },
  view: { ...DEFAULT_EXPERIMENT.view, hook: 'unembed.hook_out', side: 'delta' },
};

export const NARROW_TYPES: Case = {
  id: 'f16-bf16',
  title: 'f16 against bf16',
  about:
    'Eleven bits of significand or eight: what each costs this model, rounded after every operation as the type would.',
  source: null,
  steps: [
    {
      label: 'f16',
      experiment: NARROW,
      ask: null,
      panel: 'panel-ladder',
      tell: (live) => narrowWords(live, 'f16', '11 bits'),
    },
    {
      label: 'bf16',
      experiment: { ...NARROW, b: { ...FUSED, precision: 'bf16' } },
      ask: null,
      panel: 'panel-ladder',
      tell: (live) => narrowWords(live, 'bf16', '8 bits'),
    },
    {
      label: 'One against the other',
      experiment: { ...NARROW, a: { ...FUSED, precision: 'f16' }, b: { ...FUSED, precision: 'bf16' } },
      ask: null,
      panel: 'panel-ladder',
      tell: (live) => [
        say`f16 as A, bf16 as B: their logits differ by ${maxOfLogits(live)}. Nearly all of it is bf16's; f16 buys its three bits with a range that ends at 65,504, where a large model's stream may overflow.`,
      ],
    },
  ],
};

function narrowWords(live: Live, name: string, bits: string): readonly Paragraph[] {
  return [
    say`A runs in f32; B rounds every operation's result, and every weight, to ${name} (${bits} of significand). Bits part first at ${firstParting(live).hook}. The logits differ by ${maxOfLogits(live)}; the most likely token has probability ${topOf(live, 'a')} in f32 and ${topOf(live, 'b')} in ${name}.`,
  ];
}

function topOf({ result: { fingerprint } }: Live, side: 'a' | 'b'): string {
  return fingerprint[side]?.top[0]?.probability.toFixed(4) ?? '–';
}
