// What is written reads back: by the wire format's own reader here, by ONNX Runtime itself in onnxModel.test.ts.
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Attribute, encodeModel, type ModelProto } from './proto.ts';

const EMPTY: ModelProto = { name: 'm', opsets: [], nodes: [], initialisers: [], inputs: [], outputs: [] };

/** Every field of a message in order: numbers of varints and floats, bytes of the rest. */
function fields(bytes: Uint8Array): { field: number; value: bigint | number | Uint8Array }[] {
  const reader = new BinaryReader(bytes);
  const read: { field: number; value: bigint | number | Uint8Array }[] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type === WireType.Varint) read.push({ field, value: BigInt(reader.int64()) });
    else if (type === WireType.Bit32) read.push({ field, value: reader.float() });
    else read.push({ field, value: reader.bytes() });
  }
  return read;
}

function nested(bytes: Uint8Array, ...path: readonly number[]): Uint8Array {
  return path.reduce((inner, field) => {
    const found = fields(inner).find((entry) => entry.field === field)?.value;
    if (!(found instanceof Uint8Array)) throw new Error(`no message in field ${field}`);
    return found;
  }, bytes);
}

function attributeFields(attribute: Attribute) {
  const node = { opType: 'Op', domain: '', inputs: ['a'], outputs: ['b'], attributes: { x: attribute } };
  return fields(nested(encodeModel({ ...EMPTY, nodes: [node] }), 7, 1, 5)).slice(1); // graph, node, attribute; without its name
}

test('an attribute carries its value and its type', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.float({ noNaN: true }),
      fc.array(fc.integer(), { minLength: 1 }),
      (int, float, ints) => {
        expect(attributeFields({ int })).toEqual([
          { field: 3, value: BigInt(int) },
          { field: 20, value: 2n },
        ]);
        expect(attributeFields(float)).toEqual([
          { field: 2, value: float },
          { field: 20, value: 1n },
        ]);
        const written = ints.map((value) => ({ field: 8, value: BigInt(value) }));
        expect(attributeFields({ ints })).toEqual([...written, { field: 20, value: 7n }]);
      },
    ),
  );
});

test('a weight in a file of its own leaves its name and length in the model, and no payload', () => {
  const data = { file: 'W_U', byteLength: 3 * 2 ** 30 }; // more than a ModelProto may hold
  const bytes = encodeModel({ ...EMPTY, initialisers: [{ name: 'W_U', type: 'f32', dims: [805306368], data }] });
  expect(bytes.byteLength).toBeLessThan(200);
  const tensor = fields(nested(bytes, 7, 5));
  const entries = tensor
    .filter(({ field }) => field === 13)
    .map(({ value }) => new TextDecoder().decode(Object(value)));
  expect(entries.map((entry) => entry.replaceAll(/[^\w]/g, ' ').trim())).toEqual(
    expect.arrayContaining([expect.stringContaining('W_U'), expect.stringContaining(String(3 * 2 ** 30))]),
  );
  expect(tensor).toContainEqual({ field: 14, value: 1n });
});
