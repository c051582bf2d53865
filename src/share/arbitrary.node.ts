// Arbitrary experiments for property tests: anything that a link may hold, odd text and extreme numbers included.
import fc from 'fast-check';
import {
  BLOCK_HOOKS,
  blockHook,
  type Continuation,
  ENGINES,
  type Experiment,
  type Fingerprint,
  HEAD_SITES,
  type HookName,
  type Intervention,
  type Metric,
  MODEL_HOOKS,
  type Operation,
  type Order,
  type PathSweep,
  type Prompt,
  type RunFingerprint,
  type RunSpec,
  STREAM_SITES,
  type Sweep,
} from '../engine/index.ts';

const index = fc.nat(2 ** 20 - 1);
const tokenId = fc.nat(2 ** 24 - 1);
const finite = (max: number) => fc.double({ min: -max, max, noNaN: true }).map((value) => (value === 0 ? 0 : value)); // JSON has no −0
const magnitude = finite(3.4e38).map(Math.abs);
const probability = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => (value === 0 ? 0 : value));
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const name = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/);

const order: fc.Arbitrary<Order> = fc.oneof(
  fc.constantFrom<Order>('canonical', 'reversed', 'pairwise', 'compensated'),
  fc.integer({ min: 1, max: 2 ** 20 }).map((n): Order => `blocked(${n})`),
  fc.integer({ min: 1, max: 2 ** 20 }).map((n): Order => `splitK(${n})`),
);

const hook: fc.Arbitrary<HookName> = fc.oneof(
  fc.constantFrom(...MODEL_HOOKS),
  fc.tuple(fc.nat(99_999), fc.constantFrom(...BLOCK_HOOKS)).map(([layer, block]) => blockHook(layer, block)),
);

const runSpec: fc.Arbitrary<RunSpec> = fc.record({
  engine: fc.constantFrom(...ENGINES),
  qkv: fc.constantFrom('fused', 'split'),
  kv: fc.constantFrom('broadcast', 'repeat'),
  order,
  arithmetic: fc.constantFrom('native', 'portable'),
  bias: fc.constantFrom('inside', 'after'),
  precision: fc.constantFrom('f32', 'f16', 'bf16'),
  softmax: fc.constantFrom('materialised', 'online'),
});

const all = fc.constant('all' as const);
const listed = fc.oneof(all, fc.array(index, { maxLength: 8 }));

const prompt = fc.constantFrom('clean' as const, 'corrupted' as const, 'same' as const);
const factor = finite(3e38);
const values = fc.array(factor, { minLength: 1, maxLength: 8 });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.constantFrom<Operation>({ kind: 'zero' }, { kind: 'mean' }, { kind: 'swap' }),
  fc.record({ kind: fc.constant('scale' as const), factor }),
  fc.record({ kind: fc.constant('set' as const), values }),
  fc.record(
    { kind: fc.constant('patch' as const), prompt, source: hook, sourceHead: index },
    { requiredKeys: ['kind', 'prompt', 'source'] },
  ),
  fc.record({
    kind: fc.constant('freeze' as const),
    prompt: fc.constantFrom('clean' as const, 'corrupted' as const),
  }),
  fc.record(
    { kind: fc.constant('add' as const), factor, prompt, source: hook, sourceHead: index },
    { requiredKeys: ['kind', 'factor', 'prompt', 'source'] },
  ),
  fc.record({ kind: fc.constant('addVector' as const), factor, values }),
  fc.record({ kind: fc.constant('addToken' as const), factor, token: tokenId }),
  fc.record({ kind: fc.constant('noise' as const), deviation: factor, seed: fc.nat(2 ** 32 - 1) }),
);

export const arbitraryIntervention: fc.Arbitrary<Intervention> = fc.record({
  hook,
  heads: listed,
  positions: listed,
  operation,
  enabled: fc.boolean(),
});

const metric: fc.Arbitrary<Metric> = fc.oneof(
  fc.record({ kind: fc.constant('logitDifference' as const), tokens: fc.tuple(tokenId, tokenId) }),
  fc.record({ kind: fc.constantFrom('probability' as const, 'rank' as const), token: tokenId }),
  fc.constant({ kind: 'kl' as const }),
);

const sweep: fc.Arbitrary<Sweep> = fc.record({
  sites: fc.subarray([...HEAD_SITES, ...STREAM_SITES], { minLength: 1 }),
  operation,
  byPosition: fc.boolean(),
  metric,
  position: index,
});

const head = { layer: index, head: index };
const paths: fc.Arbitrary<PathSweep> = fc.record({
  senders: fc.oneof(
    all,
    fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('head' as const), ...head }),
        fc.record({ kind: fc.constant('mlp' as const), layer: index }),
        fc.constant({ kind: 'embed' as const }),
      ),
      { minLength: 1, maxLength: 4 },
    ),
  ),
  receivers: fc.array(
    fc.oneof(
      fc.record({ kind: fc.constantFrom('q' as const, 'k' as const, 'v' as const), ...head }),
      fc.record({ kind: fc.constant('mlp' as const), layer: index }),
      fc.constant({ kind: 'final' as const }),
    ),
    { minLength: 1, maxLength: 4 },
  ),
  heads: fc.constantFrom('recomputed', 'frozen'),
  mlps: fc.constantFrom('recomputed', 'frozen'),
  metric,
  position: index,
});

const continuation: fc.Arbitrary<Continuation> = fc.record({
  sampling: fc.oneof(
    fc.constant({ kind: 'greedy' as const }),
    fc.record({
      kind: fc.constant('seeded' as const),
      seed: fc.nat(2 ** 32 - 1),
      temperature: fc.double({ min: 1e-3, max: 100, noNaN: true }),
      topK: fc.option(fc.integer({ min: 1, max: 2 ** 20 - 1 })),
      topP: fc.option(fc.double({ min: 1e-6, max: 1, noNaN: true })),
    }),
  ),
  maxTokens: fc.integer({ min: 1, max: 2 ** 20 - 1 }),
});

const somePrompt: fc.Arbitrary<Prompt> = fc.record({
  text: fc.string({ unit: 'binary', maxLength: 400 }),
  prependBos: fc.constantFrom<boolean | 'model'>(true, false, 'model'),
  tokenIds: fc.option(fc.array(tokenId, { minLength: 1, maxLength: 200 })),
});

const runFingerprint: fc.Arbitrary<RunFingerprint> = fc.record({
  logits: hex(16),
  blocks: fc.array(hex(16), { maxLength: 12 }),
  top: fc.array(fc.record({ id: tokenId, probability }), { maxLength: 3 }),
});

export const arbitraryFingerprint: fc.Arbitrary<Fingerprint> = fc.record({
  modelHash: hex(64),
  tokens: hex(16),
  a: fc.option(runFingerprint),
  b: fc.option(runFingerprint),
  maxAbs: fc.option(magnitude),
  adapter: fc.string({ unit: 'binary', maxLength: 60 }),
  appVersion: fc.string({ maxLength: 12 }),
});

export const arbitraryExperiment: fc.Arbitrary<Experiment> = fc.record({
  model: fc.oneof(
    fc.record({ source: fc.constant('bundled' as const), name }),
    fc.record({
      source: fc.constant('hub' as const),
      repo: fc.tuple(name, name).map(([owner, repo]) => `${owner}/${repo}`),
      revision: name,
    }),
    fc.record({ source: fc.constant('local' as const), name: fc.string({ minLength: 1 }), hash: hex(64) }),
  ),
  prompt: somePrompt,
  corrupted: fc.option(somePrompt),
  mode: fc.constantFrom('fused', 'split', 'compare'),
  a: runSpec,
  b: runSpec,
  tolerance: fc.record({ atol: magnitude, rtol: magnitude }),
  interventions: fc.array(arbitraryIntervention, { maxLength: 6 }),
  sweep: fc.option(sweep),
  paths: fc.option(paths),
  continuation: fc.option(continuation),
  view: fc.record({
    hook,
    layer: index,
    head: index,
    show: fc.constantFrom('pattern', 'scores', 'weighted'),
    side: fc.constantFrom('a', 'b', 'delta', 'absDelta', 'beside', 'swipe'),
    cell: fc.option(fc.tuple(index, index)),
  }),
  fingerprint: fc.option(arbitraryFingerprint),
});
