// The figures of the page with their provenance: what was run, on what, by which version.
import { amplificationDetail, amplificationWords, strongestBlock } from '../engine/index.ts';
import type { SessionState } from '../session/state.ts';
import { amplificationFigure } from '../views/amplification/amplificationFigure.tsx';
import { enteredBy } from '../views/amplification/differences.ts';
import { drawHeads } from '../views/headGrid/drawHeads.ts';
import { figureCell, headsFigure } from '../views/headGrid/headsFigure.ts';
import { arrange } from '../views/headGrid/layout.ts';
import { gridMetric, scaleOf, texturesOf } from '../views/headGrid/metrics.ts';
import { ladderFigure } from '../views/ladder/ladderFigure.tsx';
import { describeRun } from '../views/log/describeRun.ts';
import { type FigureInk, figureSvg } from '../views/marks/figure.ts';
import { paintPicture } from '../views/marks/picture.ts';
import { drawSquare } from '../views/marks/raster.ts';
import { type Cells, cellsOf, extentOf, mapSides, pixelAt, possibleSide } from '../views/pattern/cells.ts';
import { levelFor, wholeWindow } from '../views/pattern/mapWindow.ts';
import { FIGURE_SIDE, patternFigure, plotsBeside } from '../views/pattern/patternFigure.ts';
import type { Figure } from '../views/share/take.ts';
import { scoredAtlas } from './scoredAtlas.ts';
import type { Ui } from './uiState.ts';

const FIGURE_RATIO = 2; // pixels per unit of a figure's sheet

type Shown = NonNullable<SessionState['shown']>;

const SIDES = {
  a: 'run A',
  b: 'run B',
  delta: 'B − A',
  absDelta: '|B − A|',
  beside: 'run A beside run B',
  swipe: 'run A beside run B', // on paper nothing is swiped
} as const;

const HOOKS = {
  pattern: 'attn.hook_pattern',
  scores: 'attn.hook_attn_scores',
  weighted: 'attn.hook_pattern, each key times the length of its value vector',
} as const;

/** Draws a figure of what is shown; null where there is nothing to draw. */
export function figureOf(figure: Figure, state: SessionState, ui: Ui): string | null {
  const { shown } = state;
  if (!shown) return null;
  switch (figure) {
    case 'ladder':
      return ladderOf(state, shown);
    case 'heads':
      return headsOf(state, shown, ui);
    case 'amplification':
      return amplificationOf(shown);
    case 'pattern':
      return patternOf(state, shown);
    default:
      return figure satisfies never;
  }
}

function amplificationOf(shown: Shown): string | null {
  const { value } = shown.amplification;
  if (!value || !strongestBlock(value.blocks)) return null;
  const caption = [
    `${amplificationDetail(value)} ${enteredBy(value.of)} Run A’s block is given it; what leaves differently is divided by what entered differently.`,
    ...provenance(shown),
  ];
  return figureSvg({
    title: amplificationWords(value),
    plot: amplificationFigure(value.blocks),
    caption,
    ink: inkOfPage(),
  });
}

function ladderOf({ experiment }: SessionState, shown: Shown): string | null {
  if (shown.ladder.length === 0) return null;
  const { atol } = experiment.tolerance;
  const plot = ladderFigure({ rows: shown.ladder, metric: 'maxAbs', atol, selected: experiment.view.hook });
  const caption = [
    'Each tick is a hook; on the lowest line B has the very bits of A. A ring is what B’s operation makes by itself, of A’s inputs.',
    ...provenance(shown),
  ];
  return figureSvg({ title: 'Divergence ladder', plot, caption, ink: inkOfPage() });
}

function headsOf(state: SessionState, shown: Shown, ui: Ui): string | null {
  const { atlas, side, isRepeated } = scoredAtlas(shown.atlas, state.repeatedScores.value, ui.scoredOn);
  if (!atlas || state.model.status !== 'ready') return null;
  const { nLayers, nHeads } = atlas;
  const { nKeyValueHeads } = state.model.model.config;
  const metric = gridMetric(ui.headMetric, atlas);
  const scale = scaleOf(metric, atlas, state.experiment.tolerance.atol);
  const cellPx = FIGURE_RATIO * figureCell(nHeads);
  const plot = { atlas, rows: arrange(atlas, null), scale, metric };
  const image = paintPicture(cellPx * nHeads, cellPx * nLayers, (pixels, ground) =>
    drawHeads({ pixels, widthPx: cellPx * nHeads, ratio: FIGURE_RATIO, ground }, plot),
  );
  const textures = texturesOf(metric);
  const ink = inkOfPage();
  const on = isRepeated && metric !== 'pattern' && metric !== 'delta' ? ' on repeated random tokens' : '';
  return figureSvg({
    title:
      metric === 'delta'
        ? `Every head: ${scale.title}`
        : `Every head of run ${side.toUpperCase()}: ${scale.title}${on}`,
    plot: headsFigure({ nLayers, nHeads, nKeyValueHeads, scale, textures, image, ink }),
    caption: provenance(shown),
    ink,
  });
}

function patternOf({ experiment }: SessionState, shown: Shown): string | null {
  const { heads, tokens } = shown;
  if (!heads) return null;
  const side = possibleSide(heads, experiment.view.side);
  const ink = inkOfPage();
  const plots = mapSides(side).flatMap((each) => {
    const cells = cellsOf(heads, heads.show, each, experiment.tolerance.atol);
    return cells ? [patternFigure({ cells, tokens, image: imageOf(cells), ink })] : [];
  });
  if (plots.length === 0) return null;
  const title = `Head L${heads.layer}H${heads.head}, ${SIDES[side]}`;
  const caption = [`blocks.${heads.layer}.${HOOKS[heads.show]}.`, ...provenance(shown)];
  return figureSvg({ title, plot: plotsBeside(plots), caption, ink });
}

/** The matrix as a picture; of a long prompt the level whose cells it can hold. */
function imageOf(cells: Cells): string {
  const sidePx = 2 * FIGURE_SIDE;
  const level = levelFor(wholeWindow(cells.nPos), cells.levels.length, sidePx);
  const gapPx = sidePx / cells.nPos > 24 ? 2 : 0;
  return paintPicture(sidePx, sidePx, (pixels, ground) =>
    drawSquare(
      { pixels, widthPx: sidePx, leftPx: 0, topPx: 0, sidePx, gapPx, ground },
      extentOf(cells, level),
      (q, k) => pixelAt(cells, level, q, k),
    ),
  );
}

function provenance({ experiment, result }: Shown): readonly string[] {
  const { model } = experiment;
  const { fingerprint, tokenIds } = result;
  const name = model.source === 'hub' ? `${model.repo}@${model.revision}` : model.name;
  return [
    `${name}, weights sha256 ${fingerprint.modelHash.slice(0, 16)}… · ${describeRun({ experiment, nTokens: tokenIds.length })}`,
    `Made by Splitscope ${fingerprint.appVersion} on ${fingerprint.adapter}.`,
  ];
}

/** The page's colours as they are now: a figure looks like what it was taken from. */
function inkOfPage(): FigureInk {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    paper: read('--surface'),
    ink: read('--ink'),
    quiet: read('--ink-3'),
    line: read('--line-strong'),
    mask: read('--mask'),
    zero: read('--zero-paper'),
  };
}
