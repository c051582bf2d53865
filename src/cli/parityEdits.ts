// The recorded interventions of a folder, each carried out on the GPU and by the f64 twin. The rule, as for the logits that nothing
// edits: our error against the twin is at most twice what another sound f32 implementation errs by, TransformerLens under that very
// edit or transformers without it, and never less is allowed than 16 ULP of the largest logit. And TransformerLens' record lies within
// f32 noise of the twin, so that the twin does what was recorded.
import {
  type Checkpoint,
  type ForwardSpec,
  finalLogits,
  largest,
  largestGap,
  logitsBound,
  type Model,
  type ModelConfig,
  PreparedSide,
  type ReferenceRun,
  referenceForward,
  referenceLogits,
} from '../engine/index.ts';
import type { GoldenEdit } from './goldenEdits.ts';
import type { Golden } from './goldens.ts';

export type EditsCheck = {
  readonly model: Model;
  readonly checkpoint: Checkpoint;
  readonly golden: Golden;
  readonly weights: ReferenceRun['weights'];
  readonly theirs: number; // max |transformers' f32 logits − the truth|, nothing edited
};

/** Carries out every recorded intervention; words the first that departs, or null. */
export async function firstEditDeparture(check: EditsCheck): Promise<string | null> {
  for (const [index, edit] of check.golden.edits.entries()) {
    const departure = await editDeparture(edit, index, check).catch((error: unknown) => String(error));
    if (departure) return `edit.${index} (${edit.description}): ${departure}`;
  }
  return null;
}

async function editDeparture(edit: GoldenEdit, index: number, check: EditsCheck): Promise<string | null> {
  const { checkpoint, golden, weights, theirs } = check;
  const { config } = checkpoint;
  if (edit.problem !== null) return edit.problem;
  const plain = { config, weights, qkv: edit.qkv, kv: 'broadcast' } as const;
  const { tokenIds, corruptedTokenIds } = golden;
  const clean = referenceForward({ ...plain, tokenIds });
  const sources = corruptedTokenIds
    ? { clean, corrupted: referenceForward({ ...plain, tokenIds: corruptedTokenIds }) }
    : { clean };
  const { interventions } = edit;
  const truth = referenceLogits(config, referenceForward({ ...plain, tokenIds, interventions, sources })).values;
  const ours = await editedLogits(edit, check);
  if (typeof ours === 'string') return ours;
  const recorded = golden.tensors.get(`edit.${index}.logits`);
  const recordOff = recorded ? largestGap(recorded.values, truth.subarray(truth.length - recorded.values.length)) : 0;
  const moved = largestGap(referenceLogits(config, clean).values, truth);
  const noise = Math.max(f32Noise(config) * largest(truth), moved / 1024); // a twin that does something else is off by a share of it
  if (recordOff > noise) return `the twin departs from the record by ${recordOff}`;
  const oursOff = largestGap(finalLogits(config, ours), truth);
  const allowed = logitsBound(Math.max(recordOff, theirs), largest(truth));
  return oursOff <= allowed ? null : `off by ${oursOff.toExponential(2)}, allowed ${allowed.toExponential(2)}`;
}

/** Runs the clean prompt under an intervention; the reason in words where it cannot apply. */
async function editedLogits(
  { qkv, interventions }: GoldenEdit,
  { model, golden }: EditsCheck,
): Promise<Float32Array<ArrayBuffer> | string> {
  const spec: ForwardSpec = { qkv, kv: 'broadcast', order: { kind: 'canonical' } };
  const { tokenIds, corruptedTokenIds: corrupted } = golden;
  const lengths = { nPos: tokenIds.length, nCorrupted: corrupted?.length ?? null };
  const side = await PreparedSide.make({ model, spec, ...lengths, capture: 'none', interventions });
  try {
    const [refused] = side.notApplied;
    if (refused) return refused.why;
    await side.execute({ clean: tokenIds, corrupted });
    const [logits] = await side.run.capture.read(['unembed.hook_out']);
    return logits?.values ?? 'the run kept no logits';
  } finally {
    side.destroy();
  }
}

/**
 * What an f32 implementation may err by, relative to the largest logit: a sum of n products meets at most n roundings, and each block
 * passed adds its own such error to the stream.
 */
function f32Noise({ dModel, dMlp, nHeads, dHead, nLayers }: ModelConfig): number {
  return Math.max(dModel, dMlp, nHeads * dHead) * (nLayers + 1) * 2 ** -24;
}
