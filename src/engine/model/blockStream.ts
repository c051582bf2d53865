// Blocks that do not fit beside each other: each is read and uploaded while the one before it runs, into the buffers that the one two
// before it is done with. The queue's own order guards them: a block's layout is submitted after the run of its predecessor in
// those buffers. The weights are the checkpoint's own, so the bits are those of a resident run.
import type { Checkpoint, TensorEntry } from '../checkpoint/checkpoint.ts';
import type { Segment } from './recorder.ts';
import type { Destinations, Uploader } from './uploader.ts';
import type { UploadPlan } from './uploadPlan.ts';

/** The tensors of one block, or of what belongs to none, and where they go. */
export type UploadPart = Destinations & { readonly entries: readonly TensorEntry[] };

/** What a plan uploads for one layer; null: for no block. */
export function uploadPart(checkpoint: Checkpoint, plan: UploadPlan, layer: number | null): UploadPart {
  const matrices = plan.matrices.filter((upload) => upload.layer === layer);
  const vectors = plan.vectors.filter((upload) => upload.layer === layer);
  const names = new Set([...matrices, ...vectors].map(({ view }) => view.tensor));
  return { matrices, vectors, entries: [...checkpoint.tensors.values()].filter(({ name }) => names.has(name)) };
}

/** The streamed blocks of a model. The model frees it by `destroy`. */
export class BlockStream {
  readonly #uploader: Uploader;
  readonly #blocks: readonly UploadPart[];

  constructor(uploader: Uploader, blocks: readonly UploadPart[]) {
    this.#uploader = uploader;
    this.#blocks = blocks;
  }

  /** Walks through a pass: submits each segment once the weights that it reads are on their way. Throws what a source throws. */
  async walk(
    segments: readonly Segment[],
    submit: (segment: Segment, at: number) => Promise<void> | void,
    signal?: AbortSignal,
  ): Promise<void> {
    const layers = segments.flatMap(({ layer }) => (layer === null ? [] : [layer]))[Symbol.iterator]();
    let next = this.#upload(layers.next().value, signal);
    try {
      for (const [at, segment] of segments.entries()) {
        if (segment.layer !== null) await next;
        await submit(segment, at);
        if (segment.layer !== null) next = this.#upload(layers.next().value, signal);
      }
    } finally {
      await next.catch(() => {}); // awaited where it matters; here only so that no read outlives the walk
    }
  }

  destroy(): void {
    this.#uploader.destroy();
  }

  async #upload(layer: number | undefined, signal?: AbortSignal): Promise<void> {
    if (layer === undefined) return;
    const block = this.#blocks[layer];
    if (!block) throw new Error(`internal: there is no block ${layer} to stream`);
    await this.#uploader.upload(block.entries, block, () => {}, signal);
  }
}
