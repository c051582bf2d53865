// `generate`: continues a prompt token by token, under one specification or under two beside each other.
import { parseArgs } from 'node:util';
import {
  GREEDY,
  type Model,
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
import { openDirectory, openTokenizer } from './openDirectory.ts';
import { readRunSpec } from './readRunSpec.ts';

export const GENERATE: Command = {
  name: 'generate',
  summary: 'continue a prompt, under one specification or two',
  usage: `Usage: splitscope generate DIR (--prompt "…" | --tokens 1,2,3) [--max-tokens N] [--seed N] [--temperature X] [--top-k N]
                          [--top-p X] [--a SPEC] [--b SPEC] [--json]
  Continues the prompt by N tokens, 32 unless given, or until a token ends the text: greedily, or by a seeded draw where --seed is
  given. SPEC as in splitscope diff; B runs where --b is given, and the exit code is 1 where its tokens are others than A's.

Examples:
  splitscope generate public/models/demo-gqa --prompt "When Mary and John went to the store"
  splitscope generate ./my-model --prompt "Once upon a time" --max-tokens 64 --seed 7 --temperature 0.8 --top-k 40
  splitscope generate ./my-model --tokens 1,2,3 --a qkv=fused --b qkv=split,precision=bf16 --json`,
  run: generate,
};

type Continuation = {
  readonly spec: RunSpec;
  readonly text: string | null; // null where the checkpoint has no tokenizer
  readonly tokenIds: readonly number[];
  readonly elapsedMs: readonly number[]; // of each token
  readonly stopped: StopReason;
};

async function generate(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      prompt: { type: 'string' },
      tokens: { type: 'string' },
      'max-tokens': { type: 'string', default: '32' },
      seed: { type: 'string' },
      temperature: { type: 'string' },
      'top-k': { type: 'string' },
      'top-p': { type: 'string' },
      a: { type: 'string', default: '' },
      b: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const directory = theFolder(positionals, 'generate');
  const maxTokens = numberOf(values['max-tokens'], '--max-tokens');
  if (!Number.isInteger(maxTokens) || maxTokens < 1) {
    throw new UsageError(`--max-tokens is ${values['max-tokens']}, expected a whole number of 1 or more.`);
  }
  const sampling = samplingOf(values);
  const a = readRunSpec(values.a, '--a');
  const specs = values.b === undefined ? { a } : { a, b: readRunSpec(values.b, '--b') };
  const { model, tokenIds } = await openDirectory(directory, values);
  try {
    const ends = await readEndIds(nodeFolder(directory));
    const hasTokenizer = (await nodeFolder(directory).open('tokenizer.json')) !== null;
    const tokenizer = hasTokenizer ? await openTokenizer(directory) : null;
    const job = { model, tokenIds, maxTokens, sampling, endIds: ends, tokenizer };
    const made: { [side: string]: Continuation } = {};
    for (const [side, spec] of Object.entries(specs)) made[side] = await continuation(job, spec);
    const parting = partingOf(made.a?.tokenIds ?? [], made.b?.tokenIds ?? null);
    console.log(
      values.json
        ? JSON.stringify({ directory, tokenIds, sampling, ...made, parting }, null, 2)
        : worded(made, parting),
    );
    return parting === null ? 0 : 1;
  } finally {
    model.destroy();
    model.gpu.destroy();
  }
}

type Job = {
  readonly model: Model;
  readonly tokenIds: readonly number[];
  readonly maxTokens: number;
  readonly sampling: Sampling;
  readonly endIds: readonly number[];
  readonly tokenizer: Tokenizer | null;
};

async function continuation({ model, tokenIds, tokenizer, ...how }: Job, spec: RunSpec): Promise<Continuation> {
  const about = { model, spec, nPrompt: tokenIds.length, nCorrupted: null, maxTokens: how.maxTokens };
  const generation = await PreparedGeneration.make({ ...about, interventions: [], patternLayers: [] });
  try {
    const [ids, elapsedMs]: [number[], number[]] = [[], []];
    const stream = generation.continue({ clean: tokenIds, corrupted: null }, how);
    for (;;) {
      const { value, done } = await stream.next();
      if (done) return { spec, text: tokenizer?.decode(ids) ?? null, tokenIds: ids, elapsedMs, stopped: value };
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
function samplingOf(wish: SamplingWish): Sampling {
  if (wish.seed === undefined) {
    const left = (['temperature', 'top-k', 'top-p'] as const).find((name) => wish[name] !== undefined);
    if (left) throw new UsageError(`--${left} is for a seeded draw: give --seed too.`);
    return GREEDY;
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
