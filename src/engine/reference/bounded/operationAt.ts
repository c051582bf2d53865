// One hook's operation in f64, on the very inputs that a run gave it, and how far a sound f32 computation of it may lie from that.
// So a run is judged hook by hook: what came before is not held against it, and a fault shows where it is made.
import { blockHook, type HookName, type ModelHook, parseHookName } from '../../hooks/hookName.ts';
import { embed } from '../embed.ts';
import type { ReferenceMatrix } from '../referenceTensor.ts';
import { attentionStep } from './attentionSteps.ts';
import { editedOf, missingSource, readByEdits, whyNotUnderEdits } from './edits.ts';
import { type Estimate, exactly, plus, sumOfTerms } from './estimate.ts';
import { productOf } from './linear.ts';
import { mlpStep } from './mlpSteps.ts';
import { heldValues, rounded } from './narrow.ts';
import { normalizedOf, normOf, scaleOf, weighedOf } from './norms.ts';
import { type BoundedPlace, type CapturedRun, fromOne, fromTwo, normOfRun, roundingOf, type Step } from './step.ts';
import { isNormedAfter, streamBehind } from './streamNorms.ts';

/**
 * Computes a hook of a run in f64 from the run's own activations, with a bound on each element. In words, why it cannot: a hook that
 * the architecture has not, an input that was not captured, an operation that has no bound.
 */
export function operationAt(hook: HookName, run: CapturedRun): Estimate | string {
  const step = boundedStep(hook, run);
  if (typeof step === 'string') return step;
  const computed = step.compute((input) => {
    const tensor = run.captured.get(input);
    if (!tensor) throw new Error(`internal: ${hook} does not say that it reads ${input}`);
    return tensor;
  });
  return editedOf(hook, computed, run);
}

/**
 * The hooks that `operationAt` reads of a run, found without their values: `captured` need only have the names. In words, why there
 * is no bound.
 */
export function inputsOf(hook: HookName, run: CapturedRun): readonly HookName[] | string {
  const step = boundedStep(hook, run);
  return typeof step === 'string' ? step : [...new Set([...step.from, ...readByEdits(hook, run)])];
}

function boundedStep(hook: HookName, run: CapturedRun): Step | string {
  const step = stepAt(hook, run);
  if (typeof step === 'string') return `${hook}: ${step}`;
  const missing = step.from.find((input) => !run.captured.has(input));
  if (missing) return `${hook}: it is computed from ${missing}, which was not captured`;
  const why = whyNotUnderEdits(hook, run) ?? missingSource(hook, run);
  return why === null ? step : `${hook}: ${why}`;
}

function stepAt(hook: HookName, run: CapturedRun): Step | string {
  const parsed = parseHookName(hook);
  if (parsed === null) return 'no such hook';
  if (parsed.kind === 'model') return modelStep(parsed.hook, run);
  const { layer } = parsed;
  const weights = run.weights.blocks[layer];
  if (!weights) return `the model has ${run.weights.blocks.length} blocks`;
  const place: BoundedPlace = { run, layer, weights, here: (name) => blockHook(layer, name) };
  switch (parsed.hook) {
    case 'hook_resid_pre':
      return streamInto(place);
    case 'hook_resid_mid':
      if (isNormedAfter(place)) return streamBehind('ln1', place);
      return sumStep(run, [place.here('hook_resid_pre'), place.here('hook_attn_out')]);
    case 'hook_resid_post':
      if (isNormedAfter(place)) return streamBehind('ln2', place);
      return run.config.residual === 'serial'
        ? sumStep(run, [place.here('hook_resid_mid'), place.here('hook_mlp_out')])
        : sumStep(run, [place.here('hook_resid_pre'), place.here('hook_attn_out'), place.here('hook_mlp_out')]);
    case 'hook_mlp_in':
    case 'ln2.hook_scale':
    case 'ln2.hook_normalized':
    case 'mlp.hook_expert_weights':
    case 'mlp.hook_expert_indices':
    case 'mlp.hook_pre':
    case 'mlp.hook_pre_linear':
    case 'mlp.hook_post':
    case 'hook_mlp_out':
      return mlpStep(parsed.hook, place);
    default:
      return attentionStep(parsed.hook, place);
  }
}

function streamInto({ run, layer }: BoundedPlace): Step {
  if (layer > 0) return fromOne(blockHook(layer - 1, 'hook_resid_post'), exactly);
  return sumStep(run, run.weights.W_pos ? ['hook_embed', 'hook_pos_embed'] : ['hook_embed']);
}

/** The sum of hooks, from left to right. */
function sumStep(run: CapturedRun, from: readonly [HookName, ...HookName[]]): Step {
  const [first, ...others] = from;
  return {
    from,
    compute: (read) => {
      const { precision } = roundingOf(run);
      const added = (sum: Estimate, hook: HookName) => rounded(plus(sum, exactly(read(hook))), precision);
      return others.reduce(added, exactly(read(first)));
    },
  };
}

function modelStep(hook: ModelHook, run: CapturedRun): Step | string {
  const { config, weights, tokenIds } = run;
  const last = run.weights.blocks.length - 1;
  const stream = last < 0 ? 'hook_embed' : blockHook(last, 'hook_resid_post');
  const { lnFinal } = weights;
  switch (hook) {
    case 'hook_embed':
      return { from: [], compute: () => tokensOf(run) };
    case 'hook_pos_embed': {
      const { W_pos } = weights;
      if (!W_pos) return 'the model has no learned positions';
      const rows = tokenIds.map((_, pos) => pos + config.positionOffset);
      return { from: [], compute: () => gathered(run, { table: W_pos, columns: rows, scale: 1 }) };
    }
    case 'ln_final.hook_scale':
      return fromOne(stream, (x) => scaleOf(exactly(x), config));
    case 'ln_final.hook_normalized':
      return fromTwo(stream, 'ln_final.hook_scale', (x, s) => normalizedOf(exactly(x), exactly(s), normOfRun(run)));
    case 'unembed.hook_in':
      return lnFinal
        ? fromOne('ln_final.hook_normalized', (x) => weighedOf(exactly(x), lnFinal, normOfRun(run)))
        : fromOne(stream, exactly);
    case 'unembed.hook_out':
      return fromOne('unembed.hook_in', (x) =>
        productOf(through(exactly(x), weights.projectOut, run), weights.W_U, weights.b_U, roundingOf(run)),
      );
    default:
      return hook satisfies never;
  }
}

function tokensOf(run: CapturedRun): Estimate {
  const { config, weights, tokenIds } = run;
  const tokens = gathered(run, { table: weights.W_E, columns: tokenIds, scale: config.embedScale });
  const joined = through(tokens, weights.projectIn, run);
  return weights.lnEmbed ? normOf(joined, weights.lnEmbed, normOfRun(run)) : joined;
}

/** Rows through a projection of the embedding, where there is one. */
function through(x: Estimate, W: ReferenceMatrix | null, run: CapturedRun): Estimate {
  return W ? productOf(x, W, null, roundingOf(run)) : x;
}

type Gather = { readonly table: ReferenceMatrix; readonly columns: readonly number[]; readonly scale: number };

/** A table's columns as the run holds them, copied, or scaled: the scale's rounding and the product's. */
function gathered(run: CapturedRun, { table, columns, scale }: Gather): Estimate {
  const { precision } = roundingOf(run);
  const shape = [columns.length, table.rows];
  const copied = heldValues({ shape, values: embed(table, columns, 1) }, precision);
  if (scale === 1) return copied;
  const factor = heldValues({ shape: [1], values: Float64Array.of(scale) }, precision);
  const scaled = sumOfTerms([copied, factor], 2, ([x = copied, by = factor], { product }) => ({
    shape,
    values: x.values.map((value) => product(value, by.values[0] ?? Number.NaN)),
  }));
  return rounded(scaled, precision);
}
