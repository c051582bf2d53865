// A sweep as text: one table a site, layers down, and the edits that move the metric most.
import type { Sweep, SweepCell, SweepResult, SweepSite } from '../engine/index.ts';
import { mapText, ownText, strongestText } from './mapText.ts';

/** How the command line calls the places. */
export const SITE_NAMES: readonly (readonly [name: string, site: SweepSite])[] = [
  ['q', 'hook_q_input'],
  ['k', 'hook_k_input'],
  ['v', 'hook_v_input'],
  ['pattern', 'attn.hook_pattern'],
  ['z', 'attn.hook_z'],
  ['resid', 'hook_resid_pre'],
  ['mlp', 'hook_mlp_out'],
];

/** Writes the maps: each cell is the metric under its edit. */
export function sweepText(
  sweep: Sweep,
  { clean, corrupted, cells }: SweepResult,
  { nLayers, hasKvHeads }: { readonly nLayers: number; readonly hasKvHeads: boolean }, // fewer kv heads than heads, and not repeated
): string {
  const maps = sweep.sites.map((site) => {
    const ofSite = cells.filter((cell) => cell.site === site);
    const placed = ofSite.map(({ layer, head, position, value }) => ({ layer, column: head ?? position ?? 0, value }));
    return mapText(site, placed, nLayers);
  });
  const name = (cell: SweepCell) => `${placeName(cell, hasKvHeads).padEnd(12)}${cell.site.padEnd(20)}`;
  const own = ownText(sweep.metric, sweep.position, clean, corrupted);
  return [own, ...maps, strongestText(cells, clean, name)].join('\n\n');
}

/** L1H7, L1KV0 where the head is a kv head, L2 at 14, L3. */
function placeName({ site, layer, head, position }: SweepCell, hasKvHeads: boolean): string {
  const isKv = hasKvHeads && (site === 'hook_k_input' || site === 'hook_v_input');
  if (head !== null) return `L${layer}${isKv ? 'KV' : 'H'}${head}`;
  return position === null ? `L${layer}` : `L${layer} at ${position}`;
}
