// Sweep: one operation at many places in turn, each judged by one number of the prediction. Plain data, for links, files and the
// command line; `runSweep.ts` runs it.
import type { Metric } from '../../analysis/metric.ts';
import type { HookModel } from '../../hooks/hookAxes.ts';
import { blockHook } from '../../hooks/hookName.ts';
import type { Intervention, Operation } from '../../hooks/intervention.ts';
import { isHeadSite, type SweepElement, type SweepSite } from '../../model/sweepSite.ts';

export type Sweep = {
  readonly sites: readonly SweepSite[];
  readonly operation: Operation;
  readonly byPosition: boolean; // of sites in the stream: each position in turn, or all at once
  readonly metric: Metric;
  readonly position: number; // where the metric looks
};

/** One cell of a sweep's map. */
export type SweepCell = {
  readonly site: SweepSite;
  readonly layer: number;
  readonly head: number | null; // kv heads of k and v inputs, unless repeated
  readonly position: number | null;
  readonly value: number; // the metric under the edit
};

/** The edits of one layer in the order of the map, those that one batch may hold together. */
export function elementsOfLayer(
  { sites, byPosition }: Sweep,
  { nHeads, nKeyValueHeads }: Pick<HookModel, 'nHeads' | 'nKeyValueHeads'>,
  kv: 'broadcast' | 'repeat',
  nPos: number,
): SweepElement[][] {
  const ofHeads = sites.filter(isHeadSite).flatMap((site) => {
    const isKv = kv === 'broadcast' && (site === 'hook_k_input' || site === 'hook_v_input');
    return Array.from({ length: isKv ? nKeyValueHeads : nHeads }, (_, head) => ({ site, head }));
  });
  const ofStream = sites
    .filter((site) => !isHeadSite(site))
    .map((site) =>
      byPosition ? Array.from({ length: nPos }, (_, position) => ({ site, position })) : [{ site, position: null }],
    );
  return [ofHeads, ...ofStream].filter((elements) => elements.length > 0);
}

/**
 * A cell's edit as an intervention of a run. What a sweep freezes to another prompt's run is written as a patch from the same hook:
 * the same bits, in the words that the list of interventions edits.
 */
export function interventionOf({ site, layer, head, position }: SweepCell, operation: Operation): Intervention {
  const hook = blockHook(layer, site);
  return {
    hook,
    heads: head === null ? 'all' : [head],
    positions: position === null ? 'all' : [position],
    operation: operation.kind === 'freeze' ? { kind: 'patch', prompt: operation.prompt, source: hook } : operation,
    enabled: true,
  };
}
