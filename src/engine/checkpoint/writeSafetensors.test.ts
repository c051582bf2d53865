import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memorySource } from '../../../test/support/memoryFolder.ts';
import { HAS_PYTHON, PYTHON_NOTE, runPython } from '../../../test/support/python.ts';
import { f64FromBytes, widenToF32 } from '../tensor/bits.ts';
import { elementCount } from '../tensor/shape.ts';
import { readHeader } from './safetensors.ts';
import { type WritableTensor, writeSafetensors } from './writeSafetensors.ts';

const shape = fc.array(fc.nat(4), { maxLength: 4 });
const tensor: fc.Arbitrary<WritableTensor> = fc.tuple(shape, fc.boolean()).chain(([shape, wide]) => {
  const count = elementCount(shape);
  const length = { minLength: count, maxLength: count };
  const values = wide ? fc.float64Array(length) : fc.float32Array(length);
  return values.map((values) => ({ shape, values }));
});

/** Reads every tensor back by our own reader, as bytes. */
async function readBack(file: Uint8Array) {
  const source = memorySource('written.safetensors', file);
  const header = await readHeader(source);
  const read = new Map<string, WritableTensor>();
  for (const { name, shape, dtype, byteOffset, byteLength } of header.entries.values()) {
    const bytes = await source.read(byteOffset, byteLength);
    read.set(name, { shape, values: dtype === 'F64' ? f64FromBytes(bytes) : widenToF32(bytes, 'f32') });
  }
  return { read, header };
}

test('what is written is read back: names, shapes, every bit, metadata', async () => {
  const named = fc.dictionary(fc.string({ unit: 'binary', minLength: 1 }), tensor, { maxKeys: 6 });
  await fc.assert(
    fc.asyncProperty(named, async (tensors) => {
      const given = new Map(Object.entries(tensors).filter(([name]) => !(name in Object.prototype)));
      const { read, header } = await readBack(writeSafetensors(given, { made: 'by "Splitscope"' }));
      expect(new Map([...read].sort())).toEqual(new Map([...given].sort()));
      expect(header.metadata.get('made')).toBe('by "Splitscope"');
    }),
  );
});

test('every payload lies at a multiple of its element: f64 before f32, the header padded to 8 bytes', async () => {
  const file = writeSafetensors(
    new Map<string, WritableTensor>([
      ['a', { shape: [3], values: new Float32Array(3) }],
      ['b', { shape: [1], values: new Float64Array(1) }],
    ]),
  );
  const { header } = await readBack(file);
  expect([...header.entries.keys()]).toEqual(['b', 'a']);
  for (const { byteOffset } of header.entries.values()) expect(byteOffset % 8).toBe(0);
});

test.skipIf(!HAS_PYTHON)(`Python's struct and json read it by the format's rules${PYTHON_NOTE}`, () => {
  const path = join(mkdtempSync(join(tmpdir(), 'splitscope-')), 'x.safetensors');
  const values = Float32Array.of(1.5, -0, Number.POSITIVE_INFINITY, 2 ** -149);
  writeFileSync(path, writeSafetensors(new Map([['blocks.0.hook_resid_pre', { shape: [2, 2], values }]])));
  const printed = runPython(
    `
import json, struct, sys
b = open(sys.argv[1], 'rb').read()
n, = struct.unpack('<Q', b[:8])
h = json.loads(b[8:8 + n])
for name, e in h.items():
    lo, hi = e['data_offsets']
    print(name, e['dtype'], e['shape'], struct.unpack('<%df' % ((hi - lo) // 4), b[8 + n:][lo:hi]), 8 + n + hi == len(b))
`,
    [path],
  );
  expect(printed).toBe('blocks.0.hook_resid_pre F32 [2, 2] (1.5, -0.0, inf, 1.401298464324817e-45) True\n');
});

test('values that do not fill the shape are refused by name', () => {
  const tensors = new Map([['hook_embed', { shape: [2, 3], values: new Float32Array(5) }]]);
  expect(() => writeSafetensors(tensors)).toThrow('hook_embed has 5 values, expected 6 for shape [2, 3]');
  const named = new Map([['__metadata__', { shape: [], values: new Float32Array(1) }]]);
  expect(() => writeSafetensors(named)).toThrow('no tensor called __metadata__');
});
