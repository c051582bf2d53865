// Mean over a set of prompts: what a hook is on average over all positions of all of them, head for head, as the vector that `set`
// takes. Mean ablation as Wang et al. 2022 use it, over prompts in place of the positions of one. Summed in f64.
import { hookAxes } from '../hooks/hookAxes.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { Model } from '../model/model.ts';
import { prepareRun } from '../model/prepareRun.ts';
import type { ForwardSpec } from '../model/runContext.ts';

export type MeanRequest = {
  readonly model: Model;
  readonly spec: ForwardSpec;
  readonly hook: HookName;
  readonly prompts: readonly (readonly number[])[]; // token ids; at least one prompt
  readonly signal?: AbortSignal;
};

/** Says why a hook has no mean over prompts; null where it has. */
export function whyNotMean({ model, spec, hook, prompts }: MeanRequest): string | null {
  if (prompts.length === 0) return 'A mean over prompts needs a prompt';
  if (hook.endsWith('.hook_attn_scores') || hook.endsWith('.hook_pattern')) {
    return `${hook} is as wide as the prompt is long: it has no mean over prompts`;
  }
  const axes = hookAxes(hook, model.config, spec, 1);
  if (typeof axes === 'string') return axes;
  const longest = model.config.maxPositions ?? Number.POSITIVE_INFINITY;
  const long = prompts.find(({ length }) => length > longest);
  return long ? `A prompt has ${long.length} tokens, and the model reads ${longest}` : null;
}

/** Runs each prompt and takes the mean: [heads · width], or [width] without heads. Throws with the reason where there is none. */
export async function meanOverPrompts(request: MeanRequest): Promise<number[]> {
  const why = whyNotMean(request);
  if (why !== null) throw new Error(`${why}.`);
  const { model, spec, hook, prompts, signal } = request;
  let sums = new Float64Array();
  let nPositions = 0;
  for (const tokenIds of prompts) {
    const run = await prepareRun({
      model,
      spec,
      batch: 1,
      nPos: tokenIds.length,
      capture: [hook],
      headInputs: 'shared',
    });
    try {
      await run.execute(tokenIds, undefined, signal);
      signal?.throwIfAborted();
      const [read] = await run.capture.read([hook]);
      if (!read) throw new Error(`internal: ${hook} was not captured`);
      const width = read.values.length / tokenIds.length;
      if (sums.length === 0) sums = new Float64Array(width);
      read.values.forEach((value, i) => {
        sums[i % width] = (sums[i % width] ?? 0) + value;
      });
      nPositions += tokenIds.length;
    } finally {
      run.destroy();
    }
  }
  return Array.from(sums, (sum) => Math.fround(sum / nPositions));
}
