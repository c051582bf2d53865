// What a command takes from an experiment, as the page writes one into a file or a link: prompts, specifications, and what is asked
// beside the runs. An option of the command line comes before it.
import { readFile } from 'node:fs/promises';
import type { Experiment, Prompt } from '../engine/index.ts';
import { decodeLink } from '../share/decode.ts';
import { readExperimentFile } from '../share/experimentFile.ts';
import { UsageError } from './command.ts';
import type { PromptWish } from './openDirectory.ts';

/** The options that say on what a command works. */
export const WISH_OPTIONS = {
  experiment: { type: 'string' },
  prompt: { type: 'string' },
  tokens: { type: 'string' },
  corrupted: { type: 'string' },
  'corrupted-tokens': { type: 'string' },
} as const;

export const EXPERIMENT_USAGE = `  EXPERIMENT is a file that the page saved (NAME.splitscope.json) or a link ('#w1.…', or the whole address): what no option says is
  taken from it.`;

type Wish = { readonly [K in keyof typeof WISH_OPTIONS]?: string | undefined };

/** Reads a file or a link. Throws UsageError with what is wrong with it; null where none is asked for. */
export async function readExperiment(source: string | undefined): Promise<Experiment | null> {
  if (source === undefined) return null;
  const fragment = source.indexOf('#');
  const { experiment, problems } = fragment < 0 ? await readSaved(source) : await decodeLink(source.slice(fragment));
  if (problems.length > 0) throw new UsageError(`--experiment: ${problems.join(' ')}`);
  return experiment;
}

async function readSaved(path: string) {
  try {
    return readExperimentFile(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new UsageError(`--experiment: ${path} cannot be read: ${String(cause)}`, { cause });
  }
}

/** The prompts that are asked for: the command line's, or the experiment's; the corrupted one is null where there is none. */
export function promptsOf(
  values: Wish,
  experiment: Experiment | null,
): { readonly clean: PromptWish; readonly corrupted: PromptWish | null } {
  const given = { prompt: values.prompt, tokens: values.tokens };
  const corrupted = { prompt: values.corrupted, tokens: values['corrupted-tokens'] };
  const theirs = experiment?.corrupted ? wishOf(experiment.corrupted) : null;
  return {
    clean: isGiven(given) || !experiment ? given : wishOf(experiment.prompt),
    corrupted: isGiven(corrupted) ? corrupted : theirs,
  };
}

function isGiven({ prompt, tokens }: PromptWish): boolean {
  return prompt !== undefined || tokens !== undefined;
}

/** The ids that were run, where they are pinned, else the text. */
function wishOf({ text, prependBos, tokenIds }: Prompt): PromptWish {
  return tokenIds ? { tokens: tokenIds.join(',') } : { prompt: text, prependBos };
}

/** The specification that one run alone is made in: A's, or B's where B runs alone. */
export function oneSpecOf({ mode, a, b }: Experiment): Experiment['a'] {
  return mode === 'split' ? b : a;
}
