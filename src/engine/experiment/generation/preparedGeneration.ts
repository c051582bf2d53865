// A continuation, ready to be made: the prompt's pass, the one-row pass that is moved along behind it, and the cache between them. All
// is allocated, compiled and bound beforehand; a token costs one write of dims, one submit and one readback.
import { continuationEnd, whyTooLong } from '../../checkpoint/promptLength.ts';
import { blockHook } from '../../hooks/hookName.ts';
import { type KvCache, kvCache } from '../../model/kvCache.ts';
import { prepareRun } from '../../model/prepareRun.ts';
import { forwardSpecOf } from '../forwardSpec.ts';
import { type NotApplied, type Sorted, sortApplicable } from '../preparedSide.ts';
import { PromptSources, type SidePrompts } from '../promptSources.ts';
import { sampler } from '../sampling.ts';
import type { ContinueOptions, GeneratedToken, GenerationRequest, StopReason } from './generation.ts';
import { RowReader } from './rowReader.ts';
import { reachesBeyond, whyNotContinued } from './whyNotContinued.ts';

type Parts = {
  readonly request: GenerationRequest;
  readonly cache: KvCache;
  readonly sources: PromptSources;
  readonly prompt: RowReader;
  readonly step: RowReader;
  readonly sorted: Sorted;
};

/** Whoever prepared it frees it by `destroy`. */
export class PreparedGeneration {
  readonly notApplied: readonly NotApplied[];
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.notApplied = parts.sorted.notApplied;
  }

  /** Throws where prompt and first token do not fit the context, and what `prepareRun` throws, having freed what it made. */
  static async make(request: GenerationRequest): Promise<PreparedGeneration> {
    const { model, nPrompt } = request;
    const spec = forwardSpecOf(request.spec);
    const cache = kvCache(model.config, spec, capacityOf(request));
    const sorted = sortInterventions(request);
    const made: { destroy(): void }[] = [...cache.slots];
    try {
      await model.gpu.allocate(cache.slots);
      const sources = await PromptSources.make({ model, spec, nPos: nPrompt, interventions: sorted.applied });
      made.push(sources);
      const shared = { model, spec, batch: 1, headInputs: 'shared', cache, sources: sources.tensors } as const;
      const capture = request.patternLayers.map((layer) => blockHook(layer, 'attn.hook_pattern'));
      const edits = sorted.applied;
      const logits = edits.some(({ hook }) => hook === 'unembed.hook_out') ? 'all' : 'last';
      const prompt = await RowReader.make(
        await prepareRun({ ...shared, nPos: nPrompt, capture, logits, interventions: edits }),
      );
      made.push(prompt);
      const stepRun = await prepareRun({ ...shared, nPos: 1, capture, interventions: edits.filter(reachesBeyond) });
      const step = await RowReader.make(stepRun);
      return new PreparedGeneration({ request, cache, sources, prompt, step, sorted });
    } catch (error) {
      for (const part of made) part.destroy();
      throw error;
    }
  }

  /** Continues the prompt token by token; returns why it stopped. Stopping early is the caller's `return`, or the signal. */
  async *continue(
    prompts: SidePrompts,
    { sampling, endIds, signal }: ContinueOptions,
  ): AsyncGenerator<GeneratedToken, StopReason> {
    const { request, sources, prompt, step } = this.#parts;
    const end = continuationEnd(request.model.config, request.nPrompt);
    const choose = sampler(sampling);
    let startedMs = performance.now();
    await sources.execute(prompts, signal);
    let row = await prompt.run(prompts.clean, 0, signal);
    for (let made = 1; ; made++) {
      const id = choose(row.logits);
      const position = request.nPrompt + made - 1;
      const nowMs = performance.now();
      yield { id, position, ...row, elapsedMs: nowMs - startedMs };
      startedMs = performance.now();
      if (endIds.includes(id)) return 'end-token';
      if (made === request.maxTokens) return 'length';
      if (position + 1 >= end.nPos) return end.why;
      row = await step.run([id], position, signal);
    }
  }

  destroy(): void {
    const { prompt, step, sources, cache } = this.#parts;
    for (const part of [prompt, step, sources, ...cache.slots]) part.destroy();
  }
}

/** Positions that are ever read: the last token chosen is not. */
function capacityOf({ model, nPrompt, maxTokens }: GenerationRequest): number {
  if (!Number.isInteger(maxTokens) || maxTokens < 1) throw new Error(`max-tokens=${maxTokens} is no number from 1 on.`);
  const why = whyTooLong(model.config, nPrompt);
  if (why !== null) throw new Error(why);
  return Math.min(nPrompt + maxTokens - 1, continuationEnd(model.config, nPrompt).nPos);
}

/** Listed positions may lie beyond the prompt, but for what reads a prompt's own run or swaps its positions. */
function sortInterventions(request: GenerationRequest): Sorted {
  const { model, nPrompt, nCorrupted, interventions } = request;
  const side = { model, spec: forwardSpecOf(request.spec), nCorrupted, interventions };
  const sorted = sortApplicable({ ...side, nPos: nPrompt }, whyNotContinued);
  const kept: NotApplied[] = [];
  const beyond = { ...side, nCorrupted: null, nPos: capacityOf(request) };
  const applied = interventions.filter((intervention, index) => {
    const refused = sorted.notApplied.find((entry) => entry.index === index);
    if (!refused) return intervention.enabled;
    const alone = { ...beyond, interventions: [intervention] };
    if (reachesBeyond(intervention) && sortApplicable(alone, whyNotContinued).applied.length === 1) return true;
    kept.push(refused);
    return false;
  });
  return { applied, notApplied: kept };
}
