// The figures of what was asked beside the runs: a sweep of edits, a sweep of paths, a continuation. Each tells the run that it was of.
import { type Metric, nameOf, type PathCell, type SweepCell } from '../../engine/index.ts';
import type { CellRun, SessionState, SweepRun } from '../../session/state.ts';
import { continuationFigure } from '../../views/continuation/continuationFigure.ts';
import { formatFigure } from '../../views/format.ts';
import { describeRun } from '../../views/log/describeRun.ts';
import { paintPicture } from '../../views/marks/picture.ts';
import type { Texture } from '../../views/marks/textures.ts';
import { effectScale } from '../../views/marks/valueScale.ts';
import { drawMap } from '../../views/sweep/drawMap.ts';
import { type GridMap, largestEffect, mapsOf } from '../../views/sweep/maps.ts';
import { mapsFigure } from '../../views/sweep/mapsFigure.ts';
import { METRICS } from '../../views/sweep/metrics.ts';
import { pathMapsOf } from '../../views/sweep/pathChoices.ts';
import { OPERATIONS, sweepChoicesOf } from '../../views/sweep/sites.ts';
import { ranWords } from './ranWords.ts';
import { inkOfPage, type Sheet } from './sheet.ts';

const PICTURE_RATIO = 2; // pixels per unit of a figure's sheet

export function sweepOf(state: SessionState): Sheet | null {
  const { sweep } = state;
  if (!sweep) return null;
  return mapsSheet<SweepCell>(state, sweep, {
    title: `Sweep: ${editOf(sweep)}`,
    maps: (shape) => mapsOf(sweep.asked.sites, sweep.cells, shape),
    without: 'unedited',
    missing: 'awaited',
  });
}

/** What a sweep does where it edits: `patch from corrupted`. */
export function editOf({ asked }: SweepRun): string {
  const { operation } = sweepChoicesOf(asked);
  return OPERATIONS.find(({ id }) => id === operation)?.label ?? asked.operation.kind;
}

export function pathsOf(state: SessionState): Sheet | null {
  const { paths, model } = state;
  if (!paths || model.status !== 'ready') return null;
  const { nHeads, nKeyValueHeads } = model.model.config;
  const { receivers, heads, mlps } = paths.asked;
  const to = receivers.map((end) => nameOf(end, nHeads > nKeyValueHeads)).join(', ');
  return mapsSheet<PathCell>(state, paths, {
    title: `Paths to ${to}`,
    maps: (shape) => pathMapsOf(paths.cells, shape),
    without: 'unpatched',
    missing: 'apart',
    more: `Between sender and receiver other heads are ${heads}, MLPs ${mlps}.`,
  });
}

type Shape = { readonly nLayers: number; readonly nHeads: number; readonly nPos: number };

type Way<Cell> = {
  readonly title: string;
  readonly maps: (shape: Shape) => readonly GridMap<Cell>[];
  readonly without: string; // what the clean value is of
  readonly missing: Texture; // of a place that has no cell when all have come
  readonly more?: string;
};

type AnyRun<Cell> = CellRun<{ readonly metric: Metric; readonly position: number }, Cell>;

function mapsSheet<Cell extends { readonly value: number }>(
  { model }: SessionState,
  { asked, on, status, clean, corrupted, cells, total }: AnyRun<Cell>,
  { title, maps, without, missing, more }: Way<Cell>,
): Sheet | null {
  if (clean === null || model.status !== 'ready') return null;
  const { nLayers, nHeads } = model.model.config;
  const metricName = METRICS.find(({ id }) => id === asked.metric.kind)?.label ?? asked.metric.kind;
  const scale = effectScale(metricName, clean, largestEffect(cells, clean));
  const imageOf = (map: GridMap<Cell>, width: number, height: number) => {
    const [widthPx, heightPx] = [PICTURE_RATIO * width, PICTURE_RATIO * height];
    const cell = width / map.nColumns;
    return paintPicture(widthPx, heightPx, (pixels, ground) =>
      drawMap({ pixels, widthPx, heightPx, ground, ratio: PICTURE_RATIO, cell }, map, scale),
    );
  };
  const textures: readonly Texture[] = status === 'done' ? ['unmoved', missing] : ['unmoved', 'awaited'];
  const caption = [
    `${metricOfWords(asked.metric)} at position ${asked.position}; ${without} ${formatFigure(clean)}${corrupted === null ? '' : `, corrupted prompt ${formatFigure(corrupted)}`}.`,
    ...(more ? [more] : []),
    ...(status === 'done' ? [] : [`${cells.length} of ${total} cells were there when this was saved.`]),
  ];
  const shape = { nLayers, nHeads, nPos: on.tokenIds.length };
  const plot = mapsFigure({ maps: maps(shape), scale, textures, imageOf, ink: inkOfPage() });
  return { title, plot, caption, ran: ranWords(on) };
}

/** A metric with the ids of the tokens that it looks at. */
function metricOfWords(metric: Metric): string {
  switch (metric.kind) {
    case 'logitDifference':
      return `Logit of token id ${metric.tokens[0]} − logit of ${metric.tokens[1]}`;
    case 'probability':
      return `Probability of token id ${metric.token}`;
    case 'rank':
      return `Rank of token id ${metric.token}, 0 is the likeliest`;
    case 'kl':
      return 'KL divergence from the unedited prediction, in nats,';
    default:
      return metric satisfies never;
  }
}

export function continuationOf({ continuation: written }: SessionState): Sheet | null {
  if (!written) return null;
  const { continuation, experiment, prompt, a, b } = written;
  if ((a?.tokens.length ?? 0) + (b?.tokens.length ?? 0) === 0) return null;
  const { sampling } = continuation;
  const how =
    sampling.kind === 'greedy'
      ? 'Greedy: the likeliest token each time.'
      : `Seeded draw: seed ${sampling.seed}, temperature ${sampling.temperature}, top-k ${sampling.topK ?? 'all'}, top-p ${sampling.topP ?? 'all'}.`;
  return {
    title: 'Continuation',
    plot: continuationFigure({ a, b }, inkOfPage()),
    caption: [`${how} ≠: where the runs part. Probabilities are those before temperature, top-k and top-p.`],
    ran: describeRun({ experiment, nTokens: prompt.length }),
  };
}
