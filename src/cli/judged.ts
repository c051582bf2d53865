// What sweeps of edits and of paths work on: a pair of prompts under one specification, judged by one number behind one position.
import {
  type Experiment,
  type Metric,
  type Model,
  openCheckpoint,
  type RunSpec,
  SPLIT_RUN_SPEC,
} from '../engine/index.ts';
import { nodeFolder } from '../sources/folder.node.ts';
import { UsageError } from './command.ts';
import { oneSpecOf, promptsOf, readExperiment, type WISH_OPTIONS } from './experimentWish.ts';
import { openModel, type PromptWish, readPrompt } from './openDirectory.ts';
import { readMetric } from './readMetric.ts';
import { readRunSpec } from './readRunSpec.ts';

/** The options that say how a sweep is judged, and under which specification. */
export const METRIC_OPTIONS = {
  metric: { type: 'string' },
  position: { type: 'string' },
  spec: { type: 'string' },
} as const;

export const METRIC_USAGE = `  METRIC is logit-diff:RIGHT,WRONG · prob:TOKEN · rank:TOKEN · kl; a token is text such as ' Mary' or "' Mary'", or #523, its id.
  The metric looks behind position N, the last one unless given. SPEC as in splitscope diff.`;

type Values = { readonly [K in keyof (typeof WISH_OPTIONS & typeof METRIC_OPTIONS)]?: string | undefined };

export type Judged = {
  readonly directory: string;
  readonly experiment: Experiment | null;
  readonly spec: RunSpec;
  readonly tokenIds: readonly number[];
  readonly corruptedTokenIds: readonly number[] | null;
  readonly metric: Metric;
  readonly position: number;
};

export type Judge = Omit<Judged, 'directory' | 'experiment'> & {
  readonly model: Model;
  readonly shape: { readonly nLayers: number; readonly hasKvHeads: boolean };
};

/** Reads all of it, before anything dear is opened; `askedOf` is what the experiment asks of the kind. Throws UsageError. */
export async function openJudged(
  directory: string,
  values: Values,
  askedOf: (experiment: Experiment) => { readonly metric: Metric; readonly position: number } | null,
): Promise<Judged> {
  const experiment = await readExperiment(values.experiment);
  const asked = experiment && askedOf(experiment);
  const spec = readRunSpec(values.spec ?? '', '--spec', experiment ? oneSpecOf(experiment) : SPLIT_RUN_SPEC);
  const metric = values.metric === undefined && asked ? asked.metric : await readMetric(values.metric, directory);
  const prompts = promptsOf(values, experiment);
  const idsOf = (wish: PromptWish) => readPrompt(directory, wish);
  const corruptedTokenIds = prompts.corrupted && (await idsOf(prompts.corrupted));
  const tokenIds = await idsOf(prompts.clean);
  const position = positionIn(tokenIds.length, values.position, asked?.position);
  return { directory, experiment, spec, tokenIds, corruptedTokenIds, metric, position };
}

/** Loads the model, prints what the work gives, and frees it. Gives the exit code. */
export async function withJudge(
  { directory, experiment: _, ...judged }: Judged,
  work: (judge: Judge) => Promise<string>,
): Promise<number> {
  const checkpoint = await openCheckpoint(nodeFolder(directory));
  const { tokenIds, corruptedTokenIds } = judged;
  const model = await openModel(checkpoint, [tokenIds, ...(corruptedTokenIds ? [corruptedTokenIds] : [])]);
  try {
    const { nLayers, nHeads, nKeyValueHeads } = model.config;
    const hasKvHeads = judged.spec.kv === 'broadcast' && nKeyValueHeads < nHeads;
    console.log(await work({ ...judged, model, shape: { nLayers, hasKvHeads } }));
    return 0;
  } finally {
    model.destroy();
    model.gpu.destroy();
  }
}

function positionIn(nPos: number, text: string | undefined, asked: number | undefined): number {
  if (text === undefined && asked === undefined) return nPos - 1;
  const position = text === undefined ? asked : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (position !== undefined && position < nPos) return position;
  throw new UsageError(`--position ${text ?? asked}, expected 0 to ${nPos - 1}: the prompt has ${nPos} tokens.`);
}
