// What attention's hooks are computed from, one by one, with bounds. Follows reference/attention.ts.
import { alibiSlopes } from '../../checkpoint/alibiSlopes.ts';
import type { RotaryConfig } from '../../checkpoint/modelConfig.ts';
import { type RotaryTable, rotaryTable } from '../../checkpoint/rotaryTable.ts';
import type { NormWeights } from '../../checkpoint/weights.ts';
import type { HookName } from '../../hooks/hookName.ts';
import { headResults, project } from '../attention.ts';
import { withHeadAxis } from '../block.ts';
import type { Precision } from '../precision.ts';
import { extent, type ReferenceMatrix, type ReferenceTensor } from '../referenceTensor.ts';
import { repeatKv } from '../repeatKv.ts';
import { rotary } from '../rotary.ts';
import { copied, type Estimate, exactly, plus, sumOfTerms } from './estimate.ts';
import { type Linear, linearOf, productOf } from './linear.ts';
import { asMatrix, held, heldValues, rounded } from './narrow.ts';
import { normalizedOf, normOf, scaleOf, weighedOf } from './norms.ts';
import { patternOf, scoresOf, zOf } from './scores.ts';
import { type BoundedPlace, fromOne, fromTwo, normOfRun, roundingOf, type Step } from './step.ts';
import { isNormedAfter, streamNormalized, streamScale } from './streamNorms.ts';

/** A hook of attention: the inputs of its heads, its norm, and all that is made of them. */
export type AttentionHook =
  | 'hook_attn_in'
  | `hook_${Letter}_input`
  | 'ln1.hook_scale'
  | 'ln1.hook_normalized'
  | `attn.hook_${Letter}`
  | 'attn.hook_rot_q'
  | 'attn.hook_rot_k'
  | 'attn.hook_attn_scores'
  | 'attn.hook_pattern'
  | 'attn.hook_z'
  | 'attn.hook_result'
  | 'hook_attn_out';
type Letter = 'q' | 'k' | 'v';

/** Says how a hook of attention is computed. */
export function attentionStep(hook: AttentionHook, place: BoundedPlace): Step {
  const { run, weights, here } = place;
  switch (hook) {
    case 'hook_attn_in':
    case 'hook_q_input':
      return fromOne(here('hook_resid_pre'), (x) => exactly(withHeadAxis(x, run.config.nHeads)));
    case 'hook_k_input':
    case 'hook_v_input':
      return fromOne(here('hook_resid_pre'), (x) => exactly(withHeadAxis(x, keyValueHeads(place))));
    case 'ln1.hook_scale':
      if (isNormedAfter(place)) return streamScale('ln1', place);
      return fromOne(streamOf('v', place), (x) => scaleOf(exactly(x), run.config));
    case 'ln1.hook_normalized':
      if (isNormedAfter(place)) return streamNormalized('ln1', place);
      return fromTwo(streamOf('v', place), here('ln1.hook_scale'), (x, scale) =>
        normalizedOf(exactly(x), exactly(scale), normOfRun(run)),
      );
    case 'attn.hook_q':
      return projection('q', weights.W_Q, weights.b_Q, place);
    case 'attn.hook_k':
      return projection('k', weights.W_K, weights.b_K, place);
    case 'attn.hook_v':
      return projection('v', weights.W_V, weights.b_V, place);
    case 'attn.hook_rot_q':
      return fromOne(here('attn.hook_q'), (q) => turned(normedHead(q, weights.qNorm, place), place));
    case 'attn.hook_rot_k':
      return fromOne(here('attn.hook_k'), (k) => turned(normedHead(k, weights.kNorm, place), place));
    case 'attn.hook_attn_scores':
      return scoresStep(place);
    case 'attn.hook_pattern':
      return fromOne(here('attn.hook_attn_scores'), (scores) => patternOf(scores, roundingOf(run)));
    case 'attn.hook_z':
      return fromTwo(here('attn.hook_pattern'), here('attn.hook_v'), (p, v) => zOf(p, v, roundingOf(run).precision));
    case 'attn.hook_result':
      return fromOne(here('attn.hook_z'), (z) => resultsOf(exactly(z), place));
    case 'hook_attn_out':
      return fromOne(here('attn.hook_z'), (z) => {
        const out = productOf(exactly(z), weights.W_O, weights.b_O, roundingOf(run));
        return weights.ln1Post ? normOf(out, weights.ln1Post, normOfRun(run)) : out;
      });
    default:
      return hook satisfies never;
  }
}

/** Where a projection's norm reads: the head's own input in split mode, the stream in fused. */
function streamOf(letter: Letter, { run, here }: BoundedPlace): HookName {
  if (run.qkv === 'split') return here(`hook_${letter}_input`);
  return run.captured.has(here('hook_attn_in')) ? here('hook_attn_in') : here('hook_resid_pre');
}

/** Fused: from the one norm's hook. Split: from the head's input, as its norm has no hook that is kept. */
function projection(letter: Letter, W: ReferenceMatrix, b: ReferenceMatrix | null, place: BoundedPlace): Step {
  const { config, qkv } = place.run;
  const { ln1 } = place.weights;
  const nWeightHeads = W.columns / config.dHead;
  const projected = (normed: Estimate): Estimate => {
    const nInputHeads = normed.shape.length === 3 ? extent(normed, 1) : nWeightHeads;
    const columnOf = (i: number): number => {
      const head = Math.floor(i / config.dHead) % nInputHeads;
      return Math.floor((head * nWeightHeads) / nInputHeads) * config.dHead + (i % config.dHead);
    };
    const product: Linear['product'] = (x, w, bias, arithmetic) => project(x, w, bias, nWeightHeads, arithmetic);
    const heads = linearOf({ x: normed, W, b, columnOf, product }, roundingOf(place.run));
    const nWanted = letter === 'q' ? config.nHeads : keyValueHeads(place);
    return extent(heads, 1) < nWanted ? copied(heads, (x) => repeatKv(x, nWanted)) : heads;
  };
  if (isNormedAfter(place)) return fromOne(streamOf(letter, place), (x) => projected(exactly(x)));
  if (qkv === 'split')
    return fromOne(streamOf(letter, place), (x) => projected(normOf(exactly(x), ln1, normOfRun(place.run))));
  return fromOne(place.here('ln1.hook_normalized'), (x) => projected(weighedOf(exactly(x), ln1, normOfRun(place.run))));
}

function keyValueHeads({ run }: BoundedPlace): number {
  return run.kv === 'repeat' ? run.config.nHeads : run.config.nKeyValueHeads;
}

/** Normalises q's or k's heads where the architecture does. */
function normedHead(
  x: ReferenceTensor, // [pos, heads, d_head]
  weights: NormWeights<ReferenceMatrix> | null,
  { run }: BoundedPlace,
): Estimate {
  const { qkNorm, normalization } = run.config;
  return weights
    ? normOf(exactly(x), weights, { ...normOfRun(run), normalization: qkNorm ?? normalization })
    : exactly(x);
}

/** z through each head's rows of W_O: [pos, n_heads, d_model]. */
function resultsOf(z: Estimate, { run, weights }: BoundedPlace): Estimate {
  const { precision } = roundingOf(run);
  const weight = held(weights.W_O, precision);
  const sum = sumOfTerms([z, weight], extent(z, 2), ([x = z, w = weight], arithmetic) =>
    headResults(x, asMatrix(w), arithmetic),
  );
  return rounded(sum, precision);
}

function turned(x: Estimate, { run, layer }: BoundedPlace): Estimate {
  const settings = run.config.rotary[layer];
  if (!settings) return x;
  const table = rotaryTable(settings, run.tokenIds.length);
  const turn = turnedBy(x, settings.style, table, roundingOf(run).precision);
  const turns = (i: number) => i % extent(x, 2) < 2 * table.pairs; // the rest of a head is copied
  const where = (turned: Float64Array, kept: Float64Array) =>
    turned.map((value, i) => (turns(i) ? value : (kept[i] ?? Number.NaN)));
  return { shape: x.shape, values: where(turn.values, x.values), bound: where(turn.bound, x.bound) };
}

/** a·cos − b·sin: the table's rounding, two products, one sum; in a narrower type each product is rounded for itself. */
function turnedBy(x: Estimate, style: RotaryConfig['style'], table: RotaryTable, precision: Precision): Estimate {
  if (precision === 'f32')
    return sumOfTerms([x], 3, ([head = x], arithmetic) => rotary(head, style, table, arithmetic));
  const half = (name: 'cos' | 'sin'): Estimate => {
    const constants = heldValues({ shape: [table[name].length], values: table[name] }, precision);
    const none = { cos: new Float64Array(table.cos.length), sin: new Float64Array(table.sin.length) };
    const products = sumOfTerms([x, constants], 3, ([head = x, { values } = constants], arithmetic) =>
      rotary(head, style, { ...none, pairs: table.pairs, [name]: values }, arithmetic),
    );
    return rounded(products, precision);
  };
  return rounded(plus(half('cos'), half('sin')), precision);
}

function scoresStep(place: BoundedPlace): Step {
  const { run, layer, weights, here } = place;
  const { config } = run;
  const settings = {
    scale: config.attnScales[layer] ?? Number.NaN,
    softCap: config.attnSoftCap,
    window: config.windows[layer] ?? null,
    slopes: config.positional === 'alibi' ? alibiSlopes(config.nHeads) : null,
    precision: roundingOf(run).precision,
  };
  if (config.rotary[layer]) {
    return fromTwo(here('attn.hook_rot_q'), here('attn.hook_rot_k'), (q, k) =>
      scoresOf(exactly(q), exactly(k), settings),
    );
  }
  return fromTwo(here('attn.hook_q'), here('attn.hook_k'), (q, k) =>
    scoresOf(normedHead(q, weights.qNorm, place), normedHead(k, weights.kNorm, place), settings),
  );
}
