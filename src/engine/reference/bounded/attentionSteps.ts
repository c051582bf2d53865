// What attention's hooks are computed from, one by one, with bounds. Follows reference/attention.ts.
import { alibiSlopes } from '../../checkpoint/alibiSlopes.ts';
import { rotaryTable } from '../../checkpoint/rotaryTable.ts';
import type { NormWeights } from '../../checkpoint/weights.ts';
import type { HookName } from '../../hooks/hookName.ts';
import { headResults, project } from '../attention.ts';
import { withHeadAxis } from '../block.ts';
import { extent, type ReferenceMatrix, type ReferenceTensor } from '../referenceTensor.ts';
import { repeatKv } from '../repeatKv.ts';
import { rotary } from '../rotary.ts';
import { copied, type Estimate, exactly, sumOfTerms } from './estimate.ts';
import { normalizedOf, normOf, scaleOf, weighedOf } from './norms.ts';
import { patternOf, scoresOf, zOf } from './scores.ts';
import { type BoundedPlace, fromOne, fromTwo, productOf, type Step } from './step.ts';

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
      return fromOne(streamOf('v', place), (x) => scaleOf(exactly(x), run.config));
    case 'ln1.hook_normalized':
      return fromTwo(streamOf('v', place), here('ln1.hook_scale'), (x, scale) =>
        normalizedOf(exactly(x), exactly(scale), run.config),
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
      return fromOne(here('attn.hook_attn_scores'), patternOf);
    case 'attn.hook_z':
      return fromTwo(here('attn.hook_pattern'), here('attn.hook_v'), zOf);
    case 'attn.hook_result':
      return fromOne(here('attn.hook_z'), (z) =>
        sumOfTerms([exactly(z)], extent(z, 2), ([x = z], arithmetic) => headResults(x, weights.W_O, arithmetic)),
      );
    case 'hook_attn_out':
      return fromOne(here('attn.hook_z'), (z) => {
        const out = productOf(exactly(z), weights.W_O, weights.b_O);
        return weights.ln1Post ? normOf(out, weights.ln1Post, run.config) : out;
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
    const heads = sumOfTerms([normed], W.rows + 1, ([x = normed], arithmetic) =>
      project(x, W, b, nWeightHeads, arithmetic),
    );
    const nWanted = letter === 'q' ? config.nHeads : keyValueHeads(place);
    return extent(heads, 1) < nWanted ? copied(heads, (x) => repeatKv(x, nWanted)) : heads;
  };
  if (qkv === 'split') return fromOne(streamOf(letter, place), (x) => projected(normOf(exactly(x), ln1, config)));
  return fromOne(place.here('ln1.hook_normalized'), (x) => projected(weighedOf(exactly(x), ln1, config)));
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
  return weights ? normOf(exactly(x), weights, { ...run.config, normalization: 'RMS' }) : exactly(x);
}

/** a·cos − b·sin: the table's rounding, two products, one sum. */
function turned(x: Estimate, { run, layer }: BoundedPlace): Estimate {
  const settings = run.config.rotary[layer];
  if (!settings) return x;
  const table = rotaryTable(settings, run.tokenIds.length);
  const turn = sumOfTerms([x], 3, ([head = x], arithmetic) => rotary(head, settings.style, table, arithmetic));
  const turns = (i: number) => i % extent(x, 2) < 2 * table.pairs; // the rest of a head is copied
  return { ...turn, bound: turn.bound.map((error, i) => (turns(i) ? error : (x.bound[i] ?? 0))) };
}

function scoresStep(place: BoundedPlace): Step {
  const { run, layer, weights, here } = place;
  const { config } = run;
  const settings = {
    scale: config.attnScales[layer] ?? Number.NaN,
    softCap: config.attnSoftCap,
    window: config.windows[layer] ?? null,
    slopes: config.positional === 'alibi' ? alibiSlopes(config.nHeads) : null,
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
