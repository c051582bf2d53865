// Dispatches headThumbnails.wgsl.
import type { BufferSlot } from '../gpu/gpuTensor.ts';
import type { Kernel } from '../gpu/pipelineCache.ts';
import type { Dispatch } from '../gpu/plan.ts';
import code from './headThumbnails.wgsl?raw';

export const HEAD_THUMBNAILS: Kernel = { name: 'headThumbnails', code, bindings: ['uniform', 'read', 'write'] };

/** Heads whose patterns lie one after another: dense [n_heads, n_pos, n_pos] from `offset` elements on. */
export type HeadPatterns = { readonly slot: BufferSlot; readonly offset: number };

export type HeadThumbnailsArgs = {
  readonly label: string;
  readonly pattern: HeadPatterns;
  readonly nHeads: number; // of this dispatch
  readonly nPos: number;
  readonly atlas: BufferSlot; // [all heads, extent, extent]
  readonly extent: number;
  readonly firstHead: number; // where in the atlas they go
};

/** The thumbnails of some heads, into their places of the atlas. */
export function headThumbnails(args: HeadThumbnailsArgs): Dispatch {
  const groups = Math.ceil(args.extent / 8);
  return {
    label: args.label,
    kernel: HEAD_THUMBNAILS,
    overrides: {},
    dims: [args.nPos, args.extent, args.firstHead, args.pattern.offset],
    buffers: [args.pattern.slot, args.atlas],
    workgroups: [groups, groups, args.nHeads],
    multiplyAdds: 0,
  };
}
