// A sweep as text: one table a site, layers down, and the edits that move the metric most.
import { formatFigure, type Sweep, type SweepCell, type SweepResult, type SweepSite } from '../engine/index.ts';

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

const WIDTH = 9;
const STRONGEST = 5;

/** Writes the maps: each cell is the metric under its edit. */
export function sweepText(
  sweep: Sweep,
  { clean, corrupted, cells }: SweepResult,
  { nLayers, hasKvHeads }: { readonly nLayers: number; readonly hasKvHeads: boolean }, // fewer kv heads than heads, and not repeated
): string {
  const own = `unedited ${formatFigure(clean)}${corrupted === null ? '' : `, corrupted prompt ${formatFigure(corrupted)}`}`;
  const maps = sweep.sites.map((site) =>
    mapText(
      site,
      cells.filter((cell) => cell.site === site),
      nLayers,
    ),
  );
  const effect = ({ value }: SweepCell) => Math.abs(value - clean);
  const strongest = [...cells].sort((one, other) => effect(other) - effect(one)).slice(0, STRONGEST);
  const lines = strongest.map(
    (cell) => `  ${placeName(cell, hasKvHeads).padEnd(12)}${cell.site.padEnd(20)}${signed(cell.value - clean)}`,
  );
  return [
    `${sweep.metric.kind} behind position ${sweep.position}: ${own}`,
    ...maps,
    ['strongest', ...lines].join('\n'),
  ].join('\n\n');
}

function mapText(site: SweepSite, cells: readonly SweepCell[], nLayers: number): string {
  const column = ({ head, position }: SweepCell) => head ?? position ?? 0;
  const nColumns = 1 + Math.max(0, ...cells.map(column));
  const numbers = Array.from({ length: nColumns }, (_, at) => String(at).padStart(WIDTH)).join('');
  const rows = Array.from({ length: nLayers }, (_, layer) => {
    const ofLayer = cells.filter((cell) => cell.layer === layer).sort((one, other) => column(one) - column(other));
    return `  L${String(layer).padEnd(4)}${ofLayer.map(({ value }) => formatFigure(value).padStart(WIDTH)).join('')}`;
  });
  return [site, `       ${numbers.slice(1)}`, ...rows].join('\n');
}

/** L1H7, L1KV0 where the head is a kv head, L2 at 14, L3. */
function placeName({ site, layer, head, position }: SweepCell, hasKvHeads: boolean): string {
  const isKv = hasKvHeads && (site === 'hook_k_input' || site === 'hook_v_input');
  if (head !== null) return `L${layer}${isKv ? 'KV' : 'H'}${head}`;
  return position === null ? `L${layer}` : `L${layer} at ${position}`;
}

function signed(value: number): string {
  return value > 0 ? `+${formatFigure(value)}` : formatFigure(value);
}
