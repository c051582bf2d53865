// What a cell of the head grid shows: the pattern itself, or one score, with the scale that colours it. Pure.
import type { HeadScore } from '../../engine/index.ts';
import type { Atlas } from '../data.ts';
import { formatFigure } from '../format.ts';
import type { Texture } from '../marks/textures.ts';
import {
  effectScale,
  fractionScale,
  type MapPaint,
  magnitudeScale,
  patternScale,
  scoreScale,
  type ValueScale,
} from '../marks/valueScale.ts';
import type { HeadAt } from './layout.ts';

export type GridMetric = 'pattern' | 'delta' | 'effect' | HeadScore;

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
  { id: 'effect', label: 'Effect', word: 'effect', note: 'how far the strongest edit of the Sweep moved its metric' },
];

/** Whether a metric is a score of attention, which may be taken on other tokens than the prompt's. */
export function isScore(metric: GridMetric): metric is HeadScore {
  return metric !== 'pattern' && metric !== 'delta' && metric !== 'effect';
}

/** Whether a metric is of the one run whose letter stands beside it: differences are of both, effects of the Sweep's. */
export function isOfOneRun(metric: GridMetric): boolean {
  return metric === 'pattern' || isScore(metric);
}

/** Why a metric cannot be shown of an atlas: differences need both runs, effects a sweep; null where it can. */
export function whyNotShown(metric: GridMetric, atlas: Atlas | null): string | null {
  if (metric === 'delta' && !atlas?.maxAbsDelta) return 'needs both runs';
  return metric === 'effect' && !atlas?.effect ? 'needs a sweep of heads, of this prompt: see Sweep, below' : null;
}

/** The metric that is shown where this one is wanted. */
export function gridMetric(wanted: GridMetric, atlas: Atlas | null): GridMetric {
  return whyNotShown(wanted, atlas) === null ? wanted : 'pattern';
}

/** The textures that cells of this atlas have beside the scale's colours. */
export function texturesOf(metric: GridMetric, atlas: Atlas): readonly Texture[] {
  if (metric === 'pattern') return ['masked', 'floor', ...(atlas.values.some(Number.isNaN) ? ['nan' as const] : [])];
  const values = valuesOf(metric, atlas);
  const nan = values.some(Number.isNaN) ? [metric === 'delta' ? ('nan' as const) : ('unscored' as const)] : [];
  if (metric === 'effect') return ['unmoved', ...nan];
  return metric === 'delta' ? ['zero', ...nan] : nan;
}

/** One number a head: [layers · heads]. */
function valuesOf(metric: Exclude<GridMetric, 'pattern'>, atlas: Atlas): readonly number[] | Float32Array {
  if (metric === 'delta') return atlas.maxAbsDelta ?? [];
  return metric === 'effect' ? (atlas.effect?.values ?? []) : atlas.scores[metric];
}

/** A head's score; NaN where it has none; null for the pattern itself, and for differences where one run was made. */
export function scoreOf(metric: GridMetric, { layer, head }: HeadAt, atlas: Atlas): number | null {
  const at = layer * atlas.nHeads + head;
  if (metric === 'pattern') return null;
  return valuesOf(metric, atlas)[at] ?? null;
}

/** How a head ranks by a metric, highest first: an effect by how large it is, whichever way it goes. */
export function rankOf(metric: GridMetric, at: HeadAt, atlas: Atlas): number {
  const score = scoreOf(metric, at, atlas) ?? Number.NaN;
  return metric === 'effect' ? Math.abs(score) : score;
}

/** A head's score as it is written: an effect has its sign. */
export function formatScore(metric: GridMetric, score: number): string {
  return metric === 'effect' && score > 0 ? `+${formatFigure(score, 2)}` : formatFigure(score, 2);
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
  if (metric === 'effect') {
    const { values, metric: moved } = atlas.effect ?? { values: new Float32Array(0), metric: label };
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0);
    return { ...effectScale(`Δ ${moved}`, 0, largest), note: 'edited − unedited' };
  }
  if (metric === 'entropy')
    return {
      ...scoreScale(0, Math.max(...atlas.scores.entropy.filter(Number.isFinite), 0), paint),
      title: 'entropy (nats)',
      note: null,
    };
  return fractionScale(label.toLowerCase(), paint);
}
