// Runs a path sweep: the clean and the corrupted prompt once, then two runs a sender (runPathPatch.ts). Cells come one by one.
import { metricOf, whyNotMetric } from '../../analysis/metric.ts';
import type { Model } from '../../model/model.ts';
import type { ForwardSpec } from '../../model/runContext.ts';
import { whyNotPathPatch } from './pathPatch.ts';
import { type PathCell, type PathSweep, pathOf, sendersOf } from './pathSweep.ts';
import { PathPatcher } from './runPathPatch.ts';

export type PathSweepRequest = {
  readonly model: Model;
  readonly spec: ForwardSpec;
  readonly tokenIds: readonly number[];
  readonly corruptedTokenIds: readonly number[] | null;
  readonly sweep: PathSweep;
  readonly signal?: AbortSignal;
  readonly onOwn?: (clean: number, corrupted: number) => void; // the metric of both prompts' own runs, once known
  readonly onCell?: (cell: PathCell, done: number, total: number) => void | Promise<void>; // waited for before the next
};

export type PathSweepResult = {
  readonly clean: number; // the metric of the clean prompt's own run
  readonly corrupted: number;
  readonly cells: readonly PathCell[]; // in running order of the senders
};

/** Says why a path sweep cannot run on this model and these prompts, naming what is wrong; null where it can. */
export function whyNotPathSweep({
  model: { config },
  spec,
  tokenIds,
  corruptedTokenIds,
  sweep,
}: PathSweepRequest): string | null {
  const { senders, metric, position } = sweep;
  const nPos = tokenIds.length;
  if (corruptedTokenIds === null) return 'A path is patched from the corrupted prompt, and there is none';
  if (position >= nPos) return `The metric looks at position ${position}, and the prompt has ${nPos} tokens`;
  const why = whyNotMetric(metric, config.dVocab);
  if (why !== null) return why;
  const embed = { kind: 'embed' } as const; // which has a path to every receiver that is there
  for (const sender of senders === 'all' ? [embed] : senders) {
    const whyNot = whyNotPathPatch(pathOf(sweep, sender), config, spec.kv, nPos);
    if (whyNot !== null) return whyNot;
  }
  return null;
}

/** Runs a path sweep. Throws with the reason where it cannot run, and what `prepareRun` throws. */
export async function runPathSweep(request: PathSweepRequest): Promise<PathSweepResult> {
  const why = whyNotPathSweep(request);
  const { model, spec, tokenIds, corruptedTokenIds, sweep, signal, onOwn = () => {}, onCell = () => {} } = request;
  if (why !== null || corruptedTokenIds === null) throw new Error(why ?? 'internal: there is no corrupted prompt');
  const { metric, position } = sweep;
  const patcher = await PathPatcher.make({ model, spec, tokenIds, corruptedTokenIds, position });
  try {
    const judged = (logits: Float32Array) => metricOf(metric, logits, patcher.clean);
    const [clean, corrupted] = [judged(patcher.clean), judged(patcher.corrupted)];
    onOwn(clean, corrupted);
    const cells: PathCell[] = [];
    const senders = sendersOf(sweep, model.config, spec.kv, tokenIds.length);
    for (const sender of senders) {
      signal?.throwIfAborted();
      const cell = { sender, value: judged(await patcher.patched(pathOf(sweep, sender), signal)) };
      cells.push(cell);
      await onCell(cell, cells.length, senders.length);
    }
    return { clean, corrupted, cells };
  } finally {
    patcher.destroy();
  }
}
