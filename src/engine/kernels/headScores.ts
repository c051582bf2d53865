// Dispatches headScores.wgsl.
import type { BufferSlot } from '../gpu/gpuTensor.ts';
import type { Kernel } from '../gpu/pipelineCache.ts';
import type { Dispatch } from '../gpu/plan.ts';
import code from './headScores.wgsl?raw';
import type { HeadPatterns } from './headThumbnails.ts';

export const HEAD_SCORES_KERNEL: Kernel = {
  name: 'headScores',
  code,
  bindings: ['uniform', 'read', 'read', 'read', 'write'],
};

/** Sums of one head: previous, induction, duplicate, first, self, entropy, largest difference, 0. */
export const SUMS_PER_HEAD = 8;

export type HeadScoresArgs = {
  readonly label: string;
  readonly pattern: HeadPatterns;
  readonly other: HeadPatterns | null; // of another run; null: there is none, and no difference
  readonly nHeads: number; // of this dispatch
  readonly nPos: number;
  readonly tokenIds: BufferSlot; // [n_pos]
  readonly sums: BufferSlot; // [all heads, 8]
  readonly firstHead: number; // where in the sums they go
  readonly lanes: number;
};

/** The sums of some heads, into their places. */
export function headScoreSums(args: HeadScoresArgs): Dispatch {
  const other = args.other ?? args.pattern;
  return {
    label: args.label,
    kernel: HEAD_SCORES_KERNEL,
    overrides: { lanes: args.lanes, has_other: Number(args.other !== null) },
    dims: [args.nPos, args.firstHead, args.pattern.offset, other.offset],
    buffers: [args.pattern.slot, other.slot, args.tokenIds, args.sums],
    workgroups: [args.nHeads, 1, 1],
    multiplyAdds: 0,
  };
}
