// The maps of a sweep: its cells by site, as layer × head or layer × position, and how far any of them departs. Pure.
import type { SweepCell, SweepSite } from '../../engine/index.ts';
import { SITES } from './sites.ts';

/** Cells laid out: layers down. */
export type GridMap<C> = {
  readonly title: string;
  readonly columns: 'heads' | 'kv heads' | 'positions' | 'layer'; // 'layer': one column
  readonly nRows: number; // layers
  readonly nColumns: number;
  readonly at: (row: number, column: number) => C | undefined; // undefined: it has not come yet
};

export type Place = { readonly row: number; readonly column: number };

export type SiteMap = GridMap<SweepCell> & { readonly site: SweepSite };

export type MapShape = { readonly nLayers: number; readonly nHeads: number; readonly nPos: number };

/** Lays a sweep's cells out, one map a site, in the order of the form. */
export function mapsOf(sites: readonly SweepSite[], cells: readonly SweepCell[], shape: MapShape): SiteMap[] {
  return SITES.filter(({ id }) => sites.includes(id)).map(({ id, title }) => siteMap(id, title, cells, shape));
}

function siteMap(site: SweepSite, title: string, all: readonly SweepCell[], shape: MapShape): SiteMap {
  const cells = all.filter((cell) => cell.site === site);
  const byPlace = new Map(cells.map((cell) => [`${cell.layer} ${cell.head ?? cell.position ?? 0}`, cell]));
  const isHeads = cells.some(({ head }) => head !== null);
  const nHeads = 1 + Math.max(0, ...cells.map(({ head }) => head ?? 0));
  const isByPosition = cells.some(({ position }) => position !== null);
  const ofHeads = nHeads < shape.nHeads ? 'kv heads' : 'heads';
  return {
    site,
    title,
    columns: isHeads ? ofHeads : isByPosition ? 'positions' : 'layer',
    nRows: shape.nLayers,
    nColumns: isHeads ? nHeads : isByPosition ? shape.nPos : 1,
    at: (row, column) => byPlace.get(`${row} ${column}`),
  };
}

/** The largest distance of any cell from the unedited value. */
export function largestEffect(cells: readonly { readonly value: number }[], clean: number): number {
  return cells.reduce((most, { value }) => Math.max(most, Number.isNaN(value) ? 0 : Math.abs(value - clean)), 0);
}

/** The cells that move the metric most, largest first. */
export function strongest<C extends { readonly value: number }>(
  cells: readonly C[],
  clean: number,
  count: number,
): C[] {
  const effect = ({ value }: C) => Math.abs(value - clean);
  return [...cells].sort((one, other) => effect(other) - effect(one)).slice(0, count);
}

/** Where a cell stands in its map. */
export function placeOf({ layer, head, position }: SweepCell): Place {
  return { row: layer, column: head ?? position ?? 0 };
}

/** Names a cell as the field does: L1H7, L1KV0, L2 at 14, L3. */
export function cellName({ layer, head, position }: SweepCell, columns: SiteMap['columns']): string {
  if (head !== null) return `L${layer}${columns === 'kv heads' ? 'KV' : 'H'}${head}`;
  return position === null ? `L${layer}` : `L${layer} at ${position}`;
}

/** The width of a column, in CSS pixels, where maps stand side by side in a panel of this width: the same in all of them. */
export function columnWidth(maps: readonly GridMap<unknown>[], panelWidth: number): number {
  const nColumns = maps.map((map) => map.nColumns);
  const all = nColumns.reduce((sum, n) => sum + n, 0);
  const shared = (panelWidth - maps.length * BESIDE_MAP) / Math.max(1, all);
  const least = Math.min(SMALL_COLUMN, LEAST_MAP / Math.max(1, ...nColumns)); // then maps go below each other
  return Math.min(LARGEST_COLUMN, Math.floor(Math.max(shared, least)));
}

const LARGEST_COLUMN = 40;
const SMALL_COLUMN = 26;
const LEAST_MAP = 220;
const BESIDE_MAP = 44; // the numbers of its layers, and the gap to the next
