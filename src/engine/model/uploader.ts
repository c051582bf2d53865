// Brings pieces of a checkpoint onto the GPU by a few lanes side by side. A lane reads a piece, waits until the GPU is done with its
// staging buffer, fills it and has it laid out: while one lane's piece is laid out, the others read. So what lies in memory is at
// most two pieces a lane (one read, one under way), whatever a tensor weighs.

import type { TensorEntry } from '../checkpoint/checkpoint.ts';
import type { Gpu } from '../gpu/device.ts';
import { GpuError } from '../gpu/gpuError.ts';
import { BufferSlot } from '../gpu/gpuTensor.ts';
import { type Dispatch, packDims, prepare, record, UNIFORM_ALIGNMENT } from '../gpu/plan.ts';
import { PANEL_COLUMNS, panelsPerGroup } from '../kernels/gpuWeight.ts';
import { HostLayout } from '../kernels/layoutOnHost.ts';
import { layoutWeight } from '../kernels/layoutWeight.ts';
import { widenToF32 } from '../tensor/bits.ts';
import { bytesPerElement } from '../tensor/dtype.ts';
import { cutPieces, FRAGMENT_ALIGNMENT, type Fragment, type Piece } from './pieces.ts';
import type { MatrixUpload, VectorUpload } from './uploadPlan.ts';

/** Where each tensor goes. */
export type Destinations = {
  readonly matrices: readonly MatrixUpload[];
  readonly vectors: readonly VectorUpload[];
};

/** Who lays matrices out in panels: a software adapter's cores are the host's own, and a plain loop moves bits faster there. */
export type LayoutBy = 'gpu' | 'host';

const LANES = 4;
const PIECE_BYTES = 4 << 20;
const PIECE_FRAGMENTS = 48;
const LANE_DISPATCHES = 4 * PIECE_FRAGMENTS; // at a time; a tensor fills q, k and v, parts of a table, or every expert

type Lane = { readonly staging: BufferSlot; readonly uniforms: BufferSlot; settled: Promise<unknown> };

/** The lanes of one model's upload. Whoever made it frees it by `destroy`. */
export class Uploader {
  readonly #gpu: Gpu;
  readonly #lanes: readonly Lane[];
  readonly #host: HostLayout | null; // null: the GPU lays out everything

  private constructor(gpu: Gpu, lanes: readonly Lane[], layout: LayoutBy) {
    this.#gpu = gpu;
    this.#lanes = lanes;
    this.#host = layout === 'host' ? new HostLayout() : null;
  }

  /** Bytes that an uploader holds on the GPU. */
  static readonly gpuBytes =
    LANES * (PIECE_BYTES + PIECE_FRAGMENTS * FRAGMENT_ALIGNMENT + LANE_DISPATCHES * UNIFORM_ALIGNMENT);

  /** Allocates the lanes. Throws `limit` or `out-of-memory`. */
  static async make(gpu: Gpu, layout: LayoutBy = gpu.adapter.isSoftware ? 'host' : 'gpu'): Promise<Uploader> {
    const lanes = Array.from({ length: LANES }, (_, at) => ({
      staging: new BufferSlot(`upload.${at}`, PIECE_BYTES + PIECE_FRAGMENTS * FRAGMENT_ALIGNMENT),
      uniforms: new BufferSlot(`upload.${at}.dims`, LANE_DISPATCHES * UNIFORM_ALIGNMENT, 'uniform'),
      settled: Promise.resolve(),
    }));
    await gpu.allocate(lanes.flatMap(({ staging, uniforms }) => [staging, uniforms]));
    return new Uploader(gpu, lanes, layout);
  }

  /**
   * Uploads whole tensors; resolves once the last is on its way to the GPU, in queue order before whatever is submitted next.
   * `onBytes` is told the bytes of each piece. Throws what a source throws, once every lane has stopped.
   */
  async upload(
    entries: Iterable<TensorEntry>,
    destinations: Destinations,
    onBytes: (bytes: number) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const targets = byTensor(destinations);
    const isDivisible = (entry: TensorEntry) => targets.get(entry.name)?.vectors.length === 0;
    const queue = cutPieces(entries, { bytes: PIECE_BYTES, fragments: PIECE_FRAGMENTS }, isDivisible)[
      Symbol.iterator
    ]();
    let failed = false;
    const drive = async (lane: Lane): Promise<void> => {
      for (const piece of queue) {
        if (failed) return;
        try {
          await this.#piece(lane, piece, targets, signal);
        } catch (error) {
          failed = true;
          throw error;
        }
        onBytes(piece.byteLength);
      }
    };
    const outcomes = await Promise.allSettled(this.#lanes.map(drive));
    const rejected = outcomes.find((outcome) => outcome.status === 'rejected');
    if (rejected) throw rejected.reason;
  }

  destroy(): void {
    for (const { staging, uniforms } of this.#lanes) {
      staging.destroy();
      uniforms.destroy();
    }
  }

  async #piece(lane: Lane, piece: Piece, targets: ReadonlyMap<string, Targets>, signal?: AbortSignal): Promise<void> {
    const { device } = this.#gpu;
    signal?.throwIfAborted();
    const bytes = await piece.source.read(piece.byteOffset, piece.byteLength, signal);
    await lane.settled;
    signal?.throwIfAborted();
    if (this.#gpu.isLost) throw new GpuError('device-lost', 'The GPU was lost while the weights were uploaded.');
    const dispatches: Dispatch[] = [];
    let stagingOffset = 0;
    for (const fragment of piece.fragments) {
      const { matrices, vectors } = targets.get(fragment.entry.name) ?? NOWHERE;
      if (vectors.length > 0) writeVectors(this.#gpu, bytes, fragment, vectors);
      const left = matrices.filter((matrix) => !this.#laidOutOnHost(bytes, fragment, matrix));
      if (left.length === 0) continue;
      this.#stage(lane, bytes, fragment, stagingOffset);
      dispatches.push(...layouts(lane, fragment, stagingOffset, left));
      stagingOffset = alignedUp(stagingOffset + fragment.byteLength);
    }
    for (let done = 0; done < dispatches.length; done += LANE_DISPATCHES) {
      await this.#layOut(lane, dispatches.slice(done, done + LANE_DISPATCHES));
    }
    lane.settled = device.queue.onSubmittedWorkDone().catch(() => {}); // a lost GPU is told by the next piece
  }

  /** Where the host lays out: writes the fragment's panels, and tells whether it could. */
  #laidOutOnHost(bytes: Uint8Array<ArrayBuffer>, fragment: Fragment, { view, target }: MatrixUpload): boolean {
    if (!this.#host) return false;
    const { entry, pieceOffset, tensorOffset, byteLength } = fragment;
    const own = bytes.subarray(pieceOffset, pieceOffset + byteLength);
    const base = tensorOffset / bytesPerElement(entry.dtype);
    const laidOut = this.#host.panels({ bytes: own, dtype: entry.dtype, base }, view, target);
    if (!laidOut) return false;
    const { byteOffset, panels, elements } = laidOut;
    this.#gpu.device.queue.writeBuffer(target.slot.buffer, byteOffset, panels, 0, elements);
    this.#gpu.counters.uploadedBytes += elements * panels.BYTES_PER_ELEMENT;
    return true;
  }

  /** Puts a fragment's bytes into the lane's staging buffer, padded to whole words. */
  #stage(
    lane: Lane,
    bytes: Uint8Array<ArrayBuffer>,
    { pieceOffset, byteLength }: Fragment,
    stagingOffset: number,
  ): void {
    const { queue } = this.#gpu.device;
    const whole = byteLength - (byteLength % 4);
    queue.writeBuffer(lane.staging.buffer, stagingOffset, bytes, pieceOffset, whole);
    if (whole < byteLength) {
      const rest = new Uint8Array(4);
      rest.set(bytes.subarray(pieceOffset + whole, pieceOffset + byteLength));
      queue.writeBuffer(lane.staging.buffer, stagingOffset + whole, rest);
    }
    this.#gpu.counters.uploadedBytes += byteLength;
  }

  async #layOut(lane: Lane, dispatches: readonly Dispatch[]): Promise<void> {
    const gpu = this.#gpu;
    const compiled = await Promise.all(dispatches.map((d) => gpu.pipelines.compile(d.kernel, d.overrides)));
    gpu.device.queue.writeBuffer(lane.uniforms.buffer, 0, packDims(dispatches));
    const encoder = gpu.device.createCommandEncoder({ label: 'upload' });
    const pass = encoder.beginComputePass({ label: 'upload' });
    dispatches.forEach((dispatch, at) => {
      record(pass, prepare(gpu, dispatch, compiled[at], lane.uniforms, at));
    });
    pass.end();
    gpu.submit(encoder);
    gpu.counters.dispatches += dispatches.length;
  }
}

type Targets = { readonly matrices: MatrixUpload[]; readonly vectors: VectorUpload[] };

const NOWHERE: Targets = { matrices: [], vectors: [] };

function byTensor({ matrices, vectors }: Destinations): ReadonlyMap<string, Targets> {
  const targets = new Map<string, Targets>();
  const of = (tensor: string): Targets => {
    const known = targets.get(tensor) ?? { matrices: [], vectors: [] };
    targets.set(tensor, known);
    return known;
  };
  for (const matrix of matrices) of(matrix.view.tensor).matrices.push(matrix);
  for (const vector of vectors) of(vector.view.tensor).vectors.push(vector);
  return targets;
}

function layouts(
  lane: Lane,
  { entry, tensorOffset, byteLength }: Fragment,
  stagingOffset: number,
  matrices: readonly MatrixUpload[],
): Dispatch[] {
  const elementBytes = bytesPerElement(entry.dtype);
  const source = {
    slot: lane.staging,
    dtype: entry.dtype,
    base: tensorOffset / elementBytes,
    elements: byteLength / elementBytes,
    first: stagingOffset / elementBytes,
  };
  return matrices.flatMap(({ view, target }) => layoutWeight({ label: target.slot.label, source, view, target }));
}

/** Biases and norms are short: they are widened and laid out here, in f32. */
function writeVectors(
  gpu: Gpu,
  bytes: Uint8Array<ArrayBuffer>,
  { entry, pieceOffset, byteLength }: Fragment,
  vectors: readonly VectorUpload[],
): void {
  const tensor = widenToF32(bytes.slice(pieceOffset, pieceOffset + byteLength), entry.dtype);
  for (const { view, slot, firstGroup, groupColumns, padded } of vectors) {
    const groupElements = padded ? panelsPerGroup(groupColumns) * PANEL_COLUMNS : groupColumns;
    const laidOut = new Float32Array(Math.ceil(view.columns / groupColumns) * groupElements);
    for (let n = 0; n < view.columns; n++) {
      const at =
        view.offset +
        Math.floor(n / view.columnsPerGroup) * view.groupStride +
        (n % view.columnsPerGroup) * view.columnStride;
      laidOut[Math.floor(n / groupColumns) * groupElements + (n % groupColumns)] = tensor[at] ?? Number.NaN;
    }
    gpu.device.queue.writeBuffer(slot.buffer, firstGroup * groupElements * 4, laidOut);
    gpu.counters.uploadedBytes += laidOut.byteLength;
  }
}

function alignedUp(bytes: number): number {
  return Math.ceil(bytes / FRAGMENT_ALIGNMENT) * FRAGMENT_ALIGNMENT;
}
