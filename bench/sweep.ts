// A sweep of every head's q, k and v input against one whole forward pass per edit. Of the passes a sample is timed and counted for all:
// their time does not depend on the edit. The sweep's time is all that it takes, the clean run and planning included; a pass' is from
// submit to logits, its preparation left out. Neither compiles: the first sweep, which does, is timed for itself.
import {
  blockHook,
  type Metric,
  type Model,
  metricOf,
  prepareRun,
  runSweep,
  type SweepCell,
} from '../src/engine/index.ts';
import { median } from './report.ts';

export type SweepMeasured = {
  readonly model: string;
  readonly tokens: number;
  readonly edits: number;
  readonly firstSweepMs: number; // the kernels' compilation included
  readonly sweepMs: number; // median of those that follow
  readonly passMs: number; // median of one whole pass
  readonly timedPasses: number;
};

const SAMPLE = 8;
const REPEATS = 3;
const SPEC = { qkv: 'split', kv: 'broadcast', order: { kind: 'canonical' } } as const;
const SITES = ['hook_q_input', 'hook_k_input', 'hook_v_input'] as const;
const OPERATION = { kind: 'zero' } as const;

/** Measures both on one model and prompt. Throws where a sampled cell is not its own run's, bit for bit. */
export async function measureSweep(name: string, model: Model, tokenIds: readonly number[]): Promise<SweepMeasured> {
  const metric = { kind: 'logitDifference', tokens: [5, 44] } as const;
  const first = await oneSweep(model, tokenIds, metric);
  const { cells } = first;
  const repeated: number[] = [];
  for (let at = 0; at < REPEATS; at++) repeated.push((await oneSweep(model, tokenIds, metric)).elapsedMs);
  const sample = cells.filter((_, at) => at % Math.ceil(cells.length / SAMPLE) === 0);
  const times: number[] = [];
  for (const cell of sample) {
    const { elapsedMs, logits } = await onePass(model, tokenIds, cell);
    const value = metricOf(metric, logits, logits);
    if (value !== cell.value) {
      const at = `layer ${cell.layer} ${cell.site} head ${cell.head}`;
      throw new Error(
        `${name}: the sweep gives ${cell.value} at ${at}, expected ${value}, which the edit's own run gives`,
      );
    }
    times.push(elapsedMs);
  }
  return {
    model: name,
    tokens: tokenIds.length,
    edits: cells.length,
    firstSweepMs: first.elapsedMs,
    sweepMs: median(repeated),
    passMs: median(times),
    timedPasses: times.length,
  };
}

async function oneSweep(model: Model, tokenIds: readonly number[], metric: Metric) {
  const startMs = performance.now();
  const { cells } = await runSweep({
    model,
    spec: SPEC,
    tokenIds,
    corruptedTokenIds: null,
    sweep: { sites: SITES, operation: OPERATION, byPosition: false, metric, position: tokenIds.length - 1 },
  });
  return { elapsedMs: performance.now() - startMs, cells };
}

/** One edit as a run of its own, from the first layer on. */
async function onePass(model: Model, tokenIds: readonly number[], { site, layer, head }: SweepCell) {
  if (head === null) throw new Error(`internal: ${site} has no head`);
  const hook = blockHook(layer, site);
  const run = await prepareRun({
    model,
    spec: SPEC,
    batch: 1,
    nPos: tokenIds.length,
    capture: 'none',
    headInputs: 'shared',
    logits: 'last',
    interventions: [{ hook, heads: [head], positions: 'all', operation: OPERATION, enabled: true }],
  });
  try {
    const startMs = performance.now();
    await run.execute(tokenIds);
    const [logits] = await run.capture.read([run.logitsHook]);
    const elapsedMs = performance.now() - startMs;
    if (!logits) throw new Error('internal: the logits were not captured');
    return { elapsedMs, logits: logits.values };
  } finally {
    run.destroy();
  }
}
