// The figures of the page with their provenance: what was run, on what, by which version. One place composes them all.
import type { SessionState } from '../../session/state.ts';
import { describeRun } from '../../views/log/describeRun.ts';
import { figureSvg } from '../../views/marks/figure.ts';
import type { Figure } from '../../views/share/take.ts';
import type { Ui } from '../uiState.ts';
import { continuationOf, pathsOf, sweepOf } from './askedFigures.ts';
import { amplificationOf, headsOf, ladderOf, patternOf } from './comparisonFigures.ts';
import { attributionOf, circuitsOf, lensOf } from './readingFigures.ts';
import { inkOfPage, type Sheet, type Shown } from './sheet.ts';
import { errorsOf, histogramOf, nextTokensOf, trendsOf, ulpsOf } from './tensorFigures.ts';

/** Draws a figure of what is shown; null where there is nothing to draw. */
export function figureOf(figure: Figure, state: SessionState, ui: Ui): string | null {
  const { shown } = state;
  const sheet = shown && sheetOf(figure, state, shown, ui);
  if (!sheet) return null;
  const { title, plot, caption, ran } = sheet;
  return figureSvg({ title, plot, caption: [...caption, ...provenance(shown, ran)], ink: inkOfPage() });
}

function sheetOf(figure: Figure, state: SessionState, shown: Shown, ui: Ui): Sheet | null {
  switch (figure) {
    case 'ladder':
      return ladderOf(state, shown);
    case 'amplification':
      return amplificationOf(shown);
    case 'heads':
      return headsOf(state, shown, ui);
    case 'pattern':
      return patternOf(state, shown);
    case 'histogram':
      return histogramOf(shown);
    case 'errors':
      return errorsOf(state, shown);
    case 'ulps':
      return ulpsOf(shown);
    case 'nextTokens':
      return nextTokensOf(shown);
    case 'trends':
      return trendsOf(shown);
    case 'attribution':
      return attributionOf(state);
    case 'lens':
      return lensOf(state);
    case 'circuits':
      return circuitsOf(state);
    case 'sweep':
      return sweepOf(state);
    case 'paths':
      return pathsOf(state);
    case 'continuation':
      return continuationOf(state);
    default:
      return figure satisfies never;
  }
}

function provenance({ experiment, result }: Shown, ran: string | undefined): readonly string[] {
  const { model } = experiment;
  const { fingerprint, tokenIds } = result;
  const name = model.source === 'hub' ? `${model.repo}@${model.revision}` : model.name;
  return [
    `${name}, weights sha256 ${fingerprint.modelHash.slice(0, 16)}… · ${ran ?? describeRun({ experiment, nTokens: tokenIds.length })}`,
    `Made by Splitscope ${fingerprint.appVersion} on ${fingerprint.adapter}.`,
  ];
}
