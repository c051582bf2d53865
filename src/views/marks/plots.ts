// Plots of one figure, laid out: beside each other, or below. Pure.
import type { FigurePlot } from './figure.ts';

const GUTTER = 32; // between two plots

/** Lays plots side by side, in reading order. */
export function plotsBeside(plots: readonly FigurePlot[]): FigurePlot {
  let width = 0;
  const markup = plots.map((plot, at) => {
    const left = width + (at > 0 ? GUTTER : 0);
    width = left + plot.width;
    return `<g transform="translate(${left} 0)">${plot.markup}</g>`;
  });
  return { markup: markup.join(''), width, height: Math.max(...plots.map(({ height }) => height)) };
}

/** Lays plots below each other. */
export function plotsBelow(plots: readonly FigurePlot[]): FigurePlot {
  let height = 0;
  const markup = plots.map((plot, at) => {
    const top = height + (at > 0 ? GUTTER : 0);
    height = top + plot.height;
    return `<g transform="translate(0 ${top})">${plot.markup}</g>`;
  });
  return { markup: markup.join(''), width: Math.max(...plots.map(({ width }) => width)), height };
}
