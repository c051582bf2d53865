// Runs path patches of one pair of prompts. What all of them read, the clean and the corrupted run, is run once; each patch is two runs.
import { blockHook, type HookName } from '../../hooks/hookName.ts';
import type { Intervention } from '../../hooks/intervention.ts';
import { finalLogits } from '../../model/finalLogits.ts';
import type { RunSources } from '../../model/hookEdits.ts';
import type { Model } from '../../model/model.ts';
import { type PreparedRun, prepareRun } from '../../model/prepareRun.ts';
import type { ForwardSpec } from '../../model/runContext.ts';
import { type PathPatch, receiverHook, receivingRun, sendingRun, whyNotPathPatch } from './pathPatch.ts';

export type PathPrompts = {
  readonly model: Model;
  readonly spec: ForwardSpec; // run in split mode, whatever it says: receivers are inputs of single heads
  readonly tokenIds: readonly number[];
  readonly corruptedTokenIds: readonly number[];
  readonly position: number; // whose logits are wanted
};

type Row = Float32Array<ArrayBuffer>; // [d_vocab]

/** The clean and the corrupted run of a pair of prompts, kept for any number of patches. Whoever made it frees it by `destroy`. */
export class PathPatcher {
  readonly clean: Row;
  readonly corrupted: Row;
  readonly #prompts: PathPrompts;
  readonly #runs: readonly PreparedRun[];
  readonly #sources: RunSources;

  private constructor(prompts: PathPrompts, runs: readonly PreparedRun[], rows: readonly [Row, Row]) {
    this.#prompts = prompts;
    this.#runs = runs;
    [this.clean, this.corrupted] = rows;
    const [clean, corrupted] = runs.map(({ capture }) => capture.tensors);
    this.#sources = { ...(clean && { clean }), ...(corrupted && { corrupted }) };
  }

  /** Throws where the prompts differ in length, and what `prepareRun` throws. */
  static async make(prompts: PathPrompts): Promise<PathPatcher> {
    const { tokenIds, corruptedTokenIds, model } = prompts;
    if (tokenIds.length !== corruptedTokenIds.length) {
      throw new Error(
        `The corrupted prompt has ${corruptedTokenIds.length} tokens and the clean one ${tokenIds.length}: make them equally long.`,
      );
    }
    const layers = Array.from({ length: model.config.nLayers }, (_, layer) => layer);
    const kept = layers.flatMap((layer) => [blockHook(layer, 'attn.hook_z'), blockHook(layer, 'hook_mlp_out')]);
    const clean = await prepare(prompts, kept);
    const runs = [clean];
    try {
      const corrupted = await prepare(prompts, ['hook_embed', ...kept]);
      runs.push(corrupted);
      await clean.execute(tokenIds);
      await corrupted.execute(corruptedTokenIds);
      return new PathPatcher(prompts, runs, [await logitsOf(prompts, clean), await logitsOf(prompts, corrupted)]);
    } catch (error) {
      for (const run of runs) run.destroy();
      throw error;
    }
  }

  /** The logits of the position when the sender alone is corrupted, for the receivers alone: [d_vocab]. Throws where there is no path. */
  async patched(patch: PathPatch, signal?: AbortSignal): Promise<Row> {
    const { model, spec, tokenIds } = this.#prompts;
    const why = whyNotPathPatch(patch, model.config, spec.kv, tokenIds.length);
    if (why !== null) throw new Error(why);
    const { nLayers } = model.config;
    const received = patch.receivers.map((receiver) => receiverHook(receiver, nLayers));
    const sending = await prepare(this.#prompts, received, {
      patch: sendingRun(patch, model.config),
      sources: this.#sources,
    });
    try {
      await sending.execute(tokenIds, undefined, signal);
      const sources = { corrupted: sending.capture.tensors };
      const receiving = await prepare(this.#prompts, [], { patch: receivingRun(patch, nLayers), sources });
      try {
        await receiving.execute(tokenIds, undefined, signal);
        return await logitsOf(this.#prompts, receiving);
      } finally {
        receiving.destroy();
      }
    } finally {
      sending.destroy();
    }
  }

  destroy(): void {
    for (const run of this.#runs) run.destroy();
  }
}

function prepare(
  { model, spec, tokenIds, position }: PathPrompts,
  capture: readonly HookName[],
  edits?: { readonly patch: readonly Intervention[]; readonly sources: RunSources },
): Promise<PreparedRun> {
  return prepareRun({
    model,
    spec: { ...spec, qkv: 'split' },
    batch: 1,
    nPos: tokenIds.length,
    capture,
    headInputs: 'shared',
    logits: [position],
    ...(edits && { interventions: edits.patch, sources: edits.sources }),
  });
}

async function logitsOf({ model }: PathPrompts, run: PreparedRun): Promise<Row> {
  const [read] = await run.capture.read(['unembed.hook_out']);
  if (!read) throw new Error('internal: a run kept no logits');
  return finalLogits(model.config, read.values);
}
