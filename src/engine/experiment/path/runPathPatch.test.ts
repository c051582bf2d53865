// Path patches on the GPU against a straightforward computation in f64: the stream is written out layer by layer with the sender's
// output exchanged, attention as the clean run had it, or, where other heads are not frozen, a whole pass is run with that exchange; then
// a whole pass is run with the receivers' inputs put in by hand.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDevice } from '../../../../test/support/gpu.ts';
import { randomCheckpoint } from '../../../../test/support/randomModel.ts';
import { nodeFolder } from '../../../sources/folder.node.ts';
import { metricOf } from '../../analysis/metric.ts';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../../checkpoint/openCheckpoint.ts';
import type { ModelWeights } from '../../checkpoint/weights.ts';
import { type Gpu, gpuOf } from '../../gpu/device.ts';
import { blockHook, type HookName } from '../../hooks/hookName.ts';
import { loadModel } from '../../model/loadModel.ts';
import type { Model } from '../../model/model.ts';
import { F64 } from '../../reference/arithmetic.ts';
import { referenceForward } from '../../reference/forward.ts';
import { readReferenceWeights } from '../../reference/loadWeights.ts';
import { mlp } from '../../reference/mlp.ts';
import { NO_NORM_HOOKS, norm } from '../../reference/norm.ts';
import type { ReferenceMatrix, ReferenceTensor } from '../../reference/referenceTensor.ts';
import { ulpOf } from '../../tensor/ulp.ts';
import { type PathPatch, receiverHook, senderHook, whyNotPathPatch } from './pathPatch.ts';
import { PathPatcher } from './runPathPatch.ts';

const CLEAN = [3, 200, 77, 5, 161, 42, 8, 8, 99, 310, 12];
const CORRUPTED = [3, 17, 77, 250, 161, 4, 81, 8, 9, 310, 120];
const SPEC = { qkv: 'split', kv: 'broadcast', order: { kind: 'canonical' } } as const;
const POSITION = 10;

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

type Truth = { readonly checkpoint: Checkpoint; readonly weights: ModelWeights<ReferenceMatrix> };
type Hooks = ReadonlyMap<HookName, ReferenceTensor>;

function whole({ checkpoint, weights }: Truth, tokenIds: readonly number[]): Hooks {
  return referenceForward({ config: checkpoint.config, weights, tokenIds, qkv: 'split', kv: 'broadcast' });
}

function valuesOf(hooks: Hooks, hook: HookName): Float64Array {
  const tensor = hooks.get(hook);
  if (!tensor) throw new Error(`no ${hook}`);
  return tensor.values;
}

/** What each receiver reads, by its hook: the stream at that place when the sender alone is corrupted. */
function received(
  truth: Truth,
  clean: Hooks,
  corrupted: Hooks,
  { sender, mlps }: PathPatch,
): Map<HookName, Float64Array> {
  const { config } = truth.checkpoint;
  const nPos = CLEAN.length;
  const plus = (x: Float64Array, y: Float64Array) => x.map((value, i) => value + (y[i] ?? Number.NaN));
  const read = new Map<HookName, Float64Array>();
  let stream = valuesOf(sender.kind === 'embed' ? corrupted : clean, 'hook_embed').slice();
  for (let layer = 0; layer < config.nLayers; layer++) {
    for (const input of ['hook_q_input', 'hook_k_input', 'hook_v_input'] as const)
      read.set(blockHook(layer, input), stream);
    let attnOut = valuesOf(clean, blockHook(layer, 'hook_attn_out'));
    if (sender.kind === 'head' && sender.layer === layer) {
      const [before, after] = [clean, corrupted].map((run) => valuesOf(run, blockHook(layer, 'attn.hook_result')));
      attnOut = attnOut.map((value, i) => {
        const [pos, column] = [Math.floor(i / config.dModel), i % config.dModel];
        const at = (pos * config.nHeads + sender.head) * config.dModel + column;
        return value - (before?.[at] ?? Number.NaN) + (after?.[at] ?? Number.NaN);
      });
    }
    const mid = plus(stream, attnOut);
    const mlpIn = config.residual === 'serial' ? mid : stream;
    read.set(blockHook(layer, 'hook_mlp_in'), mlpIn);
    stream = plus(mid, mlpOutOf(layer, mlpIn));
    read.set(blockHook(layer, 'hook_resid_post'), stream);
  }
  return read;

  function mlpOutOf(layer: number, mlpIn: Float64Array): Float64Array {
    const hook = blockHook(layer, 'hook_mlp_out');
    if (sender.kind === 'mlp' && sender.layer === layer) return valuesOf(corrupted, hook);
    if (mlps === 'frozen') return valuesOf(clean, hook);
    const weights = truth.weights.blocks[layer];
    if (!weights) throw new Error(`no layer ${layer}`);
    const normed = norm(
      { shape: [nPos, config.dModel], values: mlpIn },
      weights.ln2 ?? weights.ln1,
      config,
      NO_NORM_HOOKS,
    );
    const place = { config, layer, weights, at: (_: string, tensor: ReferenceTensor) => tensor };
    return mlp(normed, {
      ...place,
      rotaryTable: null,
      qkv: 'split',
      kv: 'broadcast',
      isWanted: () => false,
      arithmetic: F64,
    }).values;
  }
}

/** The same where the other heads are computed anew: read off a pass in which the sender is exchanged. */
function receivedThroughHeads(
  { checkpoint: { config }, weights }: Truth,
  clean: Hooks,
  corrupted: Hooks,
  { sender, mlps }: PathPatch,
): Map<HookName, Float64Array> {
  const run = referenceForward({
    ...{ config, weights, tokenIds: CLEAN, qkv: 'split', kv: 'broadcast' },
    edit: (hook, tensor) => {
      if (hook === senderHook(sender)) {
        const theirs = valuesOf(corrupted, hook);
        const isSender = (i: number) =>
          sender.kind !== 'head' || Math.floor(i / config.dHead) % config.nHeads === sender.head;
        return {
          ...tensor,
          values: tensor.values.map((value, i) => (isSender(i) ? (theirs[i] ?? Number.NaN) : value)),
        };
      }
      return mlps === 'frozen' && hook.endsWith('hook_mlp_out') ? { ...tensor, values: valuesOf(clean, hook) } : tensor;
    },
  });
  const ofOneHead = ({ shape: [nPos = 0, heads = 0, d = 0], values }: ReferenceTensor) =>
    Float64Array.from({ length: nPos * d }, (_, i) => values[Math.floor(i / d) * heads * d + (i % d)] ?? Number.NaN);
  return new Map(
    [...run].map(([hook, tensor]) => [hook, tensor.shape.length === 3 ? ofOneHead(tensor) : tensor.values]),
  );
}

/** The logits of the position with the receivers' inputs put in. */
function straightforward(truth: Truth, patch: PathPatch): Float64Array {
  const { config } = truth.checkpoint;
  const told = patch.heads === 'frozen' ? received : receivedThroughHeads;
  const read = told(truth, whole(truth, CLEAN), whole(truth, CORRUPTED), patch);
  const run = referenceForward({
    config,
    weights: truth.weights,
    tokenIds: CLEAN,
    qkv: 'split',
    kv: 'broadcast',
    edit: (hook, tensor) => {
      const here = patch.receivers.filter((receiver) => receiverHook(receiver, config.nLayers) === hook);
      if (here.length === 0) return tensor;
      const given = read.get(hook) ?? new Float64Array();
      const heads = tensor.shape.length === 3 ? (tensor.shape[1] ?? 1) : 1;
      const values = tensor.values.map((value, i) => {
        const [pos, head] = [Math.floor(i / (heads * config.dModel)), Math.floor(i / config.dModel) % heads];
        const isHere = here.some((receiver) => !('head' in receiver) || receiver.head === head);
        return isHere ? (given[pos * config.dModel + (i % config.dModel)] ?? Number.NaN) : value;
      });
      return { shape: tensor.shape, values };
    },
  });
  return valuesOf(run, 'unembed.hook_out').subarray(POSITION * config.dVocab, (POSITION + 1) * config.dVocab);
}

const PATCHES: readonly PathPatch[] = [
  {
    sender: { kind: 'head', layer: 0, head: 1 },
    receivers: [{ kind: 'q', layer: 1, head: 2 }],
    heads: 'frozen',
    mlps: 'recomputed',
  },
  {
    sender: { kind: 'head', layer: 0, head: 2 },
    receivers: [
      { kind: 'k', layer: 2, head: 0 },
      { kind: 'v', layer: 1, head: 0 },
    ],
    heads: 'frozen',
    mlps: 'recomputed',
  },
  {
    sender: { kind: 'head', layer: 0, head: 0 },
    receivers: [{ kind: 'k', layer: 2, head: 0 }],
    heads: 'frozen',
    mlps: 'frozen',
  },
  { sender: { kind: 'mlp', layer: 0 }, receivers: [{ kind: 'mlp', layer: 2 }], heads: 'frozen', mlps: 'recomputed' },
  { sender: { kind: 'embed' }, receivers: [{ kind: 'q', layer: 0, head: 0 }], heads: 'frozen', mlps: 'frozen' },
  { sender: { kind: 'head', layer: 1, head: 1 }, receivers: [{ kind: 'final' }], heads: 'frozen', mlps: 'recomputed' },
  { sender: { kind: 'mlp', layer: 1 }, receivers: [{ kind: 'final' }], heads: 'frozen', mlps: 'frozen' },
  {
    sender: { kind: 'head', layer: 0, head: 1 },
    receivers: [
      { kind: 'q', layer: 2, head: 1 },
      { kind: 'k', layer: 2, head: 0 },
    ],
    heads: 'recomputed',
    mlps: 'recomputed',
  },
  { sender: { kind: 'mlp', layer: 0 }, receivers: [{ kind: 'mlp', layer: 2 }], heads: 'recomputed', mlps: 'frozen' },
  { sender: { kind: 'embed' }, receivers: [{ kind: 'v', layer: 2, head: 0 }], heads: 'recomputed', mlps: 'frozen' },
];

const SHAPES = [
  { name: 'Llama, 4 heads of 12 over 2', dHead: 12, nHeads: 4, nKeyValueHeads: 2 },
  { name: 'Phi, 3 heads of 11 over 1, parallel', dHead: 11, nHeads: 3, nKeyValueHeads: 1 },
] as const;

describe.each(SHAPES)('$name', (shape) => {
  let truth: Truth;
  let model: Model;
  let patcher: PathPatcher;
  beforeAll(async () => {
    const checkpoint = await randomCheckpoint({ ...shape, nLayers: 3, dVocab: 509, dMlp: 53 });
    truth = { checkpoint, weights: await readReferenceWeights(checkpoint) };
    model = await loadModel(gpu, checkpoint);
    const prompts = { model, spec: SPEC, tokenIds: CLEAN, corruptedTokenIds: CORRUPTED, position: POSITION };
    patcher = await PathPatcher.make(prompts);
  });
  afterAll(() => {
    patcher.destroy();
    model.destroy();
  });

  test.each(PATCHES)(
    '$sender → $receivers, heads $heads, MLPs $mlps: as three runs written out in f64',
    async (patch) => {
      const { dVocab } = truth.checkpoint.config;
      const clean = valuesOf(whole(truth, CLEAN), 'unembed.hook_out').subarray(POSITION * dVocab);
      const gap = (ours: Float32Array, theirs: Float64Array) =>
        ours.reduce((most, logit, id) => Math.max(most, Math.abs(logit - (theirs[id] ?? Number.NaN))), 0);
      const largest = clean.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
      // An edited run rounds as often as one that nothing edits; sharp attention may amplify it somewhat more.
      const allowed = 8 * gap(patcher.clean, clean) + 64 * ulpOf(largest);
      const expected = straightforward(truth, patch);
      expect(gap(await patcher.patched(patch), expected)).toBeLessThan(allowed);
      expect(gap(patcher.clean, expected)).toBeGreaterThan(2 * allowed); // the patch does something
    },
  );

  test('where there is no path, the reason names both ends', () => {
    const { config } = truth.checkpoint;
    const why = (patch: Partial<PathPatch>) => {
      const whole: PathPatch = {
        ...{ sender: { kind: 'head', layer: 1, head: 0 }, receivers: [], heads: 'frozen', mlps: 'frozen' },
        ...patch,
      };
      return whyNotPathPatch(whole, config, 'broadcast', CLEAN.length);
    };
    expect(why({})).toContain('needs a receiver');
    expect(why({ receivers: [{ kind: 'q', layer: 1, head: 0 }] })).toBe(
      'L1H0.q reads the stream before L1H0 writes into it: there is no path',
    );
    expect(why({ receivers: [{ kind: 'k', layer: 2, head: 3 }] })).toContain('no head 3');
    expect(why({ receivers: [{ kind: 'mlp', layer: 9 }] })).toContain('no layer 9');
    const own = why({ receivers: [{ kind: 'mlp', layer: 1 }] });
    expect(own === null).toBe(config.residual === 'serial');
  });
});

test('demo-gqa: the embedding alone tells the logits nothing, with nothing frozen it tells them all', async () => {
  const checkpoint = await openCheckpoint(nodeFolder('public/models/demo-gqa'));
  const model = await loadModel(gpu, checkpoint);
  const tokenIds = [0, 631, 523, 269, 521, 323, 262, 260, 655, 12, 521, 332, 259, 585, 262]; // … John gave a drink to
  const corruptedTokenIds = tokenIds.map((id, at) => (at === 10 ? 523 : id)); // … Mary gave a drink to
  const patcher = await PathPatcher.make({ model, spec: SPEC, tokenIds, corruptedTokenIds, position: 14 });
  const metric = { kind: 'logitDifference', tokens: [523, 521] } as const; // " Mary" over " John"
  const difference = (row: Float32Array) => metricOf(metric, row, row);
  const all = await patcher.patched({
    sender: { kind: 'embed' },
    receivers: [{ kind: 'final' }],
    heads: 'frozen',
    mlps: 'frozen',
  });
  const through = await patcher.patched({
    sender: { kind: 'embed' },
    receivers: [{ kind: 'final' }],
    heads: 'recomputed',
    mlps: 'recomputed',
  });
  expect(through).toEqual(patcher.corrupted); // nothing held: the corrupted run itself, to the bit
  expect(difference(patcher.clean)).toBeGreaterThan(2);
  expect(difference(patcher.corrupted)).toBeLessThan(-2);
  expect(difference(all)).toBeCloseTo(difference(patcher.clean), 5); // the last token is the same in both prompts
  patcher.destroy();
  model.destroy();
});
