// The two faults of TransformerLens 1.14's split mode on grouped queries (#519, #558), re-enacted on a model's own shapes and numbers.
// Every input, k's and v's as well, was repeated n_heads times; k's einsum then met W_K with n_key_value_heads heads, and torch refused.
// Behind it lay a silent one: q's einsum named the input's heads kv_head_index and W_Q's head_index, two subscripts for one axis, so
// that it summed over the copies, and q came out n_heads times too large.
import type { Activation } from '../../capture/captured.ts';
import { blockHook } from '../../hooks/hookName.ts';
import type { Model } from '../../model/model.ts';
import { prepareRun } from '../../model/prepareRun.ts';
import { exactly } from '../../reference/bounded/estimate.ts';
import { weighedOf } from '../../reference/bounded/norms.ts';
import type { readReferenceWeights } from '../../reference/loadWeights.ts';
import { forwardSpecOf } from '../forwardSpec.ts';
import { SPLIT_RUN_SPEC } from '../runSpec.ts';
import { einsumProblem } from './einsumShapes.ts';
import type { TransformerLens114Probe } from './probe.ts';

type Weights = Awaited<ReturnType<typeof readReferenceWeights>>;

const KV_EINSUM = 'batch pos kv_head_index d_model, kv_head_index d_model d_head -> batch pos kv_head_index d_head';

const [Q, K_INPUT] = [blockHook(0, 'attn.hook_q'), blockHook(0, 'hook_k_input')];
const NORMALIZED = blockHook(0, 'ln1.hook_normalized');

/** Runs the model in split mode on the GPU, and block 0's k and q beside it as 1.14 asked for them. */
export async function transformerLens114(
  model: Model,
  weights: Weights,
  tokenIds: readonly number[],
): Promise<TransformerLens114Probe> {
  const { nHeads, nKeyValueHeads, dModel, dHead } = model.config;
  const nPos = tokenIds.length;
  const crash = einsumProblem(KV_EINSUM, [
    [1, nPos, nHeads, dModel],
    [nKeyValueHeads, dModel, dHead],
  ]);
  const wanted = { batch: 1, nPos, capture: [Q, K_INPUT, NORMALIZED], headInputs: 'shared' } as const;
  const run = await prepareRun({ model, spec: forwardSpecOf(SPLIT_RUN_SPEC), ...wanted });
  try {
    await run.execute(tokenIds);
    const [q, kInput, normalized] = await run.capture.read([Q, K_INPUT, NORMALIZED]);
    if (!q || !kInput || !normalized) throw new Error('internal: split mode kept no q, k input or norm');
    const theirs = summedOverCopies(model, weights, normalized, nPos);
    return { kind: 'transformerLens114', crash, ...against(theirs, q), kInput: kInput.shape };
  } finally {
    run.destroy();
  }
}

/** q [pos, n_heads · d_head] of block 0 as `batch pos kv_head_index d_model, head_index d_model d_head` computes it. */
function summedOverCopies({ config }: Model, { blocks }: Weights, normalized: Activation, nPos: number): Float64Array {
  const block = blocks[0];
  if (!block?.ln1) throw new Error('internal: block 0 has no norm before attention');
  const { dModel, nHeads } = config;
  const rows = { shape: [nPos, dModel], values: firstHead(normalized, nPos, dModel) };
  const x = weighedOf(exactly(rows), block.ln1, { ...config, precision: 'f32' }).values;
  const { W_Q, b_Q } = block;
  return Float64Array.from({ length: nPos * W_Q.columns }, (_, i) => {
    const [pos, column] = [Math.floor(i / W_Q.columns), i % W_Q.columns];
    let sum = 0;
    for (let copy = 0; copy < nHeads; copy++) {
      for (let d = 0; d < dModel; d++) sum += (x[pos * dModel + d] ?? 0) * (W_Q.values[d * W_Q.columns + column] ?? 0);
    }
    return sum + (b_Q?.values[column] ?? 0);
  });
}

/** [pos, d_model] of [pos, d_model] or of [pos, heads, d_model], whose heads are copies. */
function firstHead({ values }: Activation, nPos: number, dModel: number): Float64Array {
  const stride = values.length / nPos;
  return Float64Array.from({ length: nPos * dModel }, (_, i) => {
    return values[Math.floor(i / dModel) * stride + (i % dModel)] ?? Number.NaN;
  });
}

function against(theirs: Float64Array, { values: ours }: Activation) {
  let [product, square, qError] = [0, 0, 0];
  for (const [i, value] of theirs.entries()) {
    const own = ours[i] ?? Number.NaN;
    product += value * own;
    square += own * own;
    qError = Math.max(qError, Math.abs(value - own));
  }
  return { fold: product / square, qError };
}
