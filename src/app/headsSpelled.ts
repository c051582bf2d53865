// Heads that a query of the palette spells, whole or in part. Pure.

const MOST_HEADS = 16; // of one list

/** The heads that a query names or begins to name: L9H6 is one, L9 are all of its layer, as many as a list holds. */
export function headsSpelled(
  query: string,
  { nLayers, nHeads }: { readonly nLayers: number; readonly nHeads: number },
): readonly (readonly [layer: number, head: number])[] {
  const spelled = /^l(\d{1,3})(?:h(\d{0,3}))?$/i.exec(query.trim());
  const layer = Number(spelled?.[1]);
  if (!spelled || layer >= nLayers) return [];
  const digits = spelled[2] ?? '';
  const heads = Array.from({ length: nHeads }, (_, head) => head).filter((head) => String(head).startsWith(digits));
  const exact = heads.filter((head) => String(head) === digits);
  return [...exact, ...heads.filter((head) => !exact.includes(head))].slice(0, MOST_HEADS).map((head) => [layer, head]);
}
