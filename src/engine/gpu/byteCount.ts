// Bytes as a person writes them: 2147483648, 512 MiB, 2.5GiB.

const UNITS = new Map([
  ['', 1],
  ['b', 1],
  ['kib', 2 ** 10],
  ['mib', 2 ** 20],
  ['gib', 2 ** 30],
  ['tib', 2 ** 40],
]);

/** Reads a number of bytes, whole and above 0; null where the text is none. */
export function readByteCount(text: string): number | null {
  const [, figure, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = UNITS.get((unit ?? '?').toLowerCase());
  if (figure === undefined || factor === undefined) return null;
  const bytes = Math.floor(Number(figure) * factor);
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : null;
}
