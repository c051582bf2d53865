// A comparison in words, the same on the page and in a terminal: which figures, in which order, how they are written.
import type { ComparisonSummary, Verdict } from './comparison.ts';

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  'bit-identical': 'Bit-identical (0 ULP)',
  within: 'Within tolerance',
  outside: 'Outside tolerance',
};

/** The figures of a summary as [term, value], always in the same order. */
export function summaryWords(summary: ComparisonSummary): (readonly [term: string, value: string])[] {
  return [
    ['mismatched', `${formatCount(summary.mismatched)} / ${formatCount(summary.n)}`],
    [
      'max |Δ|',
      summary.maxAbsIndex.length > 0 ? `${formatFigure(summary.maxAbs)} at ${formatIndex(summary.maxAbsIndex)}` : '0',
    ],
    ['RMS', formatFigure(summary.rms)],
    ['relative L2', formatFigure(summary.relL2)],
    ['SQNR', Number.isFinite(summary.sqnrDb) ? `${summary.sqnrDb.toFixed(1)} dB` : '∞ dB'],
    ['cosine', formatFigure(summary.cosine, 9)],
    ['median, p99 ULP', `${formatCount(summary.ulpMedian)}, ${formatCount(summary.ulpP99)}`],
    ['bit-equal', `${((100 * summary.bitEqual) / Math.max(1, summary.n)).toFixed(1)} %`],
    ['NaN or Inf', `${formatCount(summary.nonFiniteA)} in A, ${formatCount(summary.nonFiniteB)} in B`],
    ['would pass at atol', formatFigure(summary.smallestAtol)],
  ];
}

/** Writes a count in groups of three: 12,800. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return '–';
  return String(Math.round(count))
    .replace(/\B(?=(\d{3})+$)/g, ',')
    .replace(/^-/, '−');
}

/** Writes a figure to three significant digits, small and large ones as 2.91e-6; zero is '0'. */
export function formatFigure(value: number, digits = 3): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  const text =
    magnitude >= 1e-3 && magnitude < 1e5
      ? String(Number(value.toPrecision(digits)))
      : value.toExponential(digits - 1).replace(/\.?0+e/, 'e');
  return text.replace('e+', 'e').replace(/^-/, '−');
}

/** Writes an index tuple: [3, 7, 14]. */
export function formatIndex(index: readonly number[]): string {
  return `[${index.join(', ')}]`;
}
