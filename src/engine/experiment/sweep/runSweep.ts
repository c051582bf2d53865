// Runs a sweep: the clean prompt once, what its operation reads once, then each layer's edits as batches that begin behind what they
// touch (model/recordSweep.ts) and end in the logits of one position. Cells fill in layer by layer, the last layer, the cheapest, first.
import { countedSince } from '../../gpu/counters.ts';
import { elementsOfLayer, type SweepCell } from './sweep.ts';
import { Batch, parts } from './sweepParts.ts';
import { type SweepRequest, whyNotSweep } from './sweepRequest.ts';
import { OwnRuns } from './sweepRuns.ts';

export type SweepResult = {
  readonly clean: number; // the metric of the run that nothing edits
  readonly corrupted: number | null; // of the corrupted prompt's own run
  readonly cells: readonly SweepCell[]; // layer by layer, in the order of the sweep's sites
  readonly dispatches: number; // all, the clean and the corrupted run among them, and what went between where `onCells` waited
  readonly multiplyAdds: number;
};

/** Runs a sweep. Throws with the reason where it cannot run, and what `prepareRun` throws. */
export async function runSweep(request: SweepRequest): Promise<SweepResult> {
  const why = whyNotSweep(request);
  if (why !== null) throw new Error(why);
  const before = { ...request.model.gpu.counters };
  const runs = await OwnRuns.make(request);
  try {
    request.onClean?.(runs.clean.value, runs.corrupted?.value ?? null);
    const { cells, multiplyAdds } = await allLayers(request, runs);
    return {
      clean: runs.clean.value,
      corrupted: runs.corrupted?.value ?? null,
      cells,
      dispatches: countedSince(before, request.model.gpu.counters).dispatches,
      multiplyAdds: multiplyAdds + runs.multiplyAdds,
    };
  } finally {
    runs.destroy();
  }
}

/** Runs all batches; while the GPU works at one, the next is recorded, compiled and allocated. */
async function allLayers(
  request: SweepRequest,
  runs: OwnRuns,
): Promise<{ readonly cells: SweepCell[]; readonly multiplyAdds: number }> {
  const { model, spec, tokenIds, sweep, signal, onCells = () => {} } = request;
  const { nLayers } = model.config;
  const total = nLayers * elementsOfLayer(sweep, model.config, spec.kv, tokenIds.length).flat().length;
  const byLayer: SweepCell[][] = Array.from({ length: nLayers }, () => []);
  let [done, multiplyAdds] = [0, 0];
  let atWork: Batch | null = null;
  const finish = async (batch: Batch) => {
    const cells = await batch.cells();
    multiplyAdds += batch.multiplyAdds;
    done += cells.length;
    byLayer[batch.layer]?.push(...cells);
    await onCells(cells, done, total);
  };
  try {
    for (const part of parts(request, runs)) {
      const next = await Batch.submit(request, runs, part);
      const previous = atWork;
      atWork = next;
      if (previous) await finish(previous);
      signal?.throwIfAborted();
    }
    if (atWork) await finish(atWork);
  } finally {
    atWork?.destroy();
  }
  return { cells: byLayer.flat(), multiplyAdds };
}
