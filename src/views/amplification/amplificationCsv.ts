// The amplification as a table for other programs: a line a block, what has no value empty. Pure.
import { type Amplification, factorsOf } from '../../engine/index.ts';

const HEAD = 'block,entering_rms,times_attention,times_mlp,times_block,carried_rms,added_rms,leaving_rms';

/** Writes the blocks as CSV, numbers as JavaScript writes them: nothing is rounded. */
export function amplificationCsv({ blocks }: Amplification): string {
  const lines = blocks.map((amplified) => {
    const { layer, entering, carried, added, leaving } = amplified;
    const { attention, mlp, block } = factorsOf(amplified);
    return [layer, entering, attention, mlp, block, carried, added, leaving].map((value) => value ?? '').join(',');
  });
  return [HEAD, ...lines, ''].join('\n');
}
