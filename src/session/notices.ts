// What the status line says after a run: one sentence, read aloud.
import type { ExperimentResult, LadderRow } from '../engine/index.ts';
import type { Notice } from './logEntry.ts';

/** Words the outcome of a run: how long it took and, where both ran, whether and where they part. */
export function runNotice(result: ExperimentResult): Notice {
  const { a, b, ladder } = result;
  if (a && b) {
    const took = `Compared in ${milliseconds(a.elapsedMs)} + ${milliseconds(b.elapsedMs)} ms`;
    return { ...differenceNotice(ladder), text: `${took}: ${differenceNotice(ladder).text}` };
  }
  const [mode, report] = a ? (['fused', a] as const) : (['split', b] as const);
  return { text: `Ran ${mode} in ${milliseconds(report?.elapsedMs ?? 0)} ms`, tone: 'info' };
}

/** Words a ladder: bit-identical, within the tolerance, or outside it and where first. */
export function differenceNotice(ladder: readonly LadderRow[]): Notice {
  const differing = ladder.filter(({ summary }) => summary.verdict !== 'bit-identical');
  const outside = ladder.filter(({ summary }) => summary.verdict === 'outside');
  if (differing.length === 0) return { text: `bit-identical at all ${ladder.length} hooks`, tone: 'good' };
  const where = `differs at ${differing.length} of ${ladder.length} hooks, first at ${differing[0]?.hook}`;
  if (outside.length === 0) return { text: `${where}; all within the tolerance`, tone: 'info' };
  return { text: `${where}; outside the tolerance at ${outside.length}, first at ${outside[0]?.hook}`, tone: 'bad' };
}

/** Writes milliseconds as the status line does: 4.2, 41. */
export function milliseconds(elapsedMs: number): string {
  return elapsedMs < 10 ? elapsedMs.toFixed(1) : Math.round(elapsedMs).toString();
}
