// A run beside a cache of which only the last row is read: its logits, and the pattern rows that were captured.
import type { GpuTensor } from '../../gpu/gpuTensor.ts';
import { Readback } from '../../gpu/readback.ts';
import { blockHook, type HookName } from '../../hooks/hookName.ts';
import { finalLogits } from '../../model/finalLogits.ts';
import type { PreparedRun } from '../../model/prepareRun.ts';
import type { PatternRow } from './generation.ts';

export type Row = { readonly logits: Float32Array<ArrayBuffer>; readonly patterns: readonly PatternRow[] };

/** It owns its run: whoever made it frees both by `destroy`. */
export class RowReader {
  readonly #run: PreparedRun;
  readonly #readback: Readback;
  readonly #patterns: readonly { readonly layer: number; readonly heads: number; readonly capacity: number }[];

  private constructor(run: PreparedRun, readback: Readback) {
    this.#run = run;
    this.#readback = readback;
    this.#patterns = patternHooks(run).map(({ layer, tensor }) => {
      return { layer, heads: tensor.shape[0] ?? 0, capacity: tensor.shape[2] ?? 0 };
    });
  }

  /** Plans what is read back; frees the run where that fails. */
  static async make(run: PreparedRun): Promise<RowReader> {
    try {
      const logits = tensorOf(run, run.logitsHook);
      const patterns = patternHooks(run).map(({ tensor }) => lastOf(tensor, 1));
      return new RowReader(run, await Readback.make(run.request.model.gpu, [lastOf(logits, 0), ...patterns]));
    } catch (error) {
      run.destroy();
      throw error;
    }
  }

  /** Runs the ids at their positions, and reads the last row. */
  async run(tokenIds: readonly number[], position: number, signal?: AbortSignal): Promise<Row> {
    signal?.throwIfAborted();
    const { model } = this.#run.request;
    this.#run.moveTo(position);
    const also = (encoder: GPUCommandEncoder) => this.#readback.encode(encoder);
    if (model.stream) await this.#run.execute(tokenIds, also, signal);
    else this.#run.submit(tokenIds, also);
    const [logits, ...patterns] = await this.#readback.read();
    signal?.throwIfAborted();
    if (!logits) throw new Error('internal: no logits were read back');
    const nKeys = position + tokenIds.length;
    return {
      logits: finalLogits(model.config, logits),
      patterns: this.#patterns.map(({ layer, heads, capacity }, at) => {
        return { layer, values: seen(patterns[at] ?? new Float32Array(), { heads, capacity, nKeys }) };
      }),
    };
  }

  destroy(): void {
    this.#readback.destroy();
    this.#run.destroy();
  }
}

function patternHooks(run: PreparedRun): { layer: number; tensor: GpuTensor }[] {
  const layers = Array.from({ length: run.request.model.config.nLayers }, (_, layer) => layer);
  return layers.flatMap((layer) => {
    const tensor = run.capture.tensor(blockHook(layer, 'attn.hook_pattern'));
    return tensor ? [{ layer, tensor }] : [];
  });
}

function tensorOf(run: PreparedRun, hook: HookName): GpuTensor {
  const tensor = run.capture.tensor(hook);
  if (!tensor) throw new Error(`internal: ${hook} was not captured`);
  return tensor;
}

/** The last index of an axis, the axis kept with one. */
function lastOf(tensor: GpuTensor, axis: number): GpuTensor {
  const offset = tensor.offset + ((tensor.shape[axis] ?? 1) - 1) * (tensor.strides[axis] ?? 0);
  return { ...tensor, offset, shape: tensor.shape.map((extent, at) => (at === axis ? 1 : extent)) };
}

/** The keys that a row has seen, of rows as long as the cache: [n_heads, capacity] → [n_heads, keys]. */
function seen(
  rows: Float32Array<ArrayBuffer>,
  { heads, capacity, nKeys }: { readonly heads: number; readonly capacity: number; readonly nKeys: number },
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(heads * nKeys);
  for (let head = 0; head < heads; head++) {
    values.set(rows.subarray(head * capacity, head * capacity + nKeys), head * nKeys);
  }
  return values;
}
