// The figures of the centre: divergence, amplification, heads, pattern.
import { amplificationDetail, amplificationWords, strongestBlock } from '../../engine/index.ts';
import { sweepOfNow } from '../../session/asked.ts';
import type { SessionState } from '../../session/state.ts';
import { amplificationFigure } from '../../views/amplification/amplificationFigure.tsx';
import { enteredBy } from '../../views/amplification/differences.ts';
import { drawHeads } from '../../views/headGrid/drawHeads.ts';
import { figureCell, headsFigure } from '../../views/headGrid/headsFigure.ts';
import { arrange } from '../../views/headGrid/layout.ts';
import { gridMetric, isOfOneRun, isScore, scaleOf, texturesOf } from '../../views/headGrid/metrics.ts';
import { ladderFigure } from '../../views/ladder/ladderFigure.tsx';
import { paintPicture } from '../../views/marks/picture.ts';
import { plotsBeside } from '../../views/marks/plots.ts';
import { drawSquare } from '../../views/marks/raster.ts';
import { type Cells, cellsOf, extentOf, mapSides, pixelAt, possibleSide } from '../../views/pattern/cells.ts';
import { levelFor, wholeWindow } from '../../views/pattern/mapWindow.ts';
import { FIGURE_SIDE, patternFigure } from '../../views/pattern/patternFigure.ts';
import { headEffectOf } from '../headEffect.ts';
import { mapPaint, preferences } from '../preferences.ts';
import { scoredAtlas } from '../scoredAtlas.ts';
import type { Ui } from '../uiState.ts';
import { editOf } from './askedFigures.ts';
import { ranWords } from './ranWords.ts';
import { inkOfPage, type Sheet, type Shown } from './sheet.ts';

const FIGURE_RATIO = 2; // pixels per unit of a figure's sheet

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

export function amplificationOf(shown: Shown): Sheet | null {
  const { value } = shown.amplification;
  if (!value || !strongestBlock(value.blocks)) return null;
  const caption = [
    `${amplificationDetail(value)} ${enteredBy(value.of)} Run A’s block is given it; what leaves differently is divided by what entered differently.`,
  ];
  return { title: amplificationWords(value), plot: amplificationFigure(value.blocks), caption };
}

export function ladderOf({ experiment }: SessionState, shown: Shown): Sheet | null {
  if (shown.ladder.length === 0) return null;
  const { atol } = experiment.tolerance;
  const plot = ladderFigure({ rows: shown.ladder, metric: 'maxAbs', atol, selected: experiment.view.hook });
  const caption = [
    'Each tick is a hook; on the lowest line B has the very bits of A. A ring is what B’s operation makes by itself, of A’s inputs.',
  ];
  return { title: 'Divergence ladder', plot, caption };
}

export function headsOf(state: SessionState, shown: Shown, ui: Ui): Sheet | null {
  if (state.model.status !== 'ready') return null;
  const { config } = state.model.model;
  const sweep = sweepOfNow(state);
  const { atlas, side, isRepeated } = scoredAtlas(
    shown.atlas,
    { repeated: state.repeatedScores.value, effect: headEffectOf(sweep, config) },
    ui.scoredOn,
  );
  if (!atlas) return null;
  const { nLayers, nHeads } = atlas;
  const { nKeyValueHeads } = config;
  const metric = gridMetric(ui.headMetric, atlas);
  const scale = scaleOf(metric, atlas, {
    atol: state.experiment.tolerance.atol,
    paint: mapPaint(preferences.getState()),
  });
  const cellPx = FIGURE_RATIO * figureCell(nHeads);
  const cells = { atlas, rows: arrange(atlas, null), scale, metric };
  const image = paintPicture(cellPx * nHeads, cellPx * nLayers, (pixels, ground) =>
    drawHeads({ pixels, widthPx: cellPx * nHeads, ratio: FIGURE_RATIO, ground }, cells),
  );
  const textures = texturesOf(metric, atlas);
  const ink = inkOfPage();
  const plot = headsFigure({ nLayers, nHeads, nKeyValueHeads, scale, textures, image, ink });
  if (metric === 'effect' && sweep && atlas.effect) {
    const caption = [
      `The strongest edit of each head, of those at ${atlas.effect.sites.join(', ')}: ${editOf(sweep)}.`,
    ];
    return { title: `Every head: ${scale.title}`, plot, caption, ran: ranWords(sweep.on) };
  }
  if (!isOfOneRun(metric)) return { title: `Every head: ${scale.title}`, plot, caption: [] };
  const on = isRepeated && isScore(metric) ? ' on repeated random tokens' : '';
  return { title: `Every head of run ${side.toUpperCase()}: ${scale.title}${on}`, plot, caption: [] };
}

export function patternOf({ experiment }: SessionState, shown: Shown): Sheet | null {
  const { heads, tokens } = shown;
  if (!heads) return null;
  const side = possibleSide(heads, experiment.view.side);
  const ink = inkOfPage();
  const paint = mapPaint(preferences.getState());
  const plots = mapSides(side).flatMap((each) => {
    const cells = cellsOf(heads, { show: heads.show, side: each, atol: experiment.tolerance.atol, paint });
    return cells ? [patternFigure({ cells, tokens, image: imageOf(cells), ink })] : [];
  });
  if (plots.length === 0) return null;
  const title = `Head L${heads.layer}H${heads.head}, ${SIDES[side]}`;
  const caption = [`blocks.${heads.layer}.${HOOKS[heads.show]}.`];
  return { title, plot: plotsBeside(plots), caption };
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
