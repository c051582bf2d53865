// How senders and receivers are written: `L1H3`, `L2H0.q`, `L2KV0.k`, `L2.mlp`, `embed`, `final`; in forms and on the command line.
import type { Receiver, Sender } from './pathPatch.ts';

const PLACE = /^L(\d{1,4})(?:(H|KV)(\d{1,4}))?(?:[. ]?(q|k|v|mlp))?$/i;

/** Reads one sender; null where it is none. */
export function parseSender(text: string): Sender | null {
  if (/^embed$/i.test(text)) return { kind: 'embed' };
  const [, layer, axis, head, part] = PLACE.exec(text) ?? [];
  if (layer === undefined) return null;
  if (axis === undefined) return part?.toLowerCase() === 'mlp' ? { kind: 'mlp', layer: Number(layer) } : null;
  const isHead = axis.toUpperCase() === 'H' && part === undefined;
  return isHead ? { kind: 'head', layer: Number(layer), head: Number(head) } : null;
}

/** Reads one receiver; null where it is none. k and v are counted as their own hooks count heads, whether written H or KV. */
export function parseReceiver(text: string): Receiver | null {
  if (/^final$/i.test(text)) return { kind: 'final' };
  const [, layer, axis, head, part] = PLACE.exec(text) ?? [];
  if (layer === undefined) return null;
  const kind = part?.toLowerCase();
  if (axis === undefined) return kind === 'mlp' ? { kind: 'mlp', layer: Number(layer) } : null;
  if (kind !== 'q' && kind !== 'k' && kind !== 'v') return null;
  if (kind === 'q' && axis.toUpperCase() === 'KV') return null; // queries are heads' own
  return { kind, layer: Number(layer), head: Number(head) };
}

/** Reads a list, separated by commas; gives the first entry that is none as text. */
export function parseEnds<T>(text: string, parse: (entry: string) => T | null): readonly T[] | string {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const ends: T[] = [];
  for (const entry of entries) {
    const end = parse(entry);
    if (end === null) return entry;
    ends.push(end);
  }
  return ends;
}
