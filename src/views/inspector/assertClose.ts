// A comparison in the words of torch.testing.assert_close, to be pasted where people compare.
import type { ComparisonSummary, HookName, Tolerance } from '../../engine/index.ts';

/** Words a summary as assert_close's failure message, or as a sentence where it passes. */
export function assertCloseMessage(hook: HookName, summary: ComparisonSummary, { atol, rtol }: Tolerance): string {
  if (summary.verdict === 'bit-identical')
    return `${hook}: tensor-likes are equal, bit for bit (${summary.n} elements).`;
  const head = summary.verdict === 'within' ? 'Tensor-likes are close.' : 'Tensor-likes are not close!';
  const share = ((100 * summary.mismatched) / Math.max(1, summary.n)).toFixed(1);
  const at = `(${summary.maxAbsIndex.join(', ')})`;
  return [
    `${hook}: ${head}`,
    '',
    `Mismatched elements: ${summary.mismatched} / ${summary.n} (${share}%)`,
    `Greatest absolute difference: ${summary.maxAbs} at index ${at} (up to ${atol} allowed, rtol ${rtol})`,
  ].join('\n');
}
