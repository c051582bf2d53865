// Dispatches patternFacts.wgsl.
import type { BufferSlot } from '../gpu/gpuTensor.ts';
import type { Kernel } from '../gpu/pipelineCache.ts';
import type { Dispatch } from '../gpu/plan.ts';
import factsCode from './patternFacts.wgsl?raw';
import rowSumCode from './shared/rowSum.wgsl?raw';

export const PATTERN_FACTS: Kernel = {
  name: 'patternFacts',
  code: [rowSumCode, factsCode].join('\n'),
  bindings: ['uniform', 'read', 'read', 'write'],
};

type PatternOfLayer = {
  readonly label: string;
  readonly pattern: BufferSlot; // [n_heads, n_pos, n_pos], dense
  readonly nHeads: number;
  readonly nPos: number;
  readonly firstHead: number; // of all layers' heads
  readonly lanes: number;
};

/** Sums one layer's rows and checks its masked keys: a vec4 a head. */
export function patternFacts(
  args: PatternOfLayer & { readonly scores: BufferSlot; readonly facts: BufferSlot },
): Dispatch {
  return {
    label: args.label,
    kernel: PATTERN_FACTS,
    overrides: { lanes: args.lanes },
    dims: [args.nPos, args.firstHead, 0],
    buffers: [args.scores, args.pattern, args.facts],
    workgroups: [args.nHeads, 1, 1],
    multiplyAdds: 0,
  };
}
