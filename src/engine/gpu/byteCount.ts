// Bytes as a person writes them: 2147483648, 512 MiB, 2.5GiB.

const LARGER = [
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
  ['TiB', 2 ** 40],
] as const;

const UNITS = new Map<string, number>([
  ['', 1],
  ['b', 1],
  ...LARGER.map(([unit, size]) => [unit.toLowerCase(), size] as const),
]);

/** Words bytes for an error: the exact number and, from a KiB on, what it is nearly: 18208272 bytes (17.4 MiB). */
export function byteWords(bytes: number): string {
  const [unit, size] = [...LARGER].reverse().find(([, least]) => bytes >= least) ?? ['', 1];
  return unit === '' ? `${bytes} bytes` : `${bytes} bytes (${(bytes / size).toFixed(1)} ${unit})`;
}

/** Reads a number of bytes, whole and above 0; null where the text is none. */
export function readByteCount(text: string): number | null {
  const [, figure, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = UNITS.get((unit ?? '?').toLowerCase());
  if (figure === undefined || factor === undefined) return null;
  const bytes = Math.floor(Number(figure) * factor);
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : null;
}
