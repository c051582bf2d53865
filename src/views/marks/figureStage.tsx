// Draws marks of the page off stage at a fixed size, and takes them as SVG with the styles that the page gives them written out.
import type { ReactElement } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import type { FigurePlot } from './figure.ts';
import './figure.css';

const STYLES = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linejoin',
  'opacity',
  'font-size',
  'text-anchor',
] as const;

/** Draws an svg element of this size in CSS pixels; the document's stylesheets give its colours. */
export function drawnFigure(svg: ReactElement, width: number, height: number): FigurePlot {
  const stage = document.createElement('div');
  stage.className = 'figure-stage';
  document.body.append(stage);
  const root = createRoot(stage);
  try {
    flushSync(() => root.render(svg));
    const drawn = stage.querySelector('svg');
    if (!drawn) throw new Error('internal: the figure drew no svg');
    for (const element of drawn.querySelectorAll('*')) writeStyles(element);
    return { markup: new XMLSerializer().serializeToString(drawn), width, height };
  } finally {
    root.unmount();
    stage.remove();
  }
}

function writeStyles(element: Element): void {
  const style = getComputedStyle(element);
  for (const property of STYLES) element.setAttribute(property, style.getPropertyValue(property));
  element.removeAttribute('class');
}
