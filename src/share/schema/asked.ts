// What is asked of the prompts beside the runs, in a link: a sweep, a path sweep, a continuation. Whoever opens it asks the same.
import * as v from 'valibot';
import { operation } from './intervention.ts';
import { index, probability, seed, tokenId } from './numbers.ts';

const MAX_SENDERS = 8192;
const MAX_RECEIVERS = 1024;

export const site = v.picklist([
  'hook_q_input',
  'hook_k_input',
  'hook_v_input',
  'attn.hook_pattern',
  'attn.hook_z',
  'hook_resid_pre',
  'hook_mlp_out',
]);

const metric = v.variant('kind', [
  v.strictObject({ kind: v.literal('logitDifference'), tokens: v.strictTuple([tokenId, tokenId]) }),
  v.strictObject({ kind: v.literal('probability'), token: tokenId }),
  v.strictObject({ kind: v.literal('rank'), token: tokenId }),
  v.strictObject({ kind: v.literal('kl') }),
]);

export const sweep = v.strictObject({
  sites: v.pipe(v.array(site), v.minLength(1), v.maxLength(7)),
  operation,
  byPosition: v.boolean(),
  metric,
  position: index,
});

export const sender = v.variant('kind', [
  v.strictObject({ kind: v.literal('head'), layer: index, head: index }),
  v.strictObject({ kind: v.literal('mlp'), layer: index }),
  v.strictObject({ kind: v.literal('embed') }),
]);

const receiver = v.variant('kind', [
  v.strictObject({ kind: v.picklist(['q', 'k', 'v']), layer: index, head: index }),
  v.strictObject({ kind: v.literal('mlp'), layer: index }),
  v.strictObject({ kind: v.literal('final') }),
]);

const between = v.picklist(['frozen', 'recomputed']);

export const paths = v.strictObject({
  senders: v.union([v.literal('all'), v.pipe(v.array(sender), v.minLength(1), v.maxLength(MAX_SENDERS))]),
  receivers: v.pipe(v.array(receiver), v.minLength(1), v.maxLength(MAX_RECEIVERS)),
  heads: v.optional(between, 'frozen'), // links from before the choice
  mlps: between,
  metric,
  position: index,
});

const sampling = v.variant('kind', [
  v.strictObject({ kind: v.literal('greedy') }),
  v.strictObject({
    kind: v.literal('seeded'),
    seed,
    temperature: v.pipe(v.number(), v.gtValue(0), v.maxValue(1e6)),
    topK: v.nullable(v.pipe(index, v.minValue(1))),
    topP: v.nullable(v.pipe(probability, v.gtValue(0), v.maxValue(1))),
  }),
]);

export const continuation = v.strictObject({ sampling, maxTokens: v.pipe(index, v.minValue(1)) });
