// How numbers are written on the page: short, aligned, and exact where the reader asks for the exact value.
import { formatCount, formatFigure, formatIndex } from '../engine/index.ts';

export { formatCount, formatFigure, formatIndex };

/** Writes an f32 with the nine digits that tell it from every other f32. */
export function formatExact(value: number): string {
  return formatFigure(value, 9);
}

/** Writes a probability: 0.998, and 2e-7 where it is tiny. */
export function formatProbability(probability: number): string {
  return probability >= 0.001 ? probability.toFixed(3) : formatFigure(probability, 1);
}

/** Writes a signed difference; zero stays bare. */
export function formatSigned(value: number): string {
  return value > 0 ? `+${formatFigure(value)}` : formatFigure(value);
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const;

/** Writes bytes in binary units: 1.25 MiB. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${BYTE_UNITS[unit]}`;
}

/** Writes bytes to the last one, in the largest unit that they are a multiple of: 2 GiB, 1500 B. */
export function exactBytes(bytes: number): string {
  const unit = BYTE_UNITS.findLastIndex((_, power) => bytes % 1024 ** power === 0);
  return `${bytes / 1024 ** unit} ${BYTE_UNITS[unit]}`;
}

/** Writes a number of parameters or multiply-adds: 1.03 M. */
export function formatScale(count: number): string {
  const steps = [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const;
  for (const [unit, suffix] of steps) {
    if (count >= unit) return `${Number((count / unit).toPrecision(3))} ${suffix}`;
  }
  return String(count);
}

export function formatMs(elapsedMs: number): string {
  return elapsedMs < 10 ? `${Number(elapsedMs.toPrecision(2))} ms` : `${Math.round(elapsedMs)} ms`;
}

/** Writes the 32 bits of an f32 as 0x3f800000. */
export function formatBits(bits: number): string {
  return `0x${(bits >>> 0).toString(16).padStart(8, '0')}`;
}
