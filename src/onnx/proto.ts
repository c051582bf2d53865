// Writes an ONNX ModelProto: the five messages that a graph needs, field numbers from onnx/onnx.proto (IR version 10).
// Knows no model and no operator; the wire format itself is @bufbuild/protobuf's.
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** A dimension: its extent, or the name of one that is known only when the graph runs. */
export type Dim = number | string;

export type ElementType = 'f32' | 'i32' | 'i64';

export type Attribute = number | { readonly int: number } | { readonly ints: readonly number[] } | string; // a bare number is a float

export type NodeProto = {
  readonly opType: string;
  readonly domain: string; // '' is ai.onnx
  readonly inputs: readonly string[]; // '' for an optional input that is left out
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
};

export type ValueProto = { readonly name: string; readonly type: ElementType; readonly dims: readonly Dim[] };

export type TensorProto = {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** The elements, little-endian; or the file that holds nothing but them: a ModelProto may not pass 2 GiB, its data may. */
  readonly data: { readonly bytes: Uint8Array } | { readonly file: string; readonly byteLength: number };
};

export type ModelProto = {
  readonly name: string;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly nodes: readonly NodeProto[];
  readonly initialisers: readonly TensorProto[];
  readonly inputs: readonly ValueProto[];
  readonly outputs: readonly ValueProto[];
};

const IR_VERSION = 10;
const DATA_TYPE = { f32: 1, i32: 6, i64: 7 } as const satisfies Record<ElementType, number>; // TensorProto.DataType
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 } as const; // AttributeProto.AttributeType
const DATA_LOCATION_EXTERNAL = 1;

/** Writes the bytes of a model. */
export function encodeModel(model: ModelProto): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(IR_VERSION);
  text(writer, 2, 'splitscope');
  message(writer, 7, (graph) => writeGraph(graph, model));
  for (const opset of model.opsets) {
    message(writer, 8, (id) => {
      text(id, 1, opset.domain);
      id.tag(2, WireType.Varint).int64(opset.version);
    });
  }
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, model: ModelProto): void {
  for (const node of model.nodes) message(writer, 1, (inner) => writeNode(inner, node));
  text(writer, 2, model.name);
  for (const tensor of model.initialisers) message(writer, 5, (inner) => writeTensor(inner, tensor));
  for (const value of model.inputs) message(writer, 11, (inner) => writeValue(inner, value));
  for (const value of model.outputs) message(writer, 12, (inner) => writeValue(inner, value));
}

function writeNode(writer: BinaryWriter, node: NodeProto): void {
  for (const input of node.inputs) text(writer, 1, input);
  for (const output of node.outputs) text(writer, 2, output);
  text(writer, 3, node.outputs[0] ?? '');
  text(writer, 4, node.opType);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    message(writer, 5, (inner) => writeAttribute(inner, name, attribute));
  }
  text(writer, 7, node.domain);
}

function writeAttribute(writer: BinaryWriter, name: string, attribute: Attribute): void {
  text(writer, 1, name);
  const type = writer.tag.bind(writer, 20, WireType.Varint);
  if (typeof attribute === 'number') {
    writer.tag(2, WireType.Bit32).float(attribute);
    type().int32(ATTRIBUTE_TYPE.float);
  } else if (typeof attribute === 'string') {
    text(writer, 4, attribute);
    type().int32(ATTRIBUTE_TYPE.string);
  } else if ('int' in attribute) {
    writer.tag(3, WireType.Varint).int64(attribute.int);
    type().int32(ATTRIBUTE_TYPE.int);
  } else {
    for (const value of attribute.ints) writer.tag(8, WireType.Varint).int64(value);
    type().int32(ATTRIBUTE_TYPE.ints);
  }
}

function writeTensor(writer: BinaryWriter, tensor: TensorProto): void {
  for (const extent of tensor.dims) writer.tag(1, WireType.Varint).int64(extent);
  writer.tag(2, WireType.Varint).int32(DATA_TYPE[tensor.type]);
  text(writer, 8, tensor.name);
  if ('bytes' in tensor.data) {
    writer.tag(9, WireType.LengthDelimited).bytes(tensor.data.bytes);
    return;
  }
  const where = { location: tensor.data.file, offset: '0', length: String(tensor.data.byteLength) };
  for (const [key, value] of Object.entries(where)) {
    message(writer, 13, (entry) => {
      text(entry, 1, key);
      text(entry, 2, value);
    });
  }
  writer.tag(14, WireType.Varint).int32(DATA_LOCATION_EXTERNAL);
}

function writeValue(writer: BinaryWriter, value: ValueProto): void {
  text(writer, 1, value.name);
  message(writer, 2, (type) =>
    message(type, 1, (tensor) => {
      tensor.tag(1, WireType.Varint).int32(DATA_TYPE[value.type]);
      message(tensor, 2, (shape) => {
        for (const dim of value.dims) message(shape, 1, (inner) => writeDim(inner, dim));
      });
    }),
  );
}

function writeDim(writer: BinaryWriter, dim: Dim): void {
  if (typeof dim === 'number') writer.tag(1, WireType.Varint).int64(dim);
  else text(writer, 2, dim);
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function message(writer: BinaryWriter, field: number, write: (inner: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}
