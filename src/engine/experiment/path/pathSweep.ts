// Path sweep: one receiver or several, asked in turn what each sender tells them; Wang et al. 2022, figures 3 and 5. Plain data, for
// links, files and the command line; `runPathSweep.ts` runs it.
import type { Metric } from '../../analysis/metric.ts';
import type { ModelConfig } from '../../checkpoint/modelConfig.ts';
import { type PathPatch, type Sender, whyNotPathPatch } from './pathPatch.ts';

export type PathSweep = Omit<PathPatch, 'sender'> & {
  readonly senders: readonly Sender[] | 'all'; // all: every head, MLP and the embedding that has a path to each receiver
  readonly metric: Metric;
  readonly position: number; // where the metric looks
};

/** What one sender tells the receivers. */
export type PathCell = {
  readonly sender: Sender;
  readonly value: number; // the metric when the receivers alone hear of it
};

/** The senders of a sweep in running order. */
export function sendersOf(
  sweep: PathSweep,
  config: ModelConfig,
  kv: 'broadcast' | 'repeat',
  nPos: number,
): readonly Sender[] {
  if (sweep.senders !== 'all') return sweep.senders;
  const all: Sender[] = [{ kind: 'embed' }];
  for (let layer = 0; layer < config.nLayers; layer++) {
    for (let head = 0; head < config.nHeads; head++) all.push({ kind: 'head', layer, head });
    all.push({ kind: 'mlp', layer });
  }
  return all.filter((sender) => whyNotPathPatch(pathOf(sweep, sender), config, kv, nPos) === null);
}

/** One sender's path patch. */
export function pathOf({ receivers, heads, mlps }: PathSweep, sender: Sender): PathPatch {
  return { sender, receivers, heads, mlps };
}
