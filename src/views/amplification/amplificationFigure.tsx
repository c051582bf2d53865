// The amplification curve as a figure: the marks of the page, and a key to its parts.
import type { BlockAmplification } from '../../engine/index.ts';
import { chartFigure } from '../marks/chartFigure.tsx';
import type { FigurePlot } from '../marks/figure.ts';
import { AmplificationMarks, MARGIN, Mark } from './AmplificationMarks.tsx';
import { partsOf } from './curve.ts';

const WIDTH = 720;
const HEIGHT = 300;

/** Draws the plot of an amplification figure; the document's stylesheets give its colours. */
export function amplificationFigure(blocks: readonly BlockAmplification[]): FigurePlot {
  return chartFigure({
    marks: <AmplificationMarks blocks={blocks} chosen={null} width={WIDTH} height={HEIGHT} />,
    width: WIDTH,
    height: HEIGHT,
    plotLeft: MARGIN.left,
    xTitle: 'block',
    yTitle: 'factor by which a difference is multiplied',
    keys: partsOf(blocks).map(({ id, label }) => ({ words: label, mark: <Mark part={id} x={6} y={-4} /> })),
  });
}
