// The experiment as a file, `NAME.splitscope.json`: what the link holds, as JSON that a person can read, for what a link is too short for.
// The same version, the same schema, the same refusals.
import * as v from 'valibot';
import { DEFAULT_EXPERIMENT, type Experiment } from '../engine/index.ts';
import { parseForeignObject } from './json.ts';
import { CURRENT_VERSION, migrate } from './migrate.ts';
import type { OpenedLink } from './openedLink.ts';
import { describeIssue } from './schema/issue.ts';
import { version1, withDefaults } from './version1.ts';

export const EXPERIMENT_FILE_SUFFIX = '.splitscope.json';

/** Tells an experiment file by its name, that of a second download included: `NAME.splitscope (1).json`. */
export function isExperimentFileName(name: string): boolean {
  return /\.splitscope( ?\(\d+\))?\.json$/i.test(name);
}

/** Longest file that is read, in characters: pinned ids of a long context fit many times over. */
const MAX_FILE_LENGTH = 4 << 20;

/** Writes an experiment whole, defaults included. */
export function writeExperimentFile(experiment: Experiment): string {
  return `${JSON.stringify({ splitscope: CURRENT_VERSION, experiment }, null, 2)}\n`;
}

/**
 * Reads such a file. Never throws: what is wrong with it is data, in a sentence for the reader, beside the default
 * experiment, which nobody wants then.
 */
export function readExperimentFile(text: string): OpenedLink {
  if (text.length > MAX_FILE_LENGTH)
    return refused(`has ${text.length} characters; at most ${MAX_FILE_LENGTH} are read`);
  const file = parseForeignObject(text);
  const version = file?.splitscope;
  if (!file || typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    return refused('is no experiment of Splitscope: it is not JSON with "splitscope": 1');
  }
  if (version > CURRENT_VERSION) return refused(`was made by a newer Splitscope (version ${version})`);
  const sent = file.experiment;
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return refused('has no "experiment"');
  const parsed = v.safeParse(version1, migrate(version, { ...sent }));
  if (parsed.success) return { experiment: withDefaults(parsed.output), problems: [] };
  return refused(`was changed or is damaged: ${parsed.issues.map(describeIssue).join('; ')}`);
}

function refused(problem: string): OpenedLink {
  return {
    experiment: DEFAULT_EXPERIMENT,
    problems: [`This file ${problem}.`],
  };
}
