// One intervention as JSON that a person types: what is left out means all heads, all positions, and on. The link's schema otherwise.
import * as v from 'valibot';
import type { Intervention } from '../engine/index.ts';
import { parseForeignObject } from './json.ts';
import { intervention } from './schema/intervention.ts';
import { describeIssue } from './schema/issue.ts';

/** Reads one; gives a sentence that says what is wrong with it where it is none. */
export function readIntervention(text: string): Intervention | string {
  const typed = parseForeignObject(text);
  if (!typed) return 'it is no JSON object';
  const parsed = v.safeParse(intervention, { heads: 'all', positions: 'all', enabled: true, ...typed });
  return parsed.success ? parsed.output : parsed.issues.map(describeIssue).join('; ');
}
