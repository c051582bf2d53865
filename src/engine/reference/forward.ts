// A whole forward pass made of the kernels' twins. In f64: the truth that a run on the GPU is measured against. In portable f32: what
// such a run must equal, bit for bit.
// An architecture is config fields; no model's name is read here.
import type { ModelConfig } from '../checkpoint/modelConfig.ts';
import { rotaryTable } from '../checkpoint/rotaryTable.ts';
import type { ModelWeights } from '../checkpoint/weights.ts';
import { blockHook, type HookName } from '../hooks/hookName.ts';
import type { Intervention } from '../hooks/intervention.ts';
import { add } from './add.ts';
import { type Arithmetic, F64 } from './arithmetic.ts';
import { capped } from './attnScores.ts';
import { block } from './block.ts';
import { interventionEdit, type ReferenceSources } from './edit.ts';
import { embed } from './embed.ts';
import { denseRows, matmul } from './matmul.ts';
import { NO_NORM_HOOKS, norm } from './norm.ts';
import { hooksOfBlock, type ReferenceEdit, type ReferenceHooks, recordHooks } from './referenceHooks.ts';
import type { ReferenceMatrix, ReferenceTensor } from './referenceTensor.ts';

export type ReferenceRun = {
  readonly config: ModelConfig;
  readonly weights: ModelWeights<ReferenceMatrix>;
  readonly tokenIds: readonly number[]; // [pos]
  readonly qkv: 'fused' | 'split';
  readonly kv: 'broadcast' | 'repeat';
  readonly arithmetic?: Arithmetic; // left out: f64
  readonly interventions?: readonly Intervention[]; // carried out in the order of the list; left out: none
  readonly sources?: ReferenceSources; // activations of the clean and the corrupted prompt, where interventions read them
  readonly onRequest?: readonly HookName[]; // hook_attn_in of these blocks is made as well
  readonly edit?: ReferenceEdit; // instead of interventions: changes activations on their way as it likes
};

/**
 * Runs the prompt and returns every hook in running order: all of `hookName.ts` that architecture and mode have,
 * `hook_attn_in` only where it is asked for or edited. `unembed.hook_out` is before the logits' soft cap, as in TransformerLens.
 * Throws where a token is not in the vocabulary.
 */
export function referenceForward(run: ReferenceRun): Map<HookName, ReferenceTensor> {
  const steps = referenceSteps(run);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same pass with a pause before each block and before the logits: a long one can be left between two. Yields the layer. */
export function* referenceSteps(run: ReferenceRun): Generator<number, Map<HookName, ReferenceTensor>, void> {
  const { config, weights, tokenIds, qkv, kv } = run;
  const hooks = recordHooks(run.edit ?? interventionsOf(run));
  let stream = embedded(run, hooks);
  for (const [layer, blockWeights] of weights.blocks.entries()) {
    yield layer;
    const rotary = config.rotary[layer];
    stream = block(stream, {
      config,
      layer,
      weights: blockWeights,
      rotaryTable: rotary ? rotaryTable(rotary, tokenIds.length) : null,
      qkv,
      kv,
      arithmetic: run.arithmetic ?? F64,
      at: hooksOfBlock(hooks, layer),
      isWanted: (hook) => isWanted(run, blockHook(layer, hook)),
    });
  }
  yield weights.blocks.length;
  unembedded(stream, run, hooks);
  return hooks.captured;
}

/** Reads the logits off a run's hooks, with the architecture's soft cap; throws where the run has none: [pos, d_vocab]. */
export function referenceLogits(
  config: ModelConfig,
  captured: ReadonlyMap<HookName, ReferenceTensor>,
): ReferenceTensor {
  const out = captured.get('unembed.hook_out');
  if (!out) throw new Error('internal: the run has no unembed.hook_out');
  return { shape: out.shape, values: out.values.map((logit) => capped(logit, config.logitSoftCap)) };
}

function isWanted({ onRequest = [], interventions = [] }: ReferenceRun, hook: HookName): boolean {
  return onRequest.includes(hook) || interventions.some((edit) => edit.enabled && edit.hook === hook);
}

function interventionsOf({ config, weights, interventions = [], sources = {} }: ReferenceRun): ReferenceEdit {
  return interventionEdit(interventions, { sources, W_E: weights.W_E, embedScale: config.embedScale });
}

function embedded(
  { config, weights, tokenIds, arithmetic = F64 }: ReferenceRun,
  hooks: ReferenceHooks,
): ReferenceTensor {
  const shape = [tokenIds.length, config.dModel];
  const columns = embed(weights.W_E, tokenIds, config.embedScale, arithmetic);
  const gathered = { shape, values: projected(columns, weights.projectIn, arithmetic) };
  const normed = weights.lnEmbed ? norm(gathered, weights.lnEmbed, config, NO_NORM_HOOKS, arithmetic) : gathered;
  const tokens = hooks.at('hook_embed', normed);
  if (!weights.W_pos) return tokens;
  const rows = tokenIds.map((_, pos) => pos + config.positionOffset);
  const positions = hooks.at('hook_pos_embed', { shape, values: embed(weights.W_pos, rows, 1, arithmetic) });
  return { shape, values: add(tokens.values, positions.values, arithmetic) };
}

/** Rows through a projection of the embedding, where there is one. */
function projected(values: Float64Array, W: ReferenceMatrix | null, arithmetic: Arithmetic): Float64Array {
  return W ? matmul(denseRows(values, W.rows), W, null, arithmetic) : values;
}

function unembedded(
  stream: ReferenceTensor,
  { config, weights, arithmetic = F64 }: ReferenceRun,
  hooks: ReferenceHooks,
): void {
  const { lnFinal, projectOut, W_U, b_U } = weights;
  const normed = lnFinal
    ? norm(
        stream,
        lnFinal,
        config,
        {
          scale: (tensor) => hooks.at('ln_final.hook_scale', tensor),
          normalized: (tensor) => hooks.at('ln_final.hook_normalized', tensor),
        },
        arithmetic,
      )
    : stream;
  const input = hooks.at('unembed.hook_in', normed);
  const narrowed = projected(input.values, projectOut, arithmetic);
  const logits = matmul(denseRows(narrowed, W_U.rows), W_U, b_U, arithmetic);
  hooks.at('unembed.hook_out', { shape: [stream.shape[0] ?? 0, W_U.columns], values: logits });
}
