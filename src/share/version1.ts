// Version 1 of the link: which fields it may hold, and the defaults it leaves out.
// The defaults are written out and frozen here: a link means the same for ever, whatever the page starts with one day.
import * as v from 'valibot';
import type { Experiment, RunSpec } from '../engine/index.ts';
import { continuation, paths, sweep } from './schema/asked.ts';
import { fingerprint } from './schema/fingerprint.ts';
import { interventions } from './schema/intervention.ts';
import { modelReference } from './schema/model.ts';
import { partialRunSpec } from './schema/runSpec.ts';
import { mode, partialPrompt, partialTolerance, partialView, wholePrompt } from './schema/setup.ts';

/** Each top-level field of a link and its schema; a newer link is opened field by field with these. */
export const VERSION_1_FIELDS = {
  model: modelReference,
  prompt: partialPrompt,
  corrupted: v.nullable(wholePrompt),
  mode,
  a: partialRunSpec,
  b: partialRunSpec,
  tolerance: partialTolerance,
  interventions,
  sweep: v.nullable(sweep),
  paths: v.nullable(paths),
  continuation: v.nullable(continuation),
  view: partialView,
  fingerprint: v.nullable(fingerprint),
} as const;

export const version1 = v.strictObject({
  model: v.exactOptional(VERSION_1_FIELDS.model),
  prompt: v.exactOptional(VERSION_1_FIELDS.prompt),
  corrupted: v.exactOptional(VERSION_1_FIELDS.corrupted),
  mode: v.exactOptional(VERSION_1_FIELDS.mode),
  a: v.exactOptional(VERSION_1_FIELDS.a),
  b: v.exactOptional(VERSION_1_FIELDS.b),
  tolerance: v.exactOptional(VERSION_1_FIELDS.tolerance),
  interventions: v.exactOptional(VERSION_1_FIELDS.interventions),
  sweep: v.exactOptional(VERSION_1_FIELDS.sweep),
  paths: v.exactOptional(VERSION_1_FIELDS.paths),
  continuation: v.exactOptional(VERSION_1_FIELDS.continuation),
  view: v.exactOptional(VERSION_1_FIELDS.view),
  fingerprint: v.exactOptional(VERSION_1_FIELDS.fingerprint),
});

export type Version1 = v.InferOutput<typeof version1>;

const FUSED: RunSpec = {
  engine: 'webgpu',
  qkv: 'fused',
  kv: 'broadcast',
  order: 'canonical',
  arithmetic: 'native',
  bias: 'inside',
  precision: 'f32',
  softmax: 'materialised',
};

export const VERSION_1_DEFAULTS: Experiment = {
  model: { source: 'bundled', name: 'demo-gqa' },
  prompt: {
    text: 'When Mary and John went to the store, John gave a drink to',
    prependBos: 'model',
    tokenIds: null,
  },
  corrupted: null,
  mode: 'compare',
  a: FUSED,
  b: { ...FUSED, qkv: 'split' },
  tolerance: { atol: 5e-4, rtol: 1e-5 },
  interventions: [],
  sweep: null,
  paths: null,
  continuation: null,
  view: { hook: 'blocks.1.attn.hook_pattern', layer: 1, head: 7, show: 'pattern', side: 'a', cell: null },
  fingerprint: null,
};

/** Fills what a link left out. */
export function withDefaults(sent: Version1): Experiment {
  const base = VERSION_1_DEFAULTS;
  return {
    model: sent.model ?? base.model,
    prompt: { ...base.prompt, ...sent.prompt },
    corrupted: sent.corrupted === undefined ? base.corrupted : sent.corrupted,
    mode: sent.mode ?? base.mode,
    a: { ...base.a, ...sent.a },
    b: { ...base.b, ...sent.b },
    tolerance: { ...base.tolerance, ...sent.tolerance },
    interventions: sent.interventions ?? base.interventions,
    sweep: sent.sweep ?? base.sweep,
    paths: sent.paths ?? base.paths,
    continuation: sent.continuation ?? base.continuation,
    view: { ...base.view, ...sent.view },
    fingerprint: sent.fingerprint ?? base.fingerprint,
  };
}
