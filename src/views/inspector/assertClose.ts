// A comparison in the words of torch.testing.assert_close (torch/testing/_comparison.py, make_tensor_mismatch_msg), to be pasted where
// people compare. B is what torch calls actual, A what it calls expected.
import type { Greatest, Inspection, Tolerance } from '../../engine/index.ts';

/** Words an inspection as assert_close's message, or as a sentence where it would pass; null where the runs were not compared. */
export function assertCloseMessage(
  { hook, summary, difference }: Pick<Inspection, 'hook' | 'summary' | 'difference'>,
  { atol, rtol }: Tolerance,
): string | null {
  if (!summary) return null;
  const { n, mismatched } = summary;
  if (summary.verdict === 'bit-identical') return `${hook}: tensor-likes are equal, bit for bit (${n} elements).`;
  if (!difference) return null;
  const isEquality = atol === 0 && rtol === 0;
  if (mismatched === 0)
    return `${hook}: tensor-likes are close (${n} elements, atol=${pythonFloat(atol)}, rtol=${pythonFloat(rtol)}).`;
  const share = ((100 * mismatched) / Math.max(1, n)).toFixed(1);
  const greatest = (type: string, found: Greatest | null, allowed: number) => {
    if (!found) return [];
    const limit = isEquality ? '' : ` (up to ${pythonFloat(allowed)} allowed)`;
    return [`Greatest ${type} difference: ${pythonFloat(found.value)} at index ${pythonTuple(found.index)}${limit}`];
  };
  return [
    `${hook}: Tensor-likes are not ${isEquality ? 'equal' : 'close'}!`,
    '',
    `Mismatched elements: ${mismatched} / ${n} (${share}%)`,
    ...greatest('absolute', difference.greatestAbsolute, atol),
    ...greatest('relative', difference.greatestRelative, rtol),
  ].join('\n');
}

function pythonTuple(index: readonly number[]): string {
  return index.length === 1 ? `(${index[0]},)` : `(${index.join(', ')})`;
}

/** Writes a number as Python's repr of a float: 1e-05, 0.25, 1.0, inf. */
export function pythonFloat(x: number): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? 'nan' : x > 0 ? 'inf' : '-inf';
  if (x === 0) return '0.0';
  const [mantissa = '', exponent = '0'] = x.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    const digits = String(Math.abs(power)).padStart(2, '0');
    return `${mantissa}e${power < 0 ? '-' : '+'}${digits}`;
  }
  const plain = x.toFixed(Math.max(0, (mantissa.split('.')[1] ?? '').length - power));
  return plain.includes('.') ? plain : `${plain}.0`;
}
