import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HAS_PYTHON, PYTHON_NOTE, runPython } from '../../test/support/python.ts';
import { elementCount, type WritableTensor } from '../engine/index.ts';
import { CaptureFileError } from './captureError.ts';
import { readNpy, writeNpy } from './npy.ts';
import { unpackNpz, writeNpz } from './npz.ts';

const shape = fc.array(fc.nat(4), { maxLength: 4 });
const tensor: fc.Arbitrary<WritableTensor> = fc.tuple(shape, fc.boolean()).chain(([shape, wide]) => {
  const length = { minLength: elementCount(shape), maxLength: elementCount(shape) };
  return (wide ? fc.float64Array(length) : fc.float32Array(length)).map((values) => ({ shape, values }));
});

/** A .npy file by hand: version, header text, payload. */
function npy(header: string, payload: Uint8Array, major = 1): Uint8Array {
  const text = major === 3 ? new TextEncoder().encode(header) : Uint8Array.from(header, (c) => c.charCodeAt(0));
  const start = major === 1 ? 10 : 12;
  const file = new Uint8Array(start + text.length + payload.length);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, major, 0]);
  const view = new DataView(file.buffer);
  if (major === 1) view.setUint16(8, text.length, true);
  else view.setUint32(8, text.length, true);
  file.set(text, start);
  file.set(payload, start + text.length);
  return file;
}

const SIX = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer);

test('what is written is read back to the bit', () => {
  fc.assert(
    fc.property(tensor, ({ shape, values }) => {
      expect(readNpy('x', writeNpy({ shape, values }))).toEqual({ shape, values });
    }),
  );
});

test('the payload begins at a multiple of 64 bytes, as numpy writes it', () => {
  for (const shape of [[], [3], [2, 3], [1, 2, 3, 4, 5, 6, 7]]) {
    const file = writeNpy({ shape, values: new Float32Array(elementCount(shape)) });
    expect((file.byteLength - 4 * elementCount(shape)) % 64).toBe(0);
  }
});

test.each([1, 2, 3])('version %i is read', (major) => {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }      \n";
  expect(readNpy('x', npy(header, SIX, major))).toEqual({ shape: [2, 3], values: Float32Array.of(0, 1, 2, 3, 4, 5) });
});

test.each([
  `{"shape":(2,3),"descr":"<f4","fortran_order":False}`,
  `{'descr':'<f4','shape':(2L,3L,),'fortran_order':False,}`,
  `{'descr':'=f4','shape':(6,),'fortran_order':False}`,
])('the header %s is read', (header) => {
  expect([...readNpy('x', npy(header, SIX)).values]).toEqual([0, 1, 2, 3, 4, 5]);
});

test('Fortran order is turned to rows', () => {
  const header = "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2, 3), }\n";
  // numpy: np.asfortranarray([[[0, 2, 4], [1, 3, 5]]]) has the bytes 0 1 2 3 4 5
  expect([...readNpy('x', npy(header, SIX)).values]).toEqual([0, 2, 4, 1, 3, 5]);
});

test('f2 is widened, big-endian turned, f8 kept', () => {
  const halves = new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x0001).buffer);
  expect([...readNpy('x', npy("{'descr':'<f2','fortran_order':False,'shape':(3,)}", halves)).values]).toEqual([
    1,
    -2,
    2 ** -24,
  ]);
  const big = Uint8Array.of(0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0);
  expect([...readNpy('x', npy("{'descr':'>f4','fortran_order':False,'shape':(2,)}", big)).values]).toEqual([1, -2]);
  const wide = new Uint8Array(Float64Array.of(0.1).buffer);
  expect(readNpy('x', npy("{'descr':'<f8','fortran_order':False,'shape':()}", wide)).values[0]).toBe(0.1);
});

describe('is refused by name', () => {
  test.each([
    ["{'descr': '<i8', 'fortran_order': False, 'shape': (3,)}", /blocks has dtype <i8, expected f2, f4 or f8/],
    ["{'descr': '|O', 'fortran_order': False, 'shape': (3,)}", /dtype \|O/],
    ["{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}", /expected a dict of descr/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (7,)}", /24 bytes after its header, expected 28/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (6)}", /expected a dict/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (-6,)}", /expected a dict/],
    ["{'descr': '<f4', 'fortran_order': False}", /expected a dict/],
    ["{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (6,)}", /expected a dict/],
    ["__import__('os').system('true')", /expected a dict/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (6,)} + 1", /expected a dict/],
  ])('%s', (header, message) => {
    expect(() => readNpy('blocks', npy(header, SIX))).toThrow(message);
  });

  test('a version of the future, a header longer than the file, no magic', () => {
    expect(() => readNpy('x', npy('', SIX, 4))).toThrow('version 4, expected 1, 2 or 3');
    expect(() => readNpy('x', npy("{'descr'", SIX).subarray(0, 14))).toThrow('announces a .npy header of 8 bytes');
    expect(() => readNpy('x', SIX)).toThrow('does not begin as a .npy file does');
  });
});

test('any bytes at all are read or refused in a sentence', () => {
  const valid = writeNpy({ shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) });
  const mutated = fc
    .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 6 })
    .map((changes) => changes.reduce((file, [at, byte]) => file.with(at, byte), valid));
  const cut = fc.nat(valid.length).map((length) => valid.slice(0, length));
  const header = fc.string().map((text) => npy(text, SIX));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), mutated, cut, header), (bytes) => {
      try {
        const { shape, values } = readNpy('x', bytes);
        expect(values.length).toBe(elementCount(shape));
      } catch (error) {
        expect(error).toBeInstanceOf(CaptureFileError);
      }
    }),
    { numRuns: 2000 },
  );
});

test('an archive is read back; a damaged one and a bomb are refused', () => {
  const tensors = new Map([
    ['blocks.0.hook_resid_pre', { shape: [1, 2], values: Float32Array.of(1, 2) }],
    ['split.hook_embed', { shape: [2], values: Float64Array.of(3, 4) }],
  ]);
  const file = writeNpz(tensors);
  expect(writeNpz(tensors)).toEqual(file);
  const read = new Map([...unpackNpz('x.npz', file)].map(([name, bytes]) => [name, readNpy(name, bytes)]));
  expect(read).toEqual(tensors);
  expect(() => unpackNpz('x.npz', file.slice(0, 60))).toThrow(/x\.npz cannot be unpacked as an NPZ archive/);
  const bomb = file.slice();
  const directory = bomb.findIndex((_, at) => [0x50, 0x4b, 1, 2].every((byte, i) => bomb[at + i] === byte)); // PK\x01\x02
  new DataView(bomb.buffer).setUint32(directory + 24, 0xfffffff0, true); // its unpacked size
  expect(() => unpackNpz('x.npz', bomb)).toThrow(/unpacks to more than 2147483648 bytes/);
});

const NUMPY = spawnSync('python3', ['-c', 'import numpy']).status === 0;

test.skipIf(!HAS_PYTHON)(
  `Python reads our NPZ by the rules of the format, ${NUMPY ? 'numpy.load included' : 'zipfile and struct'}${PYTHON_NOTE}`,
  () => {
    const path = join(mkdtempSync(join(tmpdir(), 'splitscope-')), 'x.npz');
    const tensors = new Map([
      ['blocks.0.attn.hook_z', { shape: [2, 1, 2], values: Float32Array.of(1.5, -0, 2 ** -149, 3) }],
      ['ln_final.hook_scale', { shape: [1], values: Float64Array.of(0.1) }],
    ]);
    writeFileSync(path, writeNpz(tensors));
    const byRules = `
import ast, struct, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
for n in z.namelist():
    b = z.read(n)
    assert b[:6] == b'\\x93NUMPY' and b[6:8] == b'\\x01\\x00'
    k, = struct.unpack('<H', b[8:10])
    h = ast.literal_eval(b[10:10 + k].decode('latin1'))
    assert sorted(h) == ['descr', 'fortran_order', 'shape'] and b[9 + k:10 + k] == b'\\n' and (10 + k) % 64 == 0
    count = 1
    for e in h['shape']: count *= e
    print(n, h['descr'], h['fortran_order'], h['shape'], struct.unpack('<%d%s' % (count, 'f' if h['descr'] == '<f4' else 'd'), b[10 + k:]))
`;
    expect(runPython(byRules, [path])).toBe(
      'blocks.0.attn.hook_z.npy <f4 False (2, 1, 2) (1.5, -0.0, 1.401298464324817e-45, 3.0)\n' +
        'ln_final.hook_scale.npy <f8 False (1,) (0.1,)\n',
    );
    if (!NUMPY) return;
    const loaded = 'import numpy, sys\nd = numpy.load(sys.argv[1])\nprint({k: d[k].tolist() for k in d})';
    expect(runPython(loaded, [path])).toContain("'ln_final.hook_scale': [0.1]");
  },
);
