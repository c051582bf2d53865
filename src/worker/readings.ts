// What the page asks of the loaded model besides its runs: sweeps of edits and of paths, readings of one prediction, circuits of a head, head scores on
// repeated random tokens. Each runs the prompt for itself and keeps nothing of it on the GPU.
import {
  type Checkpoint,
  compilePaths,
  compileSweep,
  copyingScore,
  forwardSpecOf,
  headCircuits,
  type Model,
  meanOverPrompts,
  type PathSweepResult,
  readPrediction,
  readReferenceWeights,
  runPathSweep,
  runSweep,
  type SweepResult,
  scoreOnRepeatedTokens,
  type TokenPair,
  topOvPairs,
  topQkPairs,
  topTokens,
  whyNoCircuits,
} from '../engine/index.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { Circuits, Reading, TokenPairRow } from './answers.ts';
import type { Handlers, Handling } from './host.ts';
import { standings } from './nextTokens.ts';
import type { RequestOf } from './protocol.ts';
import type { Rest } from './turns.ts';

/** The model that is loaded, and its turn on the GPU. */
export type ReadingBench = {
  readonly loaded: () => { readonly model: Model; readonly checkpoint: Checkpoint; readonly tokenizer: Tokenizer };
  readonly inTurn: <T>(work: (rest: Rest) => Promise<T>) => Promise<T>;
};

type Widened = Awaited<ReturnType<typeof readReferenceWeights>>;

/** The handlers of sweeps and readings over a bench. */
export function readingHandlers({
  loaded,
  inTurn,
}: ReadingBench): Pick<
  Handlers,
  'sweep' | 'compileSweep' | 'paths' | 'compilePaths' | 'mean' | 'reading' | 'circuits' | 'headScores'
> {
  // In turn, so that it begins when nothing runs; not waited for: what is asked meanwhile goes on beside it.
  const ahead = (compile: () => Promise<void>) =>
    inTurn(async () => {
      compile().catch(() => {});
      return null;
    });
  const widened = new WeakMap<Checkpoint, Promise<Widened>>(); // in f64, once a model
  return {
    sweep: (request, handling) => inTurn((rest) => sweepOf(loaded().model, request, handling, rest)),
    compileSweep: ({ spec, ...rest }) =>
      ahead(() => compileSweep({ ...rest, model: loaded().model, spec: forwardSpecOf(spec) })),
    compilePaths: ({ spec, ...rest }) =>
      ahead(() => compilePaths({ ...rest, model: loaded().model, spec: forwardSpecOf(spec) })),
    paths: (request, handling) => inTurn((rest) => pathsOf(loaded().model, request, handling, rest)),
    mean: ({ spec, hook, prompts }, { signal }) =>
      inTurn(() => meanOverPrompts({ model: loaded().model, spec: forwardSpecOf(spec), hook, prompts, signal })),
    reading: (request, handling) => inTurn(() => read(loaded(), request, handling)),
    circuits: ({ layer, head, count }, { signal }) =>
      inTurn(async () => {
        const { checkpoint, tokenizer } = loaded();
        const why = whyNoCircuits(checkpoint.config.dVocab);
        if (why !== null) throw new Error(why);
        const weights = widened.get(checkpoint) ?? readReferenceWeights(checkpoint, signal);
        widened.set(checkpoint, weights);
        weights.catch(() => widened.delete(checkpoint)); // aborted or unreadable: read again when asked again
        return circuitsOf(headCircuits(checkpoint.config, await weights, layer, head), count, tokenizer);
      }),
    headScores: (request, { signal }) =>
      inTurn(() => {
        const { model, tokenizer } = loaded();
        const { spec, length, prompts, seed } = request;
        const tokens = { bos: tokenizer.bosToken?.id ?? null, length, prompts, seed };
        return scoreOnRepeatedTokens(model, forwardSpecOf(spec), tokens, signal);
      }),
  };
}

function sweepOf(
  model: Model,
  request: RequestOf<'sweep'>,
  { signal, onProgress }: Handling,
  rest: Rest,
): Promise<SweepResult> {
  const { tokenIds, corruptedTokenIds, sweep } = request;
  let own: { clean: number; corrupted: number | null } = { clean: Number.NaN, corrupted: null };
  return runSweep({
    model,
    spec: forwardSpecOf(request.spec),
    tokenIds,
    corruptedTokenIds,
    sweep,
    signal,
    onClean: (clean, corrupted) => {
      own = { clean, corrupted };
    },
    onCells: async (cells, done, total) => {
      onProgress({ kind: 'sweep', ...own, cells, done, total });
      await rest();
    },
  });
}

function pathsOf(
  model: Model,
  { spec, tokenIds, corruptedTokenIds, sweep }: RequestOf<'paths'>,
  { signal, onProgress }: Handling,
  rest: Rest,
): Promise<PathSweepResult> {
  let own = { clean: Number.NaN, corrupted: Number.NaN };
  return runPathSweep({
    model,
    spec: forwardSpecOf(spec),
    tokenIds,
    corruptedTokenIds,
    sweep,
    signal,
    onOwn: (clean, corrupted) => {
      own = { clean, corrupted };
    },
    onCell: async (cell, done, total) => {
      onProgress({ kind: 'paths', ...own, cells: [cell], done, total });
      await rest();
    },
  });
}

const LENS_COUNT = 5; // tokens a layer

async function read(
  { model, checkpoint, tokenizer }: ReturnType<ReadingBench['loaded']>,
  request: RequestOf<'reading'>,
  { signal }: Handling,
): Promise<Reading> {
  const { spec, tokenIds, corruptedTokenIds, interventions, position, tokens } = request;
  const { lens, attribution, whyNotByHead } = await readPrediction({
    model,
    checkpoint,
    spec: forwardSpecOf(spec),
    prompts: { clean: tokenIds, corrupted: corruptedTokenIds },
    interventions,
    position,
    tokens,
    signal,
  });
  const described = (ids: readonly number[]) => tokenizer.describe(ids);
  return {
    position,
    tokens: described(tokens),
    lens: lens.map(({ hook, logits }) => {
      const top = topTokens(logits, LENS_COUNT);
      const words = described(top.map(({ id }) => id));
      return {
        hook,
        top: words.map((token, at) => ({ token, probability: top[at]?.probability ?? Number.NaN })),
        chosen: standings(logits, tokens),
      };
    }),
    attribution,
    whyNotByHead,
  };
}

function circuitsOf(head: ReturnType<typeof headCircuits>, count: number, tokenizer: Tokenizer): Circuits {
  const rows = (pairs: readonly TokenPair[]): TokenPairRow[] => {
    const from = tokenizer.describe(pairs.map((pair) => pair.from));
    const to = tokenizer.describe(pairs.map((pair) => pair.to));
    return pairs.flatMap(({ score }, at) => {
      const [source, target] = [from[at], to[at]];
      return source && target ? [{ from: source, to: target, score }] : [];
    });
  };
  return { qk: rows(topQkPairs(head, count)), ov: rows(topOvPairs(head, count)), copying: copyingScore(head) };
}
