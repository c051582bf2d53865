// Gathers what the circuits of one head are made of from a model's f64 weights: the tokens as the head sees them, the head's
// matrices, and the way from its output to the logits.
import type { HeadCircuits, Matrix } from '../../analysis/vocabularyCircuits.ts';
import type { ModelConfig } from '../../checkpoint/modelConfig.ts';
import type { BlockWeights, ModelWeights } from '../../checkpoint/weights.ts';
import { embed } from '../../reference/embed.ts';
import { NO_NORM_HOOKS, norm } from '../../reference/norm.ts';
import { columnsOf, type ReferenceMatrix, rowsOf } from '../../reference/referenceTensor.ts';
import { whyNoSum } from './streamParts.ts';

type Weights = ModelWeights<ReferenceMatrix>;

/** Says why a head of this architecture has no circuits of matrices alone; null where it has. */
export function whyNoHeadCircuits(config: ModelConfig): string | null {
  if (config.postNorms) {
    return `${config.modelType} normalises attention's output before it joins the stream: what a head adds to a logit is no matrix`;
  }
  return whyNoSum(config);
}

/** Gathers one head's circuits. Throws where the layer or the head is missing, or the architecture has none. */
export function headCircuits(config: ModelConfig, weights: Weights, layer: number, head: number): HeadCircuits {
  const why = whyNoHeadCircuits(config);
  if (why !== null) throw new Error(why);
  const block = weights.blocks[layer];
  if (!block || head < 0 || head >= config.nHeads) {
    throw new Error(
      `There is no head L${layer}H${head}: the model has ${config.nLayers} layers of ${config.nHeads} heads.`,
    );
  }
  const { dHead } = config;
  const kvHead = Math.floor((head * config.nKeyValueHeads) / config.nHeads);
  const columns = (W: ReferenceMatrix, at: number) => columnsOf(W, at * dHead, dHead);
  return {
    x: tokensSeen(config, weights, block),
    W_Q: columns(block.W_Q, head),
    W_K: columns(block.W_K, kvHead),
    W_V: columns(block.W_V, kvHead),
    b_Q: block.b_Q && columns(block.b_Q, head).values,
    b_K: block.b_K && columns(block.b_K, kvHead).values,
    W_O: rowsOf(block.W_O, head * dHead, dHead),
    W_out: outward(config, weights),
    attnScale: config.attnScales[layer] ?? Number.NaN,
  };
}

/** ln1 of each token's embedding alone, without a position: [d_vocab, d_model]. */
function tokensSeen(config: ModelConfig, weights: Weights, block: BlockWeights<ReferenceMatrix>): Matrix {
  const { dVocab, dModel } = config;
  const tokens = Array.from({ length: dVocab }, (_, token) => token);
  const embedded = { shape: [dVocab, dModel], values: embed(weights.W_E, tokens, config.embedScale) };
  const stream = weights.lnEmbed ? norm(embedded, weights.lnEmbed, config, NO_NORM_HOOKS) : embedded;
  return { rows: dVocab, columns: dModel, values: norm(stream, block.ln1, config, NO_NORM_HOOKS).values };
}

/** W_U behind the final norm's centring and weight; its scale is left out, which moves no rank: [d_model, d_vocab]. */
function outward(config: ModelConfig, { lnFinal, W_U }: Weights): Matrix {
  if (!lnFinal) return W_U;
  const values = W_U.values.map((u, at) => {
    const row = Math.floor(at / W_U.columns);
    return u * ((lnFinal.w.values[row] ?? Number.NaN) + (config.normalization === 'RMS' ? config.normWeightOffset : 0));
  });
  if (config.normalization === 'LN') centreColumns(values, W_U.rows, W_U.columns);
  return { rows: W_U.rows, columns: W_U.columns, values };
}

/** ⟨x − mean(x), c⟩ = ⟨x, c − mean(c)⟩: takes the mean off each column. */
function centreColumns(values: Float64Array, rows: number, columns: number): void {
  for (let column = 0; column < columns; column++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += values[row * columns + column] ?? Number.NaN;
    for (let row = 0; row < rows; row++) {
      const at = row * columns + column;
      values[at] = (values[at] ?? Number.NaN) - sum / rows;
    }
  }
}
