// Interventions in a link: what is in the link is what is run.
import * as v from 'valibot';
import { factor, index, seed, tokenId } from './numbers.ts';
import { hookName } from './setup.ts';

const MAX_INTERVENTIONS = 256;
const MAX_LISTED = 4096; // heads or positions of one intervention
const MAX_VALUES = 65_536; // of one given vector; a link of many is too long anyway, a file holds them

const listed = v.union([v.literal('all'), v.pipe(v.array(index), v.maxLength(MAX_LISTED))]);

const prompt = v.picklist(['clean', 'corrupted', 'same']);
const values = v.pipe(v.array(factor), v.minLength(1), v.maxLength(MAX_VALUES));

export const operation = v.variant('kind', [
  v.strictObject({ kind: v.literal('zero') }),
  v.strictObject({ kind: v.literal('scale'), factor }),
  v.strictObject({ kind: v.literal('mean') }),
  v.strictObject({ kind: v.literal('set'), values }),
  v.strictObject({ kind: v.literal('patch'), prompt, source: hookName, sourceHead: v.exactOptional(index) }),
  v.strictObject({ kind: v.literal('freeze'), prompt: v.picklist(['clean', 'corrupted']) }),
  v.strictObject({ kind: v.literal('add'), factor, prompt, source: hookName, sourceHead: v.exactOptional(index) }),
  v.strictObject({ kind: v.literal('addVector'), factor, values }),
  v.strictObject({ kind: v.literal('addToken'), factor, token: tokenId }),
  v.strictObject({ kind: v.literal('swap') }),
  v.strictObject({ kind: v.literal('noise'), deviation: factor, seed }),
]);

export const intervention = v.strictObject({
  hook: hookName,
  heads: listed,
  positions: listed,
  operation,
  enabled: v.boolean(),
});

export const interventions = v.pipe(v.array(intervention), v.maxLength(MAX_INTERVENTIONS));
