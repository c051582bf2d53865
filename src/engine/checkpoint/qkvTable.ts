// W_Q, W_K, W_V and their biases: apart in the checkpoint, one after another in one tensor, or interleaved by head.
import type { QkvNames } from './architectures/architecture.ts';
import type { ModelConfig } from './modelConfig.ts';
import { type Axis, type Linear, type Part, slice, type Table } from './tensorViews.ts';
import { dModel, heads } from './weightAxes.ts';
import type { BlockWeights, WeightView } from './weights.ts';

type QueryKeyValue = Pick<BlockWeights<WeightView>, 'W_Q' | 'W_K' | 'W_V' | 'b_Q' | 'b_K' | 'b_V'>;

/** Finds q, k and v of the block whose names begin with `at`. */
export function queryKeyValue({ config, names, views }: Table, at: string): QueryKeyValue {
  const [q, k, v] = queryKeyValueParts(config, names.qkv);
  const linear = (name: string, dOut: Axis): Linear => ({
    module: at + name,
    dIn: dModel(config),
    dOut,
    layout: names.layout,
  });
  const weight = ({ name, dOut, part }: QkvPart) => views.weight(linear(name, dOut), part);
  const bias = ({ name, dOut, part }: QkvPart) => (names.biases.qkv ? views.bias(linear(name, dOut), part) : null);
  return { W_Q: weight(q), W_K: weight(k), W_V: weight(v), b_Q: bias(q), b_K: bias(k), b_V: bias(v) };
}

type QkvPart = { readonly name: string; readonly dOut: Axis; readonly part: Part };

function queryKeyValueParts(config: ModelConfig, qkv: QkvNames): readonly [q: QkvPart, k: QkvPart, v: QkvPart] {
  const { nHeads, nKeyValueHeads, dHead: d } = config;
  const qWidth = nHeads * d;
  const kvWidth = nKeyValueHeads * d;
  switch (qkv.kind) {
    case 'separate': {
      const qOut = heads('n_heads', nHeads, d);
      const kvOut = heads('n_key_value_heads', nKeyValueHeads, d);
      return [
        { name: qkv.q, dOut: qOut, part: slice(0, qWidth) },
        { name: qkv.k, dOut: kvOut, part: slice(0, kvWidth) },
        { name: qkv.v, dOut: kvOut, part: slice(0, kvWidth) },
      ];
    }
    case 'concatenated': {
      const words = `(n_heads + 2 × n_key_value_heads) × d_head = (${nHeads} + 2 × ${nKeyValueHeads}) × ${d}`;
      const whole = { name: qkv.qkv, dOut: { extent: qWidth + 2 * kvWidth, words } };
      return [
        { ...whole, part: slice(0, qWidth) },
        { ...whole, part: slice(qWidth, kvWidth) },
        { ...whole, part: slice(qWidth + kvWidth, kvWidth) },
      ];
    }
    case 'interleaved': {
      const words = `n_heads × 3 × d_head = ${nHeads} × 3 × ${d}`;
      const third = (index: number): QkvPart => ({
        name: qkv.qkv,
        dOut: { extent: 3 * qWidth, words },
        part: { start: index * d, columns: qWidth, columnsPerGroup: d, groupOutputs: 3 * d },
      });
      return [third(0), third(1), third(2)];
    }
    default:
      return qkv satisfies never;
  }
}
