// Loads a checkpoint, runs it fused and split, and compares every captured hook bit for bit: the work of `geometry`, timed by stage.
import {
  blockHook,
  type Checkpoint,
  compareCaptures,
  type Gpu,
  type HookName,
  type LadderRow,
  type LogitPositions,
  loadModel,
  type MemoryPlan,
  type Model,
  type PreparedRun,
  prepareRun,
} from '../../engine/index.ts';
import { type MemoryPeaks, watchMemory } from './memoryWatch.ts';

export type GeometryOutcome = {
  readonly streamed: boolean;
  readonly hooks: number; // compared
  readonly elements: number;
  readonly departures: readonly string[]; // hooks whose bits differ, or that are not finite
  readonly largestLogit: number; // so that equal bits are not those of nothing
  readonly plan: MemoryPlan; // of the split run
  readonly peaks: MemoryPeaks;
  readonly ms: Readonly<Record<'load' | 'fused' | 'split' | 'compare', number>>;
};

/** A row of a large vocabulary is half a megabyte: beyond this, the last position's logits are asked for alone. */
const MOST_LOGIT_BYTES = 32 << 20;

/** Does it all; `say` is told each stage. */
export async function checkGeometry(
  gpu: Gpu,
  checkpoint: Checkpoint,
  tokenIds: readonly number[],
  say: (stage: string) => void,
): Promise<GeometryOutcome> {
  const endWatch = watchMemory(gpu);
  const { result: model, ms: load } = await timed(
    () => loadModel(gpu, checkpoint),
    () => say('loaded'),
  );
  try {
    const logits = 4 * tokenIds.length * checkpoint.config.dVocab > MOST_LOGIT_BYTES ? 'last' : 'all';
    const fused = await timed(
      () => runMode(model, 'fused', tokenIds, logits),
      () => say('ran fused'),
    );
    const split = await timed(
      () => runMode(model, 'split', tokenIds, logits),
      () => say('ran split'),
    );
    const exact = { atol: 0, rtol: 0 };
    const compared = await timed(
      () => compareCaptures(fused.result.capture, split.result.capture, exact),
      () => say('compared'),
    );
    const rows = compared.result;
    const [last] = await split.result.capture.read(['unembed.hook_out']);
    const outcome = {
      streamed: model.stream !== null,
      hooks: rows.length,
      elements: rows.reduce((sum, { summary }) => sum + summary.n, 0),
      departures: rows.flatMap(departure),
      largestLogit: last?.values.reduce((most, x) => Math.max(most, Math.abs(x)), 0) ?? 0,
      plan: split.result.memory,
      ms: { load, fused: fused.ms, split: split.ms, compare: compared.ms },
    };
    fused.result.destroy();
    split.result.destroy();
    return { ...outcome, peaks: endWatch() };
  } finally {
    model.destroy();
    endWatch();
  }
}

function departure({ hook, summary }: LadderRow): string[] {
  if (summary.verdict !== 'bit-identical') return [`${hook}: ${summary.n - summary.bitEqual} of ${summary.n} differ`];
  return summary.nonFiniteA > 0 ? [`${hook}: ${summary.nonFiniteA} of ${summary.n} are not finite`] : [];
}

async function runMode(
  model: Model,
  qkv: 'fused' | 'split',
  tokenIds: readonly number[],
  logits: LogitPositions,
): Promise<PreparedRun> {
  const run = await prepareRun({
    model,
    spec: { qkv, kv: 'broadcast', order: { kind: 'canonical' } },
    batch: 1,
    nPos: tokenIds.length,
    capture: wantedHooks(model.config.nLayers),
    headInputs: 'shared',
    logits,
  });
  await run.execute(tokenIds);
  return run;
}

/** What the modes compute differently, what they pass on, and what comes of it. */
function wantedHooks(nLayers: number): HookName[] {
  const parts = [
    'attn.hook_q',
    'attn.hook_k',
    'attn.hook_v',
    'attn.hook_pattern',
    'attn.hook_z',
    'hook_resid_post',
  ] as const;
  return Array.from({ length: nLayers }, (_, layer) => parts.map((part) => blockHook(layer, part))).flat();
}

async function timed<T>(
  work: () => Promise<T>,
  done: () => void,
): Promise<{ readonly result: T; readonly ms: number }> {
  const startMs = performance.now();
  const result = await work();
  const ms = performance.now() - startMs;
  done();
  return { result, ms };
}
