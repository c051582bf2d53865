// The amplification curve as a figure: the marks of the page drawn at a fixed size, with axis titles and a legend.
import type { BlockAmplification } from '../../engine/index.ts';
import type { FigurePlot } from '../marks/figure.ts';
import { drawnFigure } from '../marks/figureStage.tsx';
import { AmplificationMarks, MARGIN, Mark } from './AmplificationMarks.tsx';
import { partsOf } from './curve.ts';

const WIDTH = 720;
const HEIGHT = 300;
const AXIS = 20; // room for the title of the factor's axis
const BENEATH = 44; // room for the title of the blocks' axis and the legend
const KEY_WIDTH = 110;

/** Draws the plot of an amplification figure; the document's stylesheets give its colours. */
export function amplificationFigure(blocks: readonly BlockAmplification[]): FigurePlot {
  const svg = (
    <svg width={AXIS + WIDTH} height={HEIGHT + BENEATH} aria-hidden="true">
      <g transform={`translate(${AXIS} 0)`}>
        <AmplificationMarks blocks={blocks} chosen={null} width={WIDTH} height={HEIGHT} />
      </g>
      <text className="amp-label" transform={`translate(12 ${HEIGHT / 2}) rotate(-90)`} textAnchor="middle">
        factor by which a difference is multiplied
      </text>
      <text className="amp-label" x={AXIS + WIDTH / 2} y={HEIGHT + 12} textAnchor="middle">
        block
      </text>
      <g transform={`translate(${AXIS + MARGIN.left} ${HEIGHT + 32})`}>
        {partsOf(blocks).map(({ id, label }, at) => (
          <g key={id} transform={`translate(${at * KEY_WIDTH} 0)`}>
            <Mark part={id} x={6} y={-4} />
            <text className="amp-label" x={18}>
              {label}
            </text>
          </g>
        ))}
      </g>
    </svg>
  );
  return drawnFigure(svg, AXIS + WIDTH, HEIGHT + BENEATH);
}
