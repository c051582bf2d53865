// The figures of a reading: attribution and logit lens of one prediction, the circuits of a head. A reading has a run of its own.
import type { SessionState } from '../../session/state.ts';
import { formatFigure } from '../../views/format.ts';
import { attributionFigure, circuitsFigure, lensFigure } from '../../views/reading/readingFigures.ts';
import { visibleToken } from '../../views/tokenText.ts';
import { ranWords } from './ranWords.ts';
import { inkOfPage, type Sheet } from './sheet.ts';

export function attributionOf({ reading: { value } }: SessionState): Sheet | null {
  if (!value) return null;
  const { sum, logit, bound } = value.attribution;
  const [right, wrong] = value.tokens.map(visibleToken);
  const apart = formatFigure(Math.abs(sum - logit), 2);
  return {
    title: `What makes ${right}${wrong === undefined ? '' : ` over ${wrong}`} after position ${value.position}`,
    plot: attributionFigure(value, inkOfPage()),
    caption: [
      `Direct logit attribution. The parts sum to ${formatFigure(sum, 6)}, the run's own figure is ${formatFigure(logit, 6)}: ${apart} apart, rounding bound ${formatFigure(bound, 2)}.`,
      ...(value.whyNotByHead ? [`Attention stays whole: ${value.whyNotByHead}.`] : []),
    ],
    ran: ranWords(value.on),
  };
}

export function lensOf({ reading: { value } }: SessionState): Sheet | null {
  if (!value) return null;
  return {
    title: `Logit lens at position ${value.position}`,
    plot: lensFigure(value, inkOfPage()),
    caption: ['The residual stream after each block, through the last norm and the unembedding.'],
    ran: ranWords(value.on),
  };
}

export function circuitsOf({ circuits: { value } }: SessionState): Sheet | null {
  if (!value) return null;
  const { eigenvalues, topShare } = value.circuits.copying;
  return {
    title: `Circuits of L${value.layer}H${value.head} on the vocabulary`,
    plot: circuitsFigure(value, inkOfPage()),
    caption: [
      `The strongest pairs. Copying score ${formatFigure(eigenvalues, 2)} (Σ Re λ / Σ |λ| of OV); ${formatFigure(topShare * 100, 2)} % of all tokens raise themselves most.`,
    ],
    ran: 'of the weights alone, no prompt',
  };
}
