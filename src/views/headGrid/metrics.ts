// What a cell of the head grid shows: the pattern itself, or one score, with the scale that colours it. Pure.
import type { HeadScore } from '../../engine/index.ts';
import type { Atlas } from '../data.ts';
import type { Texture } from '../marks/textures.ts';
import {
  fractionScale,
  type MapPaint,
  magnitudeScale,
  patternScale,
  scoreScale,
  type ValueScale,
} from '../marks/valueScale.ts';
import type { HeadAt } from './layout.ts';

export type GridMetric = 'pattern' | 'delta' | HeadScore;

type About = { readonly id: GridMetric; readonly label: string; readonly word: string; readonly note: string };

/** The metrics in the order of the list; `word` is how a filter spells one. */
export const GRID_METRICS: readonly About[] = [
  { id: 'pattern', label: 'Pattern', word: 'pattern', note: 'the attention pattern, pooled by its largest cells' },
  { id: 'delta', label: 'max |Δ|', word: 'delta', note: 'largest difference of the pattern between the runs' },
  { id: 'previousToken', label: 'Previous token', word: 'previous', note: 'mean attention to the token before' },
  { id: 'induction', label: 'Induction', word: 'induction', note: 'mean attention to what followed the same token' },
  { id: 'duplicateToken', label: 'Duplicate token', word: 'duplicate', note: 'mean attention to earlier copies' },
  { id: 'bosMass', label: 'First token', word: 'bos', note: 'mean attention to position 0, where BOS stands' },
  { id: 'self', label: 'Self', word: 'self', note: 'mean attention to the token itself' },
  { id: 'entropy', label: 'Entropy', word: 'entropy', note: 'mean entropy of the rows, in nats' },
];

/** The metric that can be shown of an atlas: differences need both runs. */
export function gridMetric(wanted: GridMetric, atlas: Atlas | null): GridMetric {
  return wanted === 'delta' && !atlas?.maxAbsDelta ? 'pattern' : wanted;
}

/** The textures that its cells may have beside the scale's colours. */
export function texturesOf(metric: GridMetric): readonly Texture[] {
  if (metric === 'pattern') return ['masked', 'floor'];
  return metric === 'delta' ? ['zero'] : [];
}

/** A head's score; NaN where it has none; null for the pattern itself, and for differences where one run was made. */
export function scoreOf(metric: GridMetric, { layer, head }: HeadAt, atlas: Atlas): number | null {
  const at = layer * atlas.nHeads + head;
  if (metric === 'pattern') return null;
  if (metric === 'delta') return atlas.maxAbsDelta?.[at] ?? null;
  return atlas.scores[metric][at] ?? null;
}

type Painted = { readonly atol: number; readonly paint: MapPaint };

/** The scale of a metric over all heads of the atlas. */
export function scaleOf(metric: GridMetric, atlas: Atlas, { atol, paint }: Painted): ValueScale {
  if (metric === 'pattern') return patternScale(paint);
  const label = GRID_METRICS.find(({ id }) => id === metric)?.label ?? metric;
  if (metric === 'delta') {
    const deltas = atlas.maxAbsDelta ?? [];
    const positive = deltas.filter((delta) => delta > 0);
    return magnitudeScale(positive.length > 0 ? Math.min(...positive) : 0, Math.max(0, ...deltas), atol);
  }
  if (metric === 'entropy')
    return {
      ...scoreScale(0, Math.max(...atlas.scores.entropy.filter(Number.isFinite), 0), paint),
      title: 'entropy (nats)',
      note: null,
    };
  return fractionScale(label.toLowerCase(), paint);
}
