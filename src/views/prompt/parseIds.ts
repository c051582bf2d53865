// Token ids as people paste them: '0 631 523', '[0, 631, 523]', 'tensor([[0, 631]])', one a line. Pure.

/** Reads ids; null where there are none or anything else stands among them. */
export function parseIds(text: string): readonly number[] | null {
  const inner = text.trim().replace(/^tensor\((.*?)(?:,\s*(?:dtype|device)=.*)?\)$/s, '$1');
  const parts = inner.split(/[\s,[\]]+/).filter(Boolean);
  if (parts.length === 0 || !parts.every((part) => /^\d{1,7}$/.test(part))) return null;
  return parts.map(Number);
}
