// How a config stretches rotary embedding beyond the context that the model was first trained on: rope_type and its parameters.
// Formulas and defaults: transformers modeling_rope_utils.py.
import { CheckpointError } from './checkpointError.ts';
import { count, type Fields, flag, positive, positives, text } from './configFields.ts';
import type { RotaryScaling } from './modelConfig.ts';

export type ScalingFields = {
  readonly rope: Fields; // rope_parameters, or rope_scaling of old configs
  readonly outer: Fields;
  readonly nCtx: number;
  readonly originalNCtx?: number; // Phi-3's own default, which wins over what rope_parameters say
  readonly pairs: number; // that turn
};

const SUPPORTED = 'default, linear, dynamic, llama3, yarn, longrope';

/** Reads the scaling; null where angles stay as they are. Throws CheckpointError for a kind that is not supported. */
export function readScaling(fields: ScalingFields): RotaryScaling | null {
  const { rope, outer } = fields;
  const kind = text(rope, ['rope_type', 'type'], 'default');
  switch (aliasOf(kind, outer)) {
    case 'default':
      return null;
    case 'linear':
      return { kind: 'linear', factor: positive(rope, 'factor') };
    case 'dynamic':
      return readDynamic(fields);
    case 'llama3':
      return readLlama3(fields);
    case 'yarn':
      return readYarn(fields);
    case 'longrope':
      return readLongRope(fields);
    default:
      throw new CheckpointError(
        `${rope.where} has rope_type = ${kind}, which Splitscope cannot run. Supported: ${SUPPORTED}.`,
      );
  }
}

/** Phi-3's first configs call longrope su or yarn (configuration_phi3.py). */
function aliasOf(kind: string, outer: Fields): string {
  return ['su', 'yarn'].includes(kind) && text(outer, 'model_type', '') === 'phi3' ? 'longrope' : kind;
}

/** Phi-3 tells it beside the rest, new configs in rope_parameters; else it is the context itself. */
function originalNCtx({ rope, outer, nCtx, originalNCtx }: ScalingFields): number {
  const name = 'original_max_position_embeddings';
  return count(outer, name, originalNCtx ?? count(rope, name, nCtx));
}

/** Begins beyond the config's own context: transformers reads no original one here. */
function readDynamic({ rope, nCtx, pairs }: ScalingFields): RotaryScaling {
  if (pairs < 2) {
    throw new CheckpointError(
      `${rope.where} has rope_type = dynamic and one pair that turns, expected more: its base grows by the power dim / (dim − 2).`,
    );
  }
  return { kind: 'dynamic', factor: positive(rope, 'factor'), originalNCtx: nCtx };
}

function readLlama3(fields: ScalingFields): RotaryScaling {
  const { rope } = fields;
  const lowFreqFactor = positive(rope, 'low_freq_factor');
  const highFreqFactor = positive(rope, 'high_freq_factor');
  if (highFreqFactor <= lowFreqFactor) {
    throw new CheckpointError(
      `${rope.where} has high_freq_factor = ${highFreqFactor}, expected more than low_freq_factor = ${lowFreqFactor}.`,
    );
  }
  const factor = positive(rope, 'factor');
  return { kind: 'llama3', factor, lowFreqFactor, highFreqFactor, originalNCtx: originalNCtx(fields) };
}

function readYarn(fields: ScalingFields): RotaryScaling {
  const { rope, nCtx } = fields;
  const original = originalNCtx(fields);
  const factor = positive(rope, 'factor', nCtx / original);
  const magnitude = (share: number) => (factor <= 1 ? 1 : 0.1 * share * Math.log(factor) + 1);
  const [share, shareOfAll] = [rope.values.get('mscale'), rope.values.get('mscale_all_dim')];
  const usual =
    share && shareOfAll
      ? magnitude(positive(rope, 'mscale')) / magnitude(positive(rope, 'mscale_all_dim'))
      : magnitude(1);
  return {
    kind: 'yarn',
    factor,
    betaFast: positive(rope, 'beta_fast', 32),
    betaSlow: positive(rope, 'beta_slow', 1),
    isTruncated: flag(rope, 'truncate', true),
    originalNCtx: original,
    attentionFactor: positive(rope, 'attention_factor', usual),
  };
}

/** Prompts within the original context turn by the short factors, longer ones by the long: at every position. */
function readLongRope(fields: ScalingFields): RotaryScaling {
  const { rope, nCtx, pairs } = fields;
  const original = originalNCtx(fields);
  const factor = positive(rope, 'factor', nCtx / original);
  const usual = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
  return {
    kind: 'longrope',
    shortFactors: onePerPair(rope, 'short_factor', pairs),
    longFactors: onePerPair(rope, 'long_factor', pairs),
    originalNCtx: original,
    attentionFactor: positive(rope, 'attention_factor', usual),
  };
}

function onePerPair(rope: Fields, name: 'short_factor' | 'long_factor', pairs: number): readonly number[] {
  const factors = positives(rope, name);
  if (factors.length === pairs) return factors;
  throw new CheckpointError(
    `${rope.where} has ${factors.length} numbers in ${name}, expected ${pairs}: one for each pair that turns.`,
  );
}
