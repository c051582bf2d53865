// Amplification on the command line: the difference that is asked for, and the table that answers.
import {
  type Amplification,
  amplificationDetail,
  amplificationWords,
  type DifferenceOf,
  factorsOf,
  formatFigure,
} from '../engine/index.ts';
import { UsageError } from './command.ts';

/** Reads `runs` or `2^-12`. Throws UsageError for anything else. */
export function readDifference(text: string): DifferenceOf {
  if (text === 'runs') return { kind: 'runs' };
  const [, digits] = /^2\^-(\d{1,2})$/.exec(text) ?? [];
  if (digits !== undefined && Number(digits) > 0) return { kind: 'injected', exponent: -Number(digits) };
  throw new UsageError(`--amplification is ${text}, expected runs (B − A), or what is injected: 2^-12.`);
}

const HEAD = ['block', 'enters', '× attention', '× MLP', '× block', 'carried', 'added', 'leaves'];
const WIDTH = 12;

/** The finding, and a line a block. */
export function amplificationText(measured: Amplification): string {
  const lines = measured.blocks.map((amplified) => {
    const { layer, entering, carried, added, leaving } = amplified;
    const { attention, mlp, block } = factorsOf(amplified);
    const cells = [entering, attention, mlp, block, carried, added, leaving];
    return [String(layer), ...cells.map((value) => (value === null ? '–' : formatFigure(value)))];
  });
  const table = [HEAD, ...lines].map((cells) => cells.map((cell) => cell.padStart(WIDTH)).join(''));
  const detail = amplificationDetail(measured);
  return [`${amplificationWords(measured)}.${detail === '' ? '' : ` ${detail}`}`, ...table].join('\n');
}
