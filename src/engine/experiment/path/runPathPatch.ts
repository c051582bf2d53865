// Runs path patches of one pair of prompts. What all of them read, the clean and the corrupted run, is run once; each patch is two runs.
import { blockHook, type HookName } from '../../hooks/hookName.ts';
import type { Intervention } from '../../hooks/intervention.ts';
import { finalLogits } from '../../model/finalLogits.ts';
import type { RunSources } from '../../model/hookEdits.ts';
import type { Model } from '../../model/model.ts';
import { type PreparedRun, prepareRun, type RunRequest } from '../../model/prepareRun.ts';
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
    const { tokenIds, corruptedTokenIds } = prompts;
    if (tokenIds.length !== corruptedTokenIds.length) {
      throw new Error(
        `The corrupted prompt has ${corruptedTokenIds.length} tokens and the clean one ${tokenIds.length}: make them equally long.`,
      );
    }
    const own = ownRequests(prompts);
    const clean = await prepareRun(own.clean);
    const runs = [clean];
    try {
      const corrupted = await prepareRun(own.corrupted);
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
    const sending = await prepareRun(sendingRequest(this.#prompts, patch, this.#sources));
    try {
      await sending.execute(tokenIds, undefined, signal);
      const receiving = await prepareRun(receivingRequest(this.#prompts, patch, sending.capture.tensors));
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

/** The runs that nothing edits, as `prepareRun` takes them, with what every patch reads of them. */
export function ownRequests(prompts: PathPrompts): { readonly clean: RunRequest; readonly corrupted: RunRequest } {
  const layers = Array.from({ length: prompts.model.config.nLayers }, (_, layer) => layer);
  const kept = layers.flatMap((layer) => [blockHook(layer, 'attn.hook_z'), blockHook(layer, 'hook_mlp_out')]);
  return { clean: requestOf(prompts, kept), corrupted: requestOf(prompts, ['hook_embed', ...kept]) };
}

/** Run 2: what the receivers would read. */
export function sendingRequest(prompts: PathPrompts, patch: PathPatch, sources: RunSources): RunRequest {
  const { config } = prompts.model;
  const received = patch.receivers.map((receiver) => receiverHook(receiver, config.nLayers));
  return requestOf(prompts, received, { patch: sendingRun(patch, config), sources });
}

/** Run 3: the receivers read `told`, what run 2 gave them. */
export function receivingRequest(
  prompts: PathPrompts,
  patch: PathPatch,
  told: NonNullable<RunSources['corrupted']>,
): RunRequest {
  const edits = receivingRun(patch, prompts.model.config.nLayers);
  return requestOf(prompts, [], { patch: edits, sources: { corrupted: told } });
}

function requestOf(
  { model, spec, tokenIds, position }: PathPrompts,
  capture: readonly HookName[],
  edits?: { readonly patch: readonly Intervention[]; readonly sources: RunSources },
): RunRequest {
  return {
    model,
    spec: { ...spec, qkv: 'split' },
    batch: 1,
    nPos: tokenIds.length,
    capture,
    headInputs: 'shared',
    logits: [position],
    ...(edits && { interventions: edits.patch, sources: edits.sources }),
  };
}

async function logitsOf({ model }: PathPrompts, run: PreparedRun): Promise<Row> {
  const [read] = await run.capture.read(['unembed.hook_out']);
  if (!read) throw new Error('internal: a run kept no logits');
  return finalLogits(model.config, read.values);
}
