// A graph under construction: values by name, operators that make them, weights that are still in the checkpoint.
// A value that TransformerLens has a hook for is announced with `hook`; it becomes an output only where it was asked for.
import type { HookName, WeightView } from '../engine/index.ts';
import type { Attribute, Dim, NodeProto, TensorProto, ValueProto } from './proto.ts';

/** The name of a value of the graph. */
export type Value = string;

/** A weight as the graph wants it: `as-viewed` is [rows, columns], `transposed` [columns, rows], `vector` [columns]. */
export type WeightLayout = 'as-viewed' | 'transposed' | 'vector';

export type GraphWeight = { readonly name: string; readonly view: WeightView; readonly layout: WeightLayout };

type OpOptions = {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly microsoft?: boolean; // an operator of ONNX Runtime's own (com.microsoft)
};

/** Batch and sequence, in front of every activation: [1, pos, …]. */
export const SEQUENCE: readonly Dim[] = [1, 'pos'];

export class Graph {
  readonly nodes: NodeProto[] = [];
  readonly constants = new Map<string, TensorProto>();
  readonly weights = new Map<string, GraphWeight>();
  readonly inputs: ValueProto[] = [];
  readonly outputs: ValueProto[] = [];
  readonly availableHooks = new Set<HookName>();
  readonly #wantedHooks: ReadonlySet<HookName>;
  readonly #shared = new Map<string, Value>();
  #valueCount = 0;

  constructor(wantedHooks: Iterable<HookName>) {
    this.#wantedHooks = new Set(wantedHooks);
  }

  /** Adds an operator of one output and names that. */
  op(opType: string, inputs: readonly Value[], options: OpOptions = {}): Value {
    const output = this.fresh(opType);
    this.multi(opType, inputs, [output], options);
    return output;
  }

  /** Adds an operator whose outputs are already named. */
  multi(opType: string, inputs: readonly Value[], outputs: readonly Value[], options: OpOptions = {}): void {
    const domain = options.microsoft ? 'com.microsoft' : '';
    this.nodes.push({ opType, domain, inputs, outputs, attributes: options.attributes ?? {} });
  }

  /** Makes up a name for a value. */
  fresh(opType: string): Value {
    return `${opType}_${this.#valueCount++}`;
  }

  /** Makes a value that the whole graph shares, when it is first wanted. */
  shared(key: string, make: () => Value): Value {
    const value = this.#shared.get(key) ?? make();
    this.#shared.set(key, value);
    return value;
  }

  /** Declares an input of the graph, once. */
  input(value: ValueProto): Value {
    if (!this.inputs.some((known) => known.name === value.name)) this.inputs.push(value);
    return value.name;
  }

  weight(name: string, view: WeightView, layout: WeightLayout = 'as-viewed'): Value {
    this.weights.set(name, { name, view, layout });
    return name;
  }

  /** A constant of int64, as shapes and axes are written. */
  ints(...values: readonly number[]): Value {
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.constant({ name: `ints_${values.join('_')}`, type: 'i64', dims: [values.length], data: { bytes } });
  }

  /** A constant of one f32, with no axis. */
  scalar(value: number): Value {
    const bytes = new Uint8Array(Float32Array.of(value).buffer);
    return this.constant({ name: `scalar_${value}`, type: 'f32', dims: [], data: { bytes } });
  }

  /** A table of f32 that is computed here and not in the checkpoint. */
  table(
    name: string,
    values: Float32Array<ArrayBuffer>,
    dims: readonly number[], // shape of values
  ): Value {
    return this.constant({ name, type: 'f32', dims, data: { bytes: new Uint8Array(values.buffer) } });
  }

  /** Announces that a value is what TransformerLens calls `hook`, [1, ...dims] with one dim free: 'pos'. */
  hook(
    hook: HookName,
    value: Value,
    dims: readonly Dim[], // without batch: ['pos', n_heads, d_head]
  ): void {
    this.availableHooks.add(hook);
    if (!this.#wantedHooks.has(hook)) return;
    const isSquare = dims.filter((dim) => typeof dim === 'string').length > 1; // [n_heads, pos, pos] has that shape already
    if (isSquare) this.multi('Identity', [value], [hook]);
    else
      this.multi('Reshape', [value, this.ints(1, ...dims.map((dim) => (typeof dim === 'number' ? dim : -1)))], [hook]);
    this.outputs.push({ name: hook, type: 'f32', dims: [1, ...dims] });
  }

  private constant(tensor: TensorProto): Value {
    this.constants.set(tensor.name, tensor);
    return tensor.name;
  }
}
