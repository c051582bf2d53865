// Interventions in a link: what is in the link is what is run.
import * as v from 'valibot';
import { factor, index } from './numbers.ts';
import { hookName } from './setup.ts';

const MAX_INTERVENTIONS = 256;
const MAX_LISTED = 4096; // heads or positions of one intervention

const listed = v.union([v.literal('all'), v.pipe(v.array(index), v.maxLength(MAX_LISTED))]);

const operation = v.variant('kind', [
  v.strictObject({ kind: v.literal('zero') }),
  v.strictObject({ kind: v.literal('scale'), factor }),
  v.strictObject({ kind: v.literal('patch'), prompt: v.literal('corrupted'), source: hookName }),
  v.strictObject({
    kind: v.literal('add'),
    factor,
    prompt: v.picklist(['clean', 'corrupted']),
    source: hookName,
    sourceHead: v.exactOptional(index),
  }),
]);

export const interventions = v.pipe(
  v.array(v.strictObject({ hook: hookName, heads: listed, positions: listed, operation, enabled: v.boolean() })),
  v.maxLength(MAX_INTERVENTIONS),
);
