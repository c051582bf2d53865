// The pipelines of a sweep, compiled before it is wanted. On a software adapter they cost more than the sweep itself; they hang on shapes
// alone, so that a sweep recorded on paper names them: nothing is allocated and nothing runs.
import { Compiling } from '../../model/compiling.ts';
import { recordRun } from '../../model/recordRun.ts';
import { partsOfLayer } from './sweepParts.ts';
import { type SweepRequest, whyNotSweep } from './sweepRequest.ts';
import { ownRequests } from './sweepRuns.ts';

/** Resolves when all is compiled, at once where the sweep cannot run. Throws with the WGSL compiler's message. */
export async function compileSweep(request: SweepRequest): Promise<void> {
  if (whyNotSweep(request) !== null) return;
  const { clean, corrupted } = ownRequests(request);
  const runs = [clean, ...(corrupted ? [corrupted] : [])].map((own) => recordRun(own).recorder);
  const [ofClean, ofCorrupted] = runs.map(({ captured }) => ({ tensors: captured }));
  if (!ofClean) return;
  const { nLayers } = request.model.config;
  // The last two layers: an edit of the last block, and one that goes through a whole block and the last. The others repeat these.
  const layers = [...new Set([nLayers - 1, Math.max(0, nLayers - 2)])];
  const on = { clean: ofClean, corrupted: ofCorrupted ?? null };
  const parts = layers.flatMap((layer) => [...partsOfLayer(request, on, layer)]);
  await new Compiling(request.model.gpu, [...runs, ...parts.map(({ recorded }) => recorded)]).end();
}
