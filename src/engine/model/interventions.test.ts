// Interventions on the GPU against the f64 twin, on random models of odd shapes, in every mode; and those that change nothing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EDITS, edit, NOTHING } from '../../../test/support/editCases.ts';
import { testDevice } from '../../../test/support/gpu.ts';
import { randomCheckpoint, randomPostNorm } from '../../../test/support/randomModel.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ModelWeights } from '../checkpoint/weights.ts';
import { type Gpu, gpuOf } from '../gpu/device.ts';
import { whyNotApplicable } from '../hooks/applicable.ts';
import { hookAxes } from '../hooks/hookAxes.ts';
import { blockHook, type HookName } from '../hooks/hookName.ts';
import type { Intervention } from '../hooks/intervention.ts';
import { runningOrder } from '../hooks/runningOrder.ts';
import { type ReferenceRun, referenceForward } from '../reference/forward.ts';
import { readReferenceWeights } from '../reference/loadWeights.ts';
import type { ReferenceMatrix, ReferenceTensor } from '../reference/referenceTensor.ts';
import { ulpOf } from '../tensor/ulp.ts';
import type { RunSources } from './hookEdits.ts';
import { loadModel } from './loadModel.ts';
import type { Model } from './model.ts';
import { prepareRun } from './prepareRun.ts';

const CANONICAL = { kind: 'canonical' } as const;
const CLEAN = [3, 200, 77, 5, 161, 42, 8, 8, 99, 310, 12];
const CORRUPTED = [3, 17, 77, 250, 161, 4, 81, 8, 9, 310, 120];

const SHAPES = [
  { name: 'Llama, d_head 12, 4 over 2', dHead: 12, nHeads: 4, nKeyValueHeads: 2 },
  { name: 'Phi, d_head 11, 3 over 1', dHead: 11, nHeads: 3, nKeyValueHeads: 1 },
  { name: 'Llama, d_head 10, no grouping', dHead: 10, nHeads: 3, nKeyValueHeads: 3 },
  { name: 'OPT-350m, norms in the stream', dHead: 11, nHeads: 4, nKeyValueHeads: 4 },
] as const;

const MODES = [
  { qkv: 'fused', kv: 'broadcast' },
  { qkv: 'split', kv: 'broadcast' },
  { qkv: 'fused', kv: 'repeat' },
  { qkv: 'split', kv: 'repeat' },
] as const;
type Mode = (typeof MODES)[number];

let gpu: Gpu;
beforeAll(async () => {
  gpu = gpuOf(await testDevice());
});

const BASE = { batch: 1, nPos: CLEAN.length, headInputs: 'shared' } as const;

/** A random model in one mode: on the GPU, and as the twin runs it. */
type Bench = {
  readonly model: Model;
  readonly plain: Omit<ReferenceRun, 'tokenIds'>;
  readonly mode: Mode;
};

/** A run that nothing edits, with every hook that it has, those on request as well. */
async function whole({ model, plain, mode }: Bench, tokenIds: readonly number[]) {
  const attnIn = blockHook(1, 'hook_attn_in');
  const hasIt = typeof hookAxes(attnIn, plain.config, mode, tokenIds.length) !== 'string';
  const capture = [...referenceForward({ ...plain, tokenIds }).keys(), ...(hasIt ? [attnIn] : [])];
  const run = await prepareRun({ ...BASE, model, spec: { ...mode, order: CANONICAL }, capture });
  await run.execute(tokenIds);
  const tensors = run.capture.hooks.flatMap((hook) => {
    const tensor = run.capture.tensor(hook);
    return tensor ? [[hook, tensor] as const] : [];
  });
  return { run, hooks: new Map(tensors) };
}

type EditedRuns = {
  readonly edits: readonly (readonly Intervention[])[]; // of each run
  readonly sources: RunSources;
  readonly capture: readonly HookName[];
};

type Values = ReadonlyMap<HookName, Float32Array>;

/** Runs the clean prompt under each list of interventions, as one batch, and reads hooks back. */
async function edited({ model, mode }: Bench, { edits, sources, capture }: EditedRuns): Promise<Values[]> {
  const spec = { ...mode, order: CANONICAL };
  const interventions = edits.flatMap((own, element) => own.map((one) => ({ ...one, elements: [element] })));
  const run = await prepareRun({ ...BASE, model, spec, batch: edits.length, capture, interventions, sources });
  await run.execute(edits.flatMap(() => CLEAN));
  const { hooks } = run.capture;
  const read = await run.capture.read(hooks);
  run.destroy();
  return edits.map((_, element) => {
    const ofElement = ({ values }: { readonly values: Float32Array }) =>
      values.slice((element * values.length) / edits.length, ((element + 1) * values.length) / edits.length);
    return new Map(read.flatMap((one, at) => (hooks[at] ? [[hooks[at], ofElement(one)] as const] : [])));
  });
}

/** The one of a list that must have one. */
function only<T>([first, ...others]: readonly T[]): T {
  if (first === undefined || others.length > 0) throw new Error('expected one');
  return first;
}

describe.each(SHAPES)('$name', (shape) => {
  let checkpoint: Checkpoint;
  let model: Model;
  let weights: ModelWeights<ReferenceMatrix>;
  beforeAll(async () => {
    checkpoint = await (shape.name.startsWith('OPT')
      ? randomPostNorm()
      : randomCheckpoint({ ...shape, nLayers: 2, dVocab: 320, dMlp: 53 }));
    model = await loadModel(gpu, checkpoint);
    weights = await readReferenceWeights(checkpoint);
  });
  afterAll(() => model.destroy());
  const isPostNorm = shape.name.startsWith('OPT');
  const modes = isPostNorm ? MODES.slice(0, 2) : MODES; // without grouping, repeated k and v are the others over again
  const bench = (mode: Mode): Bench => ({ model, mode, plain: { config: checkpoint.config, weights, ...mode } });

  test.each(modes)('$qkv, $kv: every hook under every edit is as the twin says', async (mode) => {
    const { report, carriedOut } = await departures(bench(mode));
    expect(report).toEqual([]);
    expect(carriedOut).toBeGreaterThan(20);
  });

  test.each(modes)('$qkv, $kv: writing back what was read changes no bit, at any hook', async (mode) => {
    const clean = await whole(bench(mode), CLEAN);
    const hooks = [...clean.hooks.keys()];
    const sources = { clean: clean.hooks };
    const before = only(await edited(bench(mode), { edits: [[]], sources, capture: hooks }));
    const nothing = hooks.map((hook) => NOTHING.map((operation) => edit(hook, operation)));
    const everywhere = hooks.map((hook) => edit(hook, { kind: 'freeze', prompt: 'clean' }));
    const after = await edited(bench(mode), { edits: [...nothing, everywhere], sources, capture: hooks });
    const report = after.flatMap((run, at) => {
      const changed = [...run].filter(([hook, values]) => differs(values, before.get(hook)));
      return changed.map(([hook]) => `${hooks[at] ?? 'every hook'} changes ${hook}`);
    });
    expect(report).toEqual([]);
    expect(after[0]?.size).toBe(hooks.length);
    expect(hooks.length).toBeGreaterThan(30);
    clean.run.destroy();
  });
});

/** Carries out each edit that the mode allows, on the GPU and by the twin, and reports where they part. */
async function departures(bench: Bench): Promise<{ report: string[]; carriedOut: number }> {
  const { mode, plain } = bench;
  const [clean, corrupted] = [await whole(bench, CLEAN), await whole(bench, CORRUPTED)];
  const truths = {
    clean: referenceForward({ ...plain, tokenIds: CLEAN }),
    corrupted: referenceForward({ ...plain, tokenIds: CORRUPTED }),
  };
  const sources = { clean: clean.hooks, corrupted: corrupted.hooks };
  const unedited = only(await edited(bench, { edits: [[]], sources, capture: [...clean.hooks.keys()] }));
  const to = { model: plain.config, mode, nPos: CLEAN.length, nCorrupted: CLEAN.length };
  const asked = EDITS.filter(([, edits]) => edits.every((one) => whyNotApplicable(one, to) === null)).map(
    ([name, edits]) => {
      const truth = referenceForward({ ...plain, tokenIds: CLEAN, interventions: edits, sources: truths });
      return { name, edits, truth, kept: [...truth.keys()].join() };
    },
  );
  const report: string[] = [];
  // Those that keep the same hooks are one batch: a hook on request, such as hook_attn_in, gives others another shape.
  for (const keeping of new Set(asked.map(({ kept }) => kept))) {
    const alike = asked.filter(({ kept }) => kept === keeping);
    const capture = [...(alike[0]?.truth.keys() ?? [])];
    const runs = await edited(bench, { edits: alike.map(({ edits }) => edits), sources, capture });
    for (const [at, { name, truth }] of alike.entries()) {
      const ours = runs[at];
      for (const [hook, exact] of truth) {
        const off = gap(ours?.get(hook) ?? [], exact.values);
        const bound = allowed(hook, exact, unedited, truths.clean);
        if (!(off <= bound)) report.push(`${name}: ${hook} is off by ${off}, allowed ${bound}`);
      }
      if (!differs(ours?.get('unembed.hook_out') ?? new Float32Array(), unedited.get('unembed.hook_out'))) {
        report.push(`${name} moves no logit`);
      }
    }
  }
  clean.run.destroy();
  corrupted.run.destroy();
  return { report, carriedOut: asked.length };
}

test('asking for hook_attn_in, which grouped queries do not have, changes no bit under edits', async () => {
  const checkpoint = await randomCheckpoint({ ...SHAPES[0], nLayers: 1, dVocab: 320, dMlp: 53 });
  const model = await loadModel(gpu, checkpoint);
  const logits = async (asked: readonly HookName[]) => {
    const run = await prepareRun({
      ...{ ...BASE, model, spec: { qkv: 'fused', kv: 'broadcast', order: CANONICAL } },
      capture: [...asked, 'unembed.hook_out'],
      interventions: [edit('blocks.0.ln1.hook_scale', { kind: 'scale', factor: 1.25 })],
    });
    await run.execute(CLEAN);
    expect(run.capture.hooks).toEqual(['unembed.hook_out']);
    const [read] = await run.capture.read(['unembed.hook_out']);
    run.destroy();
    return read?.values ?? new Float32Array();
  };
  expect(differs(await logits(['blocks.0.hook_attn_in']), await logits([]))).toBe(false);
  model.destroy();
});

test('edits that differ by batch element are those of single runs, bit for bit', async () => {
  const checkpoint = await randomCheckpoint({ ...SHAPES[0], nLayers: 2, dVocab: 320, dMlp: 53 });
  const model = await loadModel(gpu, checkpoint);
  const spec = { qkv: 'split', kv: 'broadcast', order: CANONICAL } as const;
  const capture: HookName[] = ['unembed.hook_out', 'blocks.1.attn.hook_pattern', 'blocks.1.hook_q_input'];
  const source = await prepareRun({ ...BASE, model, spec, capture: ['blocks.1.hook_resid_pre'] });
  await source.execute(CORRUPTED);
  const stream = source.capture.tensor('blocks.1.hook_resid_pre');
  if (!stream) throw new Error('the stream was not captured');
  const sources = { corrupted: new Map([['blocks.1.hook_resid_pre', stream] as const]) };
  const patch = { kind: 'patch', prompt: 'corrupted', source: 'blocks.1.hook_resid_pre' } as const;
  const perElement: Intervention[][] = [
    [edit('blocks.1.hook_q_input', patch, { heads: [0] })],
    [edit('blocks.1.hook_q_input', patch, { heads: [3], positions: [2, 10] })],
    [],
    [edit('blocks.1.hook_q_input', { kind: 'mean' }), edit('blocks.1.hook_q_input', patch, { heads: [2] })],
    [edit('blocks.0.attn.hook_pattern', { kind: 'noise', deviation: 0.1, seed: 4 }, { heads: [1] })],
  ];
  const batch = perElement.length;
  const interventions = perElement.flatMap((edits, element) => edits.map((own) => ({ ...own, elements: [element] })));
  const run = await prepareRun({ ...BASE, model, spec, batch, capture, interventions, sources });
  await run.execute(perElement.flatMap(() => CLEAN));
  const together = await run.capture.read(run.capture.hooks);
  for (const [element, edits] of perElement.entries()) {
    const alone = await prepareRun({ ...BASE, model, spec, capture, interventions: edits, sources });
    await alone.execute(CLEAN);
    const single = await alone.capture.read(run.capture.hooks);
    single.forEach(({ values }, at) => {
      const all = together[at]?.values ?? new Float32Array();
      const own = all.slice(element * values.length, (element + 1) * values.length);
      expect(differs(own, values), `${run.capture.hooks[at]} of element ${element}`).toBe(false);
    });
    alone.destroy();
  }
  for (const owner of [run, source, model]) owner.destroy();
});

/**
 * What a hook may err by under an edit: as an edit changes which numbers flow and not how they are rounded, eight times what the
 * unedited run errs by at its worst hook of that block or before, relative to the hook's largest element, and never less than 64 ULP
 * of that (some 2·√n roundings of a product of n = 50).
 */
function allowed(
  hook: HookName,
  exact: ReferenceTensor,
  unedited: ReadonlyMap<HookName, Float32Array>,
  truth: ReadonlyMap<HookName, ReferenceTensor>,
): number {
  let worst = 0;
  for (const [earlier, values] of unedited) {
    const reference = truth.get(earlier);
    if (!reference || runningOrder(earlier) > runningOrder(hook)) continue;
    worst = Math.max(worst, gap(values, reference.values) / largest(reference.values));
  }
  return largest(exact.values) * 8 * worst + 64 * ulpOf(largest(exact.values));
}

function gap(ours: ArrayLike<number>, exact: Float64Array): number {
  if (ours.length !== exact.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  exact.forEach((value, i) => {
    const mine = ours[i] ?? Number.NaN;
    if (mine !== value)
      most = Math.max(most, Number.isFinite(mine - value) ? Math.abs(mine - value) : Number.POSITIVE_INFINITY);
  });
  return most;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
}

function differs(a: Float32Array, b: Float32Array | undefined): boolean {
  if (b?.length !== a.length) return true;
  const [x, y] = [new Uint32Array(a.buffer), new Uint32Array(b.buffer)];
  return x.some((word, i) => word !== y[i]);
}
