// The figures of the page with their provenance: what was run, on what, by which version.
import type { SessionState } from '../session/state.ts';
import { ladderFigure } from '../views/ladder/ladderFigure.tsx';
import { describeRun } from '../views/log/describeRun.ts';
import { type FigureInk, figureSvg } from '../views/marks/figure.ts';
import { paintSquare } from '../views/marks/picture.ts';
import { drawSquare } from '../views/marks/raster.ts';
import { cellsOf, pixelAt } from '../views/pattern/cells.ts';
import { FIGURE_SIDE, patternFigure } from '../views/pattern/patternFigure.ts';
import type { Figure } from '../views/share/take.ts';

type Shown = NonNullable<SessionState['shown']>;

const SIDES = { a: 'run A', b: 'run B', delta: 'B − A', absDelta: '|B − A|' } as const;

/** Draws a figure of what is shown; null where there is nothing to draw. */
export function figureOf(figure: Figure, state: SessionState): string | null {
  const { shown } = state;
  if (!shown) return null;
  return figure === 'ladder' ? ladderOf(state, shown) : patternOf(state, shown);
}

function ladderOf({ experiment }: SessionState, shown: Shown): string | null {
  if (shown.ladder.length === 0) return null;
  const { atol } = experiment.tolerance;
  const plot = ladderFigure({ rows: shown.ladder, metric: 'maxAbs', atol, selected: experiment.view.hook });
  const caption = ['Each tick is a hook; on the lowest line B has the very bits of A.', ...provenance(shown)];
  return figureSvg({ title: 'Divergence ladder', plot, caption, ink: inkOfPage() });
}

function patternOf({ experiment }: SessionState, shown: Shown): string | null {
  const { heads, tokens } = shown;
  const nPos = heads?.a?.nPos ?? heads?.b?.nPos;
  if (!heads || nPos === undefined) return null;
  const side = heads.a && heads.b ? experiment.view.side : heads.a ? 'a' : 'b';
  const cells = cellsOf({ ...heads, nPos }, heads.show, side, experiment.tolerance.atol);
  const sidePx = 2 * FIGURE_SIDE;
  const image = paintSquare(sidePx, (pixels, ground) =>
    drawSquare(
      { pixels, widthPx: sidePx, leftPx: 0, topPx: 0, sidePx, gapPx: sidePx / nPos > 24 ? 2 : 0, ground },
      nPos,
      (q, k) => pixelAt(cells, q, k),
    ),
  );
  const ink = inkOfPage();
  const plot = patternFigure({ cells, tokens, image, isDifference: side === 'delta' || side === 'absDelta', ink });
  const hook = heads.show === 'pattern' ? 'attn.hook_pattern' : 'attn.hook_attn_scores';
  const title = `Head L${heads.layer}H${heads.head}, ${SIDES[side]}`;
  return figureSvg({ title, plot, caption: [`blocks.${heads.layer}.${hook}.`, ...provenance(shown)], ink });
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
