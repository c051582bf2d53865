// What edit.wgsl does for each operation of an intervention, and where its source comes from.
import type { BufferSlot, GpuTensor } from '../gpu/gpuTensor.ts';
import type { HookName } from '../hooks/hookName.ts';
import type { Operation } from '../hooks/intervention.ts';
import { seededNoise } from '../hooks/noise.ts';
import { type EditArgs, type EditShape, type EditView, meanPositions } from '../kernels/edit.ts';
import { embed } from '../kernels/embed.ts';
import { elementCount } from '../tensor/shape.ts';
import { editView, isPlane } from './editViews.ts';
import type { GpuTable } from './gpuWeights.ts';
import type { Recorder } from './recorder.ts';

export type OperationKernel = Pick<EditArgs, 'operation' | 'factor' | 'source'>;

/** What an operation may read: the activation, other activations, the embedding, numbers of its own. */
export type OperationPlace = {
  readonly hook: HookName;
  readonly x: GpuTensor;
  readonly shape: EditShape;
  readonly label: string;
  readonly recorder: Recorder;
  readonly nPositions: number; // of the run, or all that its cache holds
  readonly W_E: GpuTable;
  readonly embedScale: number;
  readonly upload: (label: string, values: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>) => BufferSlot;
  readonly source: () => EditView;
};

/** Chooses the kernel's operation, and records or uploads the source that it reads. */
export function operationKernel(operation: Operation, place: OperationPlace): OperationKernel {
  switch (operation.kind) {
    case 'zero':
      return { operation: 'fill', factor: 0, source: null };
    case 'scale':
      return { operation: 'scale', factor: operation.factor, source: null };
    case 'mean':
      return { operation: 'replace', factor: 0, source: meanSource(place) };
    case 'set': {
      const [value] = operation.values;
      if (operation.values.length === 1) return { operation: 'fill', factor: value ?? 0, source: null };
      return { operation: 'replace', factor: 0, source: vectorSource(operation.values, place) };
    }
    case 'patch':
    case 'freeze':
      return { operation: 'replace', factor: 0, source: place.source() };
    case 'add':
      return { operation: 'add', factor: operation.factor, source: place.source() };
    case 'addVector':
      return { operation: 'add', factor: operation.factor, source: vectorSource(operation.values, place) };
    case 'addToken':
      return { operation: 'add', factor: operation.factor, source: tokenSource(operation.token, place) };
    case 'swap':
      return { operation: 'replace', factor: 0, source: editView(place.hook, place.x, place.shape.batch > 1) };
    case 'noise':
      return { operation: 'add', factor: operation.deviation, source: noiseSource(operation.seed, place) };
    default:
      return operation satisfies never;
  }
}

/** [batch, heads, width], the same for all positions. */
function meanSource({ hook, x, shape, label, recorder }: OperationPlace): EditView {
  const { batch, heads, width } = shape;
  const tensor = recorder.allocate(`${label}.mean`, [batch, heads, width], 0, []);
  const mean = { tensor, batchStride: heads * width, posStride: 0, headStride: width };
  recorder.emit(meanPositions(shape, editView(hook, x, batch > 1), mean));
  return mean;
}

/** One number for all elements, a vector for all heads, or one vector a head. */
function vectorSource(values: readonly number[], { shape, label, upload }: OperationPlace): EditView {
  const { heads, width } = shape;
  const full = values.length === 1 ? new Array<number>(width).fill(values[0] ?? 0) : values;
  const headStride = full.length === width ? 0 : width;
  const slot = upload(`${label}.vector`, Float32Array.from(full));
  const tensor = { label: `${label}.vector`, slot, shape: [heads, width], strides: [headStride, 1], offset: 0 };
  return { tensor, batchStride: 0, posStride: 0, headStride };
}

/** The token's column of W_E, [d_model], the same for all positions and heads. */
function tokenSource(token: number, { shape, label, recorder, W_E, embedScale, upload }: OperationPlace): EditView {
  const y = recorder.allocate(`${label}.token`, [1, shape.width], 1, []);
  const ids = upload(`${label}.token_id`, Uint32Array.of(token));
  let firstColumn = 0;
  for (const table of W_E) {
    recorder.emit(embed({ ids, rows: 1, table, firstColumn, scale: embedScale, y, yRowStride: y.strides[0] ?? 0 }));
    firstColumn += table.groupColumns;
  }
  return { tensor: y, batchStride: 0, posStride: 0, headStride: 0 };
}

/** Noise for each element of one prompt's activation, the same in every element of a batch; beside a cache, for all its positions. */
function noiseSource(seed: number, { hook, x, shape, label, nPositions, upload }: OperationPlace): EditView {
  const prompt = shape.batch === 1 ? x.shape : x.shape.slice(1);
  const own = isPlane(hook) ? prompt : [nPositions, ...prompt.slice(1)];
  const slot = upload(`${label}.noise`, seededNoise(own, seed));
  const strides = own.map((_, axis) => elementCount(own.slice(axis + 1)));
  return editView(hook, { label: `${label}.noise`, slot, shape: own, strides, offset: 0 }, false);
}
