// A path sweep as text: what each head and MLP tells the receivers, layers down, and the senders that say most.
import { nameOf, type PathSweep, type PathSweepResult } from '../engine/index.ts';
import { type MapCell, mapText, ownText, strongestText } from './mapText.ts';

const NAME_WIDTH = 12;

/** Writes the maps: each cell is the metric when the receivers alone hear of its sender. */
export function pathsText(
  { receivers, heads, mlps, metric, position }: PathSweep,
  { clean, corrupted, cells }: PathSweepResult,
  { nLayers, hasKvHeads }: { readonly nLayers: number; readonly hasKvHeads: boolean }, // fewer kv heads than heads, and not repeated
): string {
  const [ofHeads, ofMlps]: [MapCell[], MapCell[]] = [[], []];
  for (const { sender, value } of cells) {
    if (sender.kind === 'head') ofHeads.push({ layer: sender.layer, column: sender.head, value });
    if (sender.kind === 'mlp') ofMlps.push({ layer: sender.layer, column: 0, value });
  }
  const to = receivers.map((end) => nameOf(end, hasKvHeads)).join(', ');
  return [
    ownText(metric, position, clean, corrupted),
    `told to ${to}; other heads ${heads}, other MLPs ${mlps}`,
    ...(ofHeads.length > 0 ? [mapText('by each head', ofHeads, nLayers)] : []),
    ...(ofMlps.length > 0 ? [mapText('by each MLP', ofMlps, nLayers)] : []),
    strongestText(cells, clean, ({ sender }) => nameOf(sender, hasKvHeads).padEnd(NAME_WIDTH)),
  ].join('\n\n');
}
