// Random cases for the verdict "noise or bug?", and the bugs that are planted in them: how run B does otherwise than run A.
import type { ModelConfig } from '../../src/engine/checkpoint/modelConfig.ts';
import type { BlockWeights, ModelWeights } from '../../src/engine/checkpoint/weights.ts';
import type { BlockHook, HookName } from '../../src/engine/hooks/hookName.ts';
import { readReferenceWeights } from '../../src/engine/reference/loadWeights.ts';
import type { ReferenceMatrix, ReferenceTensor } from '../../src/engine/reference/referenceTensor.ts';
import type { SumOrder } from '../../src/engine/reference/sumInOrder.ts';
import { type RandomShape, randomCheckpoint } from './randomModel.ts';

const REST = { nLayers: 1, dVocab: 17, dMlp: 9 };
const SHAPES: readonly RandomShape[] = [
  { dHead: 9, nHeads: 4, nKeyValueHeads: 2, ...REST },
  { dHead: 3, nHeads: 6, nKeyValueHeads: 3, ...REST },
  { dHead: 11, nHeads: 4, nKeyValueHeads: 4, ...REST },
];
const MODELS = await Promise.all(
  SHAPES.map(async (shape) => {
    const checkpoint = await randomCheckpoint(shape); // odd d_head: with biases
    return { config: checkpoint.config, weights: await readReferenceWeights(checkpoint) };
  }),
);

export type Random = () => number; // in [0, 1)
export type Weights = ModelWeights<ReferenceMatrix>;
export type Case = {
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly tokenIds: number[];
  readonly random: Random;
};
/** What run B does otherwise than run A: another order, other weights or config, or inputs that it misreads. */
export type Other = {
  readonly order?: SumOrder;
  readonly config?: ModelConfig;
  readonly weights?: Weights;
  readonly misread?: (hook: HookName, x: ReferenceTensor) => ReferenceTensor;
};
/** The n-th case: weights of any size within three decades, a prompt of 2 to 8 tokens. */
export function caseOf(n: number): Case {
  const random = congruential(n);
  const model = MODELS[n % MODELS.length];
  if (!model) throw new Error('internal: no model');
  const size = 10 ** (3 * random() - 1.5);
  const afresh = (matrix: ReferenceMatrix) => ({
    ...matrix,
    values: matrix.values.map(() => Math.fround(size * (random() - 0.5))),
  });
  const [block] = model.weights.blocks;
  if (!block) throw new Error('internal: no block');
  const renewed = {
    ...block,
    W_Q: afresh(block.W_Q),
    W_K: afresh(block.W_K),
    W_V: afresh(block.W_V),
    W_O: afresh(block.W_O),
    b_Q: block.b_Q && afresh(block.b_Q), // of the weights' size: a smaller one may drown in bf16, which is noise
    b_K: block.b_K && afresh(block.b_K),
    b_V: block.b_V && afresh(block.b_V),
  };
  const tokenIds = Array.from({ length: 2 + Math.floor(7 * random()) }, () => Math.floor(REST.dVocab * random()));
  return { config: model.config, weights: { ...model.weights, blocks: [renewed] }, tokenIds, random };
}

/** A bug in B, and the one hook at which it shows by itself. */
export type Planted = { readonly at: BlockHook; readonly other: Other };

export const BUGS: readonly [string, (given: Case) => Planted][] = [
  [
    'a swapped head',
    (given) => {
      const { nHeads } = given.config;
      const one = Math.floor(nHeads * given.random());
      const another = (one + 1 + Math.floor((nHeads - 1) * given.random())) % nHeads;
      const swapped = new Map([
        [one, another],
        [another, one],
      ]);
      const choose = (heads: number[][]) => heads.map((_, head) => [swapped.get(head) ?? head]);
      return { at: 'attn.hook_q', other: { weights: withQ(given, choose) } };
    },
  ],
  [
    'a wrong scale',
    ({ config, random }) => {
      const wrong = (scale: number) => scale * ([2, 0.5, 1.01, scale][Math.floor(4 * random())] ?? 2);
      return {
        at: 'attn.hook_attn_scores',
        other: { config: { ...config, attnScales: config.attnScales.map(wrong) } },
      };
    },
  ],
  [
    'one key/value head off',
    ({ random }) => {
      const [read, at] = random() < 0.5 ? ['hook_rot_k', 'attn.hook_attn_scores'] : ['hook_v', 'attn.hook_z'];
      const misread = (hook: HookName, x: ReferenceTensor) => (hook.endsWith(`attn.${read}`) ? nextHead(x) : x);
      return { at: at === 'attn.hook_z' ? at : 'attn.hook_attn_scores', other: { misread } };
    },
  ],
  [
    'a missing bias',
    ({ weights, random }) => {
      const [part, at] = BIASES[Math.floor(BIASES.length * random())] ?? BIASES[0];
      return { at, other: { weights: withBlock(weights, { [part]: null }) } };
    },
  ],
  [
    'q summed over heads',
    (given) => ({
      at: 'attn.hook_q',
      other: { weights: withQ(given, (heads) => heads.map(() => heads.flat())) },
    }),
  ],
];

const BIASES = [
  ['b_Q', 'attn.hook_q'],
  ['b_K', 'attn.hook_k'],
  ['b_V', 'attn.hook_v'],
] as const;

function withBlock(weights: Weights, change: Partial<BlockWeights<ReferenceMatrix>>): Weights {
  return { ...weights, blocks: weights.blocks.map((block) => ({ ...block, ...change })) };
}

/** Puts each head of q together from heads of W_Q and b_Q: one is taken, several are added. `heads` begins as [[0], [1], …]. */
function withQ({ config, weights }: Case, choose: (heads: number[][]) => number[][]): Weights {
  const heads = choose(Array.from({ length: config.nHeads }, (_, head) => [head]));
  const chosen = (matrix: ReferenceMatrix): ReferenceMatrix => ({
    ...matrix,
    values: matrix.values.map((_, i) => {
      const [row, column] = [Math.floor(i / matrix.columns), i % matrix.columns];
      const from = heads[Math.floor(column / config.dHead)] ?? [];
      return from.reduce(
        (sum, head) => sum + (matrix.values[row * matrix.columns + head * config.dHead + (column % config.dHead)] ?? 0),
        0,
      );
    }),
  });
  const [block] = weights.blocks;
  if (!block?.b_Q) throw new Error('internal: no bias of q');
  return withBlock(weights, { W_Q: chosen(block.W_Q), b_Q: chosen(block.b_Q) });
}

/** Each head's numbers in the place of the head before: [pos, heads, d_head]. */
function nextHead({ shape, values }: ReferenceTensor): ReferenceTensor {
  const [, nHeads = 1, dHead = 1] = shape;
  return {
    shape,
    values: values.map((_, i) => {
      const row = Math.floor(i / dHead);
      const [pos, head] = [Math.floor(row / nHeads), row % nHeads];
      return values[(pos * nHeads + ((head + 1) % nHeads)) * dHead + (i % dHead)] ?? Number.NaN;
    }),
  };
}

/** Numerical Recipes' linear congruential generator, stirred a little first. */
function congruential(seed: number): Random {
  let state = Math.imul(seed + 1, 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
