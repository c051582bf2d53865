// The figures of the chosen tensor and of what both runs expect next.
import type { SessionState } from '../../session/state.ts';
import { toldOf } from '../../views/inspector/ErrorField.tsx';
import { errorChart, histogramChart, ulpFigure } from '../../views/inspector/inspectorFigures.tsx';
import { chartFigure } from '../../views/marks/chartFigure.tsx';
import { plotsBelow } from '../../views/marks/plots.ts';
import { nextTokensFigure, trendCharts } from '../../views/outputs/outputsFigures.tsx';
import { visibleToken } from '../../views/tokenText.ts';
import { inkOfPage, type Sheet, type Shown } from './sheet.ts';

export function histogramOf({ inspection }: Shown): Sheet | null {
  if (!inspection) return null;
  const { hook, histogram, shapeA, shapeB } = inspection;
  const shape = (shapeA ?? shapeB ?? []).join(', ');
  const caption = [`${hook} [${shape}]; both runs share the bins.`];
  return { title: `Values of ${hook}`, plot: chartFigure(histogramChart(histogram)), caption };
}

export function errorsOf({ experiment }: SessionState, { inspection }: Shown): Sheet | null {
  if (!inspection?.difference) return null;
  const { hook, difference } = inspection;
  return {
    title: `Error against magnitude, ${hook}`,
    plot: chartFigure(errorChart(difference.field, experiment.tolerance)),
    caption: [`a: element of run A, b: the same of run B. ${toldOf(difference.field)}`],
  };
}

export function ulpsOf({ inspection }: Shown): Sheet | null {
  if (!inspection?.difference) return null;
  const { hook, difference } = inspection;
  const caption = ['An ULP is the distance from an f32 to the next; 0: the same bits.'];
  return { title: `Distance of run B from run A, ${hook}`, plot: ulpFigure(difference.ulps, inkOfPage()), caption };
}

export function nextTokensOf({ outputs, tokens }: Shown): Sheet | null {
  if (!outputs) return null;
  const token = tokens[outputs.position];
  return {
    title: `Next after ${token ? visibleToken(token) : '–'} at position ${outputs.position}`,
    plot: nextTokensFigure(outputs, inkOfPage()),
    caption: ['Probabilities are a softmax of the logits in double precision.'],
  };
}

export function trendsOf({ predictions, tokens, outputs }: Shown): Sheet | null {
  if (!predictions) return null;
  const known = [...(outputs?.rows.map(({ token }) => token) ?? []), ...tokens];
  const nameOf = (id: number) => {
    const found = known.find((token) => token.id === id);
    return found ? visibleToken(found) : `id ${id}`;
  };
  const [plus, minus] = predictions.pair;
  const pairName = `logit of ${nameOf(plus)} − logit of ${nameOf(minus)}`;
  const charts = trendCharts({ predictions, tokens, pairName });
  if (charts.length === 0) return null;
  return { title: 'Predictions along the prompt', plot: plotsBelow(charts.map(chartFigure)), caption: [] };
}
