// Reads an experiment out of plain JSON that this or another version wrote: the same strict schema as the link's.
import * as v from 'valibot';
import type { Experiment } from '../engine/index.ts';
import { version1, withDefaults } from './version1.ts';

/** Reads an experiment; fields left out are the link's defaults; null where it is none. */
export function readExperiment(json: unknown): Experiment | null {
  const parsed = v.safeParse(version1, json);
  return parsed.success ? withDefaults(parsed.output) : null;
}

/** An experiment inside another schema. */
export const experimentSchema = v.pipe(version1, v.transform(withDefaults));
