// The tokens along a map: keys across the top, queries down the left, as many as there is room for.
import { memo } from 'react';
import type { ViewToken } from '../data.ts';
import { shortToken } from '../tokenText.ts';
import type { MapWindow } from './mapWindow.ts';

const LABEL_STEP = 12; // least distance of two labels, in CSS pixels
const LONGEST = 8; // characters

type Props = {
  readonly tokens: readonly ViewToken[];
  readonly window: MapWindow;
  readonly side: number; // of the map, in CSS pixels
  readonly axis: number; // room beside it, in CSS pixels
  readonly hasQueries: boolean;
  readonly hasTitles: boolean;
};

/** Writes both axes; a crosshair that moves draws them not again. */
export const MapAxes = memo(function MapAxes({ tokens, window, side, axis, hasQueries, hasTitles }: Props) {
  const step = side / window.span;
  const labels = (first: number) => labelled(tokens, first, window.span, Math.max(1, Math.ceil(LABEL_STEP / step)));
  const at = (position: number, first: number) => ({ '--at': `${(position - first + 0.5) * step}px` });
  return (
    <div
      className="pattern-axes"
      aria-hidden="true"
      style={{ '--axis': `${axis}px`, '--queries': `${hasQueries ? axis : 0}px` }}
    >
      {hasTitles ? <span className="axis-title axis-title-keys">keys</span> : null}
      {hasTitles && hasQueries ? <span className="axis-title axis-title-queries">queries</span> : null}
      {labels(window.left).map(({ token, position }) => (
        <span key={`k${position}`} className="axis-token axis-token-key mono" style={at(position, window.left)}>
          {shortToken(token, LONGEST)}
        </span>
      ))}
      {hasQueries
        ? labels(window.top).map(({ token, position }) => (
            <span key={`q${position}`} className="axis-token axis-token-query mono" style={at(position, window.top)}>
              {shortToken(token, LONGEST)}
            </span>
          ))
        : null}
    </div>
  );
});

/** Every `every`-th token of the window, by absolute position, so that labels stay with their cells as the window moves. */
function labelled(tokens: readonly ViewToken[], first: number, span: number, every: number) {
  return tokens
    .slice(first, first + span)
    .map((token, at) => ({ token, position: first + at }))
    .filter(({ position }) => position % every === 0);
}
