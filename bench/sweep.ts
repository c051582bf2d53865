// A sweep of every head's q, k and v input against one whole forward pass per edit. Of the passes a sample is timed and counted for all:
// their time does not depend on the edit. The sweep's time is all that it takes, the clean run, planning and compiling included; a
// pass' is from submit to logits, its preparation left out.
import { blockHook, type Model, metricOf, prepareRun, runSweep, type SweepCell } from '../src/engine/index.ts';
import { median } from './report.ts';

export type SweepMeasured = {
  readonly model: string;
  readonly tokens: number;
  readonly edits: number;
  readonly sweepMs: number;
  readonly passMs: number; // median of one whole pass
  readonly timedPasses: number;
};

const SAMPLE = 8;
const SPEC = { qkv: 'split', kv: 'broadcast', order: { kind: 'canonical' } } as const;
const OPERATION = { kind: 'zero' } as const;

/** Measures both on one model and prompt. Throws where a sampled cell is not its own run's, bit for bit. */
export async function measureSweep(name: string, model: Model, tokenIds: readonly number[]): Promise<SweepMeasured> {
  const position = tokenIds.length - 1;
  const metric = { kind: 'logitDifference', tokens: [5, 44] } as const;
  const startMs = performance.now();
  const { cells } = await runSweep({
    model,
    spec: SPEC,
    tokenIds,
    corruptedTokenIds: null,
    sweep: {
      sites: ['hook_q_input', 'hook_k_input', 'hook_v_input'],
      operation: OPERATION,
      byPosition: false,
      metric,
      position,
    },
  });
  const sweepMs = performance.now() - startMs;
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
    sweepMs,
    passMs: median(times),
    timedPasses: times.length,
  };
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
