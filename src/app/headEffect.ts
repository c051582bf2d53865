// What a sweep says of each head: how far its strongest edit moved the metric, of those that edited this head alone or its kv group. Pure.
import { isHeadSite, queryHeadsOf } from '../engine/index.ts';
import type { SweepRun } from '../session/state.ts';
import type { HeadEffect } from '../views/data.ts';
import { METRICS } from '../views/sweep/metrics.ts';
import { SITES } from '../views/sweep/sites.ts';

type Heads = { readonly nLayers: number; readonly nHeads: number; readonly nKeyValueHeads: number };

/** The effect of a sweep of now; null where there is none, it is under way, or it edited no heads. */
export function headEffectOf(sweep: SweepRun | null, heads: Heads): HeadEffect | null {
  if (!sweep || sweep.status === 'running' || sweep.clean === null) return null;
  const { clean, asked, on, cells } = sweep;
  const values = new Float32Array(heads.nLayers * heads.nHeads).fill(Number.NaN);
  const sites = SITES.filter(({ id }) => cells.some(({ site, head }) => site === id && head !== null));
  if (sites.length === 0) return null;
  for (const { site, layer, head, value } of cells) {
    if (head === null || !isHeadSite(site)) continue;
    for (const query of queryHeadsOf(heads, on.spec.kv, site, head)) {
      const at = layer * heads.nHeads + query;
      const strongest = values[at] ?? Number.NaN;
      if (!(Math.abs(value - clean) <= Math.abs(strongest))) values[at] = value - clean;
    }
  }
  const metric = METRICS.find(({ id }) => id === asked.metric.kind)?.label ?? asked.metric.kind;
  return { values, metric, sites: sites.map(({ label }) => label) };
}
