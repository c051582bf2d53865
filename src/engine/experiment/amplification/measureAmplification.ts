// Measures amplification by one more run of A: at the entrance of each block it goes on with the other stream in place of its own, so
// that every block of A is run on a stream that differs from the one it had. All norms are taken on the GPU.
import { type Pair, PreparedComparison } from '../../analysis/preparedComparison.ts';
import type { Capture } from '../../capture/capture.ts';
import { blockHook, type HookName, parseHookName } from '../../hooks/hookName.ts';
import type { Model } from '../../model/model.ts';
import { prepareRun } from '../../model/prepareRun.ts';
import { forwardSpecOf } from '../forwardSpec.ts';
import type { SideEdits } from '../preparedSide.ts';
import type { RunSpec } from '../runSpec.ts';
import type { Amplification, BlockAmplification, DifferenceOf } from './amplification.ts';
import { injectedStreams } from './injected.ts';

export type AmplificationRequest = {
  readonly model: Model;
  readonly tokenIds: readonly number[]; // [pos]
  readonly of: DifferenceOf;
  readonly a: { readonly spec: RunSpec; readonly capture: Capture; readonly edits: SideEdits }; // whose blocks are measured
  readonly b: Capture | null; // whose streams enter them, of any engine; not looked at where a difference is injected
  readonly signal?: AbortSignal;
};

/** Says why the amplification of a run cannot be measured; null where it can. */
export function whyNoAmplification({ engine }: Pick<RunSpec, 'engine'>): string | null {
  return engine === 'webgpu'
    ? null
    : `engine=${engine} runs whole models: its blocks cannot be given another stream one by one; use engine=webgpu for run A`;
}

/** Measures every block. Throws with the reason where B is missing, where A's engine cannot, and what `prepareRun` throws. */
export async function measureAmplification(request: AmplificationRequest): Promise<Amplification> {
  const { model, of, a, b } = request;
  const why = whyNoAmplification(a.spec);
  if (why !== null) throw new Error(why);
  if (of.kind === 'runs') {
    if (!b) throw new Error('Only one run was made: no difference enters a block. Choose Compare, or inject one.');
    return { of, blocks: await blocksGiven(request, b) };
  }
  const injected = await injectedStreams(a.capture, model.config.nLayers, of.exponent);
  try {
    return { of, blocks: await blocksGiven(request, injected.capture) };
  } finally {
    injected.destroy();
  }
}

async function blocksGiven(
  { model, tokenIds, a, signal }: AmplificationRequest,
  other: Capture,
): Promise<BlockAmplification[]> {
  const layers = Array.from({ length: model.config.nLayers }, (_, layer) => layer);
  const run = await prepareRun({
    model,
    spec: forwardSpecOf(a.spec),
    batch: 1,
    nPos: tokenIds.length,
    headInputs: 'shared',
    capture: layers.flatMap(streamsOf),
    logits: 'last',
    ...a.edits,
    feed: { tensor: (hook) => (isEntrance(hook) ? other.tensor(hook) : undefined) },
  });
  try {
    await run.execute(tokenIds, undefined, signal);
    const pairs = layers.flatMap((layer) => pairsOf(layer, a.capture, other, run.capture));
    return await compared(pairs, layers, a.capture);
  } finally {
    run.destroy();
  }
}

const STREAMS = ['hook_resid_pre', 'hook_resid_mid', 'hook_resid_post'] as const;

function streamsOf(layer: number): HookName[] {
  return STREAMS.map((hook) => blockHook(layer, hook));
}

function isEntrance(hook: HookName): boolean {
  return parseHookName(hook)?.hook === 'hook_resid_pre';
}

type Part = 'entering' | 'afterAttention' | 'carried' | 'added' | 'leaving';

/** What is set against what at a block; pairs that the architecture or the other run has not are left out. */
function pairsOf(layer: number, a: Capture, other: Capture, given: Capture): Pair[] {
  const [pre, mid, post] = STREAMS.map((hook) => blockHook(layer, hook));
  const wanted: readonly [Part, Capture, Capture, HookName | undefined][] = [
    ['entering', a, other, pre],
    ['afterAttention', a, given, mid],
    ['carried', a, given, post],
    ['added', given, other, post],
    ['leaving', a, other, post],
  ];
  return wanted.flatMap(([part, left, right, hook]) => {
    const [from, to] = hook ? [left.tensor(hook), right.tensor(hook)] : [];
    return from && to ? [{ label: labelOf(layer, part), a: from, b: to }] : [];
  });
}

function labelOf(layer: number, part: Part): string {
  return `${layer} ${part}`;
}

async function compared(pairs: readonly Pair[], layers: readonly number[], a: Capture): Promise<BlockAmplification[]> {
  const comparison = await PreparedComparison.make(a.gpu, pairs);
  try {
    const summaries = await comparison.run({ atol: 0, rtol: 0 });
    const sizes = new Map(comparison.labels.map((label, at) => [label, summaries[at]?.rms]));
    return layers.map((layer) => {
      const sizeOf = (part: Part) => sizes.get(labelOf(layer, part));
      const [entering, carried] = [sizeOf('entering'), sizeOf('carried')];
      if (entering === undefined || carried === undefined) {
        throw new Error(`Block ${layer}'s stream is not in both runs: its amplification cannot be measured.`);
      }
      const leaving = sizeOf('leaving') ?? carried; // an injected difference has no run behind it
      const afterAttention = sizeOf('afterAttention') ?? null;
      return { layer, entering, afterAttention, carried, added: sizeOf('added') ?? 0, leaving };
    });
  } finally {
    comparison.destroy();
  }
}
