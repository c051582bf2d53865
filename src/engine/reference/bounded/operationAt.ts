// One hook's operation in f64, on the very inputs that a run gave it, and how far a sound f32 computation of it may lie from that.
// So a run is judged hook by hook: what came before is not held against it, and a fault shows where it is made.
import { blockHook, type HookName, type ModelHook, parseHookName } from '../../hooks/hookName.ts';
import { embed } from '../embed.ts';
import type { ReferenceMatrix } from '../referenceTensor.ts';
import { attentionStep } from './attentionSteps.ts';
import { type Estimate, exactly, plus, sumOfTerms } from './estimate.ts';
import { mlpStep } from './mlpSteps.ts';
import { normalizedOf, normOf, scaleOf, weighedOf } from './norms.ts';
import { type BoundedPlace, type CapturedRun, fromOne, fromTwo, productOf, type Step } from './step.ts';

/**
 * Computes a hook of a run in f64 from the run's own activations, with a bound on each element. In words, why it cannot: a hook that
 * the architecture has not, an input that was not captured, an operation that has no bound.
 */
export function operationAt(hook: HookName, run: CapturedRun): Estimate | string {
  const step = stepAt(hook, run);
  if (typeof step === 'string') return `${hook}: ${step}`;
  const missing = step.from.find((input) => !run.captured.has(input));
  if (missing) return `${hook}: it is computed from ${missing}, which was not captured`;
  return step.compute((input) => {
    const tensor = run.captured.get(input);
    if (!tensor) throw new Error(`internal: ${hook} does not say that it reads ${input}`);
    return tensor;
  });
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
      return sumStep([place.here('hook_resid_pre'), place.here('hook_attn_out')]);
    case 'hook_resid_post':
      return run.config.residual === 'serial'
        ? sumStep([place.here('hook_resid_mid'), place.here('hook_mlp_out')])
        : sumStep([place.here('hook_resid_pre'), place.here('hook_attn_out'), place.here('hook_mlp_out')]);
    case 'hook_mlp_in':
    case 'ln2.hook_scale':
    case 'ln2.hook_normalized':
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
  return sumStep(run.weights.W_pos ? ['hook_embed', 'hook_pos_embed'] : ['hook_embed']);
}

/** The sum of hooks, from left to right. */
function sumStep(from: readonly [HookName, ...HookName[]]): Step {
  const [first, ...others] = from;
  return {
    from,
    compute: (read) => others.reduce((sum, hook) => plus(sum, exactly(read(hook))), exactly(read(first))),
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
      return { from: [], compute: () => gathered(W_pos, rows, 1) };
    }
    case 'ln_final.hook_scale':
      return fromOne(stream, (x) => scaleOf(exactly(x), config));
    case 'ln_final.hook_normalized':
      return fromTwo(stream, 'ln_final.hook_scale', (x, s) => normalizedOf(exactly(x), exactly(s), config));
    case 'unembed.hook_in':
      return lnFinal
        ? fromOne('ln_final.hook_normalized', (x) => weighedOf(exactly(x), lnFinal, config))
        : fromOne(stream, exactly);
    case 'unembed.hook_out':
      return fromOne('unembed.hook_in', (x) => productOf(exactly(x), weights.W_U, weights.b_U));
    default:
      return hook satisfies never;
  }
}

function tokensOf({ config, weights, tokenIds }: CapturedRun): Estimate {
  const tokens = gathered(weights.W_E, tokenIds, config.embedScale);
  return weights.lnEmbed ? normOf(tokens, weights.lnEmbed, config) : tokens;
}

/** A table's columns, which are copied, or scaled: the scale's rounding and the product's. */
function gathered(table: ReferenceMatrix, columns: readonly number[], scale: number): Estimate {
  const shape = [columns.length, table.rows];
  const nRoundings = scale === 1 ? 0 : 2;
  return sumOfTerms([], nRoundings, (_, arithmetic) => ({ shape, values: embed(table, columns, scale, arithmetic) }));
}
