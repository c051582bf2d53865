// A checkpoint's weights widened to f64, row-major: what the reference forward pass multiplies with.
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { BlockWeights, MlpWeights, ModelWeights, NormWeights, WeightView } from '../checkpoint/weights.ts';
import { widenToF32 } from '../tensor/bits.ts';
import { type Precision, roundingTo } from './precision.ts';
import type { ReferenceMatrix } from './referenceTensor.ts';

type Payloads = ReadonlyMap<string, Float32Array>;
type Widen<T> = (weight: T) => ReferenceMatrix;

/** Reads every weight of a checkpoint; a tied W_U is the very same object as W_E. Throws where a payload cannot be read. */
export async function readReferenceWeights(
  checkpoint: Checkpoint,
  signal?: AbortSignal,
  precision: Precision = 'f32', // what the weights are rounded to
): Promise<ModelWeights<ReferenceMatrix>> {
  const payloads = new Map<string, Float32Array>();
  for (const { name, dtype, source, byteOffset, byteLength } of checkpoint.tensors.values()) {
    payloads.set(name, widenToF32(await source.read(byteOffset, byteLength, signal), dtype));
  }
  return modelWeights(checkpoint.weights, onceForEach(payloads, precision));
}

/** Lays one view's elements out row-major (the formula of WeightView), each rounded by `stored`: [rows, columns]. */
export function readView(
  view: WeightView,
  payload: Float32Array,
  stored: (x: number) => number = (x) => x,
): ReferenceMatrix {
  const values = new Float64Array(view.rows * view.columns);
  for (let k = 0; k < view.rows; k++) {
    for (let n = 0; n < view.columns; n++) {
      const group = Math.floor(n / view.columnsPerGroup);
      const inGroup = n % view.columnsPerGroup;
      const from = view.offset + k * view.rowStride + group * view.groupStride + inGroup * view.columnStride;
      const element = payload[from];
      if (element === undefined) throw new Error(`internal: ${view.tensor} has no element ${from} for [${k}, ${n}]`);
      values[k * view.columns + n] = stored(element);
    }
  }
  return { rows: view.rows, columns: view.columns, values };
}

/** One matrix a view, however often it is asked for: ties stay ties. */
function onceForEach(payloads: Payloads, precision: Precision): Widen<WeightView> {
  const stored = roundingTo(precision);
  const done = new Map<WeightView, ReferenceMatrix>();
  return (view) => {
    const payload = payloads.get(view.tensor);
    if (!payload) throw new Error(`internal: the checkpoint lists no tensor ${view.tensor}`);
    const matrix = done.get(view) ?? readView(view, payload, stored);
    done.set(view, matrix);
    return matrix;
  };
}

/** Every weight of a model, each view made what `widen` makes of it. */
export function modelWeights<T>(views: ModelWeights<T>, widen: Widen<T>): ModelWeights<ReferenceMatrix> {
  return {
    W_E: widen(views.W_E),
    projectIn: views.projectIn && widen(views.projectIn),
    projectOut: views.projectOut && widen(views.projectOut),
    W_pos: views.W_pos && widen(views.W_pos),
    lnEmbed: views.lnEmbed && normWeights(views.lnEmbed, widen),
    blocks: views.blocks.map((block) => blockWeights(block, widen)),
    lnFinal: views.lnFinal && normWeights(views.lnFinal, widen),
    W_U: widen(views.W_U),
    b_U: views.b_U && widen(views.b_U),
  };
}

function blockWeights<T>(views: BlockWeights<T>, widen: Widen<T>): BlockWeights<ReferenceMatrix> {
  const norm = (weights: NormWeights<T> | null) => weights && normWeights(weights, widen);
  return {
    ln1: normWeights(views.ln1, widen),
    W_Q: widen(views.W_Q),
    W_K: widen(views.W_K),
    W_V: widen(views.W_V),
    b_Q: views.b_Q && widen(views.b_Q),
    b_K: views.b_K && widen(views.b_K),
    b_V: views.b_V && widen(views.b_V),
    qNorm: norm(views.qNorm),
    kNorm: norm(views.kNorm),
    W_O: widen(views.W_O),
    b_O: views.b_O && widen(views.b_O),
    ln1Post: norm(views.ln1Post),
    ln2: norm(views.ln2),
    mlp: views.mlp && mlpWeights(views.mlp, widen),
    experts: views.experts && {
      W_gate: widen(views.experts.W_gate),
      experts: views.experts.experts.map((expert) => mlpWeights(expert, widen)),
    },
    ln2Post: norm(views.ln2Post),
  };
}

function mlpWeights<T>(views: MlpWeights<T>, widen: Widen<T>): MlpWeights<ReferenceMatrix> {
  return {
    W_gate: views.W_gate && widen(views.W_gate),
    b_gate: views.b_gate && widen(views.b_gate),
    W_in: widen(views.W_in),
    b_in: views.b_in && widen(views.b_in),
    W_out: widen(views.W_out),
    b_out: views.b_out && widen(views.b_out),
  };
}

function normWeights<T>(views: NormWeights<T>, widen: Widen<T>): NormWeights<ReferenceMatrix> {
  return { w: widen(views.w), b: views.b && widen(views.b) };
}
