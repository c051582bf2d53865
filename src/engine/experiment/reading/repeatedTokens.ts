// What the heads do on random tokens that come again: the prompt that tells previous-token, duplicate-token and induction heads
// apart, since nothing in it can be guessed from meaning. TransformerLens' practice: BOS, then random tokens twice; the mean over a
// few seeds. Olsson et al. 2022, "In-context Learning and Induction Heads".
import { HEAD_SCORES, type HeadScore, type HeadScores, headScores } from '../../analysis/headScores.ts';
import { blockHook } from '../../hooks/hookName.ts';
import type { Model } from '../../model/model.ts';
import { prepareRun } from '../../model/prepareRun.ts';
import type { ForwardSpec } from '../../model/runContext.ts';
import { randomStream } from '../../tensor/random.ts';

export type RepeatedTokens = {
  readonly bos: number | null; // stands before them, where the model has one
  readonly length: number; // of the part that comes twice
  readonly prompts: number; // seeds seed, seed + 1, …
  readonly seed: number;
};

/** Draws BOS and `length` tokens twice; no token drawn is BOS. Equal seeds give equal prompts on every machine. */
export function repeatedRandomTokens(
  dVocab: number,
  { bos, length, seed }: Pick<RepeatedTokens, 'bos' | 'length' | 'seed'>,
): number[] {
  const random = randomStream(seed);
  const others = dVocab - (bos === null ? 0 : 1);
  const half = Array.from({ length }, () => {
    const drawn = Math.floor(random() * others);
    return bos !== null && drawn >= bos ? drawn + 1 : drawn;
  });
  return [...(bos === null ? [] : [bos]), ...half, ...half];
}

/**
 * Scores every head on the mean of a few such prompts: [layer · n_heads + head] each. Throws where the prompt is longer than the
 * model reads, and what `prepareRun` throws.
 */
export async function scoreOnRepeatedTokens(
  model: Model,
  spec: ForwardSpec,
  tokens: RepeatedTokens,
  signal?: AbortSignal,
): Promise<HeadScores> {
  const { nLayers, nHeads, nCtx, dVocab } = model.config;
  const nPos = 2 * tokens.length + (tokens.bos === null ? 0 : 1);
  if (nPos > nCtx) throw new Error(`${nPos} tokens are more than the ${nCtx} that this model reads.`);
  const hooks = Array.from({ length: nLayers }, (_, layer) => blockHook(layer, 'attn.hook_pattern'));
  const run = await prepareRun({ model, spec, batch: 1, nPos, capture: hooks, headInputs: 'shared' });
  const sums = new Map<HeadScore, Float64Array>(
    HEAD_SCORES.map((score) => [score, new Float64Array(nLayers * nHeads)]),
  );
  try {
    for (let prompt = 0; prompt < tokens.prompts; prompt++) {
      const tokenIds = repeatedRandomTokens(dVocab, { ...tokens, seed: tokens.seed + prompt });
      await run.execute(tokenIds, undefined, signal);
      signal?.throwIfAborted();
      const patterns = await run.capture.read(hooks);
      patterns.forEach((pattern, layer) => {
        const scores = headScores(pattern, tokenIds);
        for (const score of HEAD_SCORES) add(sums.get(score), scores[score], layer * nHeads);
      });
    }
  } finally {
    run.destroy();
  }
  const mean = (score: HeadScore) => Array.from(sums.get(score) ?? [], (sum) => sum / tokens.prompts);
  return {
    previousToken: mean('previousToken'),
    induction: mean('induction'),
    duplicateToken: mean('duplicateToken'),
    bosMass: mean('bosMass'),
    self: mean('self'),
    entropy: mean('entropy'),
  };
}

function add(sums: Float64Array | undefined, scores: readonly number[], from: number): void {
  scores.forEach((score, head) => {
    if (sums) sums[from + head] = (sums[from + head] ?? 0) + score;
  });
}
