// `generate`: continues a prompt token by token, under one specification or under two beside each other.
import { parseArgs } from 'node:util';
import {
  type Experiment,
  GREEDY,
  type Intervention,
  type Model,
  type NotApplied,
  PreparedGeneration,
  type RunSpec,
  readEndIds,
  type Sampling,
  type StopReason,
  whyNotSampling,
} from '../engine/index.ts';
import { nodeFolder } from '../sources/folder.node.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { type Command, say, theFolder, UsageError } from './command.ts';
import { EDIT_OPTION, EDIT_USAGE, editsOf, sayNotApplied } from './editsWish.ts';
import { EXPERIMENT_USAGE, promptsOf, readExperiment, WISH_OPTIONS } from './experimentWish.ts';
import { openDirectory, openTokenizer } from './openDirectory.ts';
import { readRunSpec } from './readRunSpec.ts';

export const GENERATE: Command = {
  name: 'generate',
  summary: 'continue a prompt, under one specification or two',
  usage: `Usage: splitscope generate DIR (--prompt "…" | --tokens 1,2,3) [--corrupted "…" | --corrupted-tokens 1,2,3] [--max-tokens N]
                          [--seed N] [--temperature X] [--top-k N] [--top-p X] [--a SPEC] [--b SPEC] [--edit EDIT]…
                          [--experiment EXPERIMENT] [--json]
  Continues the prompt by N tokens, 32 unless given, or until a token ends the text: greedily, or by a seeded draw where --seed is
  given. SPEC as in splitscope diff; B runs where --b is given, and the exit code is 1 where its tokens are others than A's.
  Interventions stay on, their positions counted in the whole text.
${EDIT_USAGE}
${EXPERIMENT_USAGE}

Examples:
  splitscope generate public/models/demo-gqa --prompt "When Mary and John went to the store"
  splitscope generate ./my-model --prompt "Once upon a time" --max-tokens 64 --seed 7 --temperature 0.8 --top-k 40
  splitscope generate ./my-model --tokens 1,2,3 --a qkv=fused --b qkv=split,precision=bf16 --json
  splitscope generate ./my-model --prompt "Once upon a time" \\
    --edit '{"hook":"blocks.1.attn.hook_z","heads":[7],"operation":{"kind":"zero"}}'
  splitscope generate ./my-model --experiment found.splitscope.json`,
  run: generate,
};

type Continuation = {
  readonly spec: RunSpec;
  readonly text: string | null; // null where the checkpoint has no tokenizer
  readonly tokenIds: readonly number[];
  readonly elapsedMs: readonly number[]; // of each token
  readonly stopped: StopReason;
  readonly notApplied: readonly NotApplied[];
};

async function generate(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...WISH_OPTIONS,
      ...EDIT_OPTION,
      'max-tokens': { type: 'string' },
      seed: { type: 'string' },
      temperature: { type: 'string' },
      'top-k': { type: 'string' },
      'top-p': { type: 'string' },
      a: { type: 'string' },
      b: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const directory = theFolder(positionals, 'generate');
  const experiment = await readExperiment(values.experiment);
  const maxTokens = maxTokensOf(values['max-tokens'], experiment);
  const sampling = samplingOf(values, experiment?.continuation?.sampling);
  const specs = specsOf(values, experiment);
  const interventions = editsOf(values.edit, experiment);
  const edits = { interventions, typed: values.edit, specs: Object.values(specs), nBeyond: maxTokens };
  const wish = { prompts: promptsOf(values, experiment), edits };
  const { model, tokenIds, corruptedTokenIds: corrupted } = await openDirectory(directory, wish);
  try {
    const endIds = await readEndIds(nodeFolder(directory));
    const hasTokenizer = (await nodeFolder(directory).open('tokenizer.json')) !== null;
    const tokenizer = hasTokenizer ? await openTokenizer(directory) : null;
    const job = { model, tokenIds, corrupted, interventions, maxTokens, sampling, endIds, tokenizer };
    const made: { [side: string]: Continuation } = {};
    for (const [side, spec] of Object.entries(specs)) {
      made[side] = await continuation(job, spec);
    }
    sayNotApplied(Object.entries(made).map(([side, { notApplied }]) => ({ name: side.toUpperCase(), notApplied })));
    const parting = partingOf(made.a?.tokenIds ?? [], made.b?.tokenIds ?? null);
    console.log(
      values.json
        ? JSON.stringify({ directory, tokenIds, sampling, interventions, ...made, parting }, null, 2)
        : worded(made, parting),
    );
    return parting === null ? 0 : 1;
  } finally {
    model.destroy();
    model.gpu.destroy();
  }
}

/** A, and B where it is asked for, here or by the experiment. */
function specsOf(
  { a, b }: { readonly a?: string | undefined; readonly b?: string | undefined },
  experiment: Experiment | null,
): Readonly<Record<string, RunSpec>> {
  const mode = experiment?.mode ?? 'fused';
  const isAskedFor = { a: a !== undefined || mode !== 'split', b: b !== undefined || mode !== 'fused' };
  return {
    ...(isAskedFor.a && { a: readRunSpec(a ?? '', '--a', experiment?.a) }),
    ...(isAskedFor.b && { b: readRunSpec(b ?? '', '--b', experiment?.b) }),
  };
}

const DEFAULT_MAX_TOKENS = 32;

function maxTokensOf(text: string | undefined, experiment: Experiment | null): number {
  if (text === undefined) return experiment?.continuation?.maxTokens ?? DEFAULT_MAX_TOKENS;
  const maxTokens = numberOf(text, '--max-tokens');
  if (Number.isInteger(maxTokens) && maxTokens >= 1) return maxTokens;
  throw new UsageError(`--max-tokens is ${text}, expected a whole number of 1 or more.`);
}

type Job = {
  readonly model: Model;
  readonly tokenIds: readonly number[];
  readonly corrupted: readonly number[] | null;
  readonly interventions: readonly Intervention[];
  readonly maxTokens: number;
  readonly sampling: Sampling;
  readonly endIds: readonly number[];
  readonly tokenizer: Tokenizer | null;
};

async function continuation(
  { model, tokenIds, corrupted, interventions, tokenizer, ...how }: Job,
  spec: RunSpec,
): Promise<Continuation> {
  const lengths = { nPrompt: tokenIds.length, nCorrupted: corrupted?.length ?? null, maxTokens: how.maxTokens };
  const generation = await PreparedGeneration.make({ model, spec, ...lengths, interventions, patternLayers: [] });
  try {
    const [ids, elapsedMs]: [number[], number[]] = [[], []];
    const stream = generation.continue({ clean: tokenIds, corrupted }, how);
    for (;;) {
      const { value, done } = await stream.next();
      if (done) {
        const text = tokenizer?.decode(ids) ?? null;
        return { spec, text, tokenIds: ids, elapsedMs, stopped: value, notApplied: generation.notApplied };
      }
      ids.push(value.id);
      elapsedMs.push(value.elapsedMs);
    }
  } finally {
    generation.destroy();
  }
}

/** The first token, from 0, at which two continuations part; null where they do not, or there is one. */
function partingOf(a: readonly number[], b: readonly number[] | null): number | null {
  if (b === null) return null;
  const first = Array.from({ length: Math.max(a.length, b.length) }, (_, at) => at).find((at) => a[at] !== b[at]);
  return first ?? null;
}

const STOPPED: Readonly<Record<StopReason, string>> = {
  length: 'the number of tokens asked for',
  context: 'the end of the context',
  rotary: 'the length at which rotary scaling turns the tokens before it by other angles',
  'end-token': 'a token that ends the text',
};

function worded(made: Readonly<Record<string, Continuation>>, parting: number | null): string {
  const sides = Object.entries(made);
  const lines = sides.map(([side, { text, tokenIds, elapsedMs, stopped }]) => {
    const [, ...later] = elapsedMs;
    const pace =
      later.length === 0 ? '' : `, ${(later.reduce((sum, ms) => sum + ms, 0) / later.length).toFixed(1)} ms a token`;
    say(`${side.toUpperCase()}: ${tokenIds.length} tokens${pace}; stopped at ${STOPPED[stopped]}`);
    const continued = text ?? tokenIds.join(',');
    return sides.length === 1 ? continued : `${side.toUpperCase()}: ${continued}`;
  });
  if (sides.length > 1)
    lines.push(parting === null ? 'A and B choose the same tokens.' : `They part at token ${parting}.`);
  return lines.join('\n');
}

type SamplingWish = {
  readonly seed?: string | undefined;
  readonly temperature?: string | undefined;
  readonly 'top-k'?: string | undefined;
  readonly 'top-p'?: string | undefined;
};

/** Throws UsageError where a rule of a draw stands without a seed, or cannot be followed. */
function samplingOf(wish: SamplingWish, asked: Sampling = GREEDY): Sampling {
  if (wish.seed === undefined) {
    const left = (['temperature', 'top-k', 'top-p'] as const).find((name) => wish[name] !== undefined);
    if (left) throw new UsageError(`--${left} is for a seeded draw: give --seed too.`);
    return asked;
  }
  const optional = (name: 'top-k' | 'top-p') => {
    const text = wish[name];
    return text === undefined ? null : numberOf(text, `--${name}`);
  };
  const sampling: Sampling = {
    kind: 'seeded',
    seed: numberOf(wish.seed, '--seed'),
    temperature: numberOf(wish.temperature ?? '1', '--temperature'),
    topK: optional('top-k'),
    topP: optional('top-p'),
  };
  const why = whyNotSampling(sampling);
  if (why !== null) throw new UsageError(`${why}.`);
  return sampling;
}

function numberOf(text: string, option: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new UsageError(`${option} is ${text}, expected a number.`);
}
