import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memorySource, type Read, safetensorsFile } from '../../../test/support/memoryFolder.ts';
import { CheckpointError } from './checkpointError.ts';
import { readHeader } from './safetensors.ts';

const f32 = (shape: number[], begin: number, end: number) => ({ dtype: 'F32', shape, data_offsets: [begin, end] });
const open = (header: object | string, payloadBytes: number) =>
  readHeader(memorySource('x.safetensors', safetensorsFile(header, payloadBytes)));

test('a header is read with its entries in the order of their bytes, and its metadata', async () => {
  const header = {
    b: f32([2], 12, 20),
    __metadata__: { format: 'pt' },
    a: f32([3, 1], 0, 12),
    empty: f32([0, 7], 12, 12),
  };
  const { entries, metadata } = await open(header, 20);
  const start = 8 + JSON.stringify(header).length;
  expect([...entries.keys()]).toEqual(['a', 'empty', 'b']);
  expect(entries.get('b')).toEqual({ name: 'b', dtype: 'F32', shape: [2], byteOffset: start + 12, byteLength: 8 });
  expect([...metadata]).toEqual([['format', 'pt']]);
});

test('a scalar and every dtype of the format that fills whole bytes are read', async () => {
  const bytesOf = {
    ...{
      C64: 8,
      F64: 8,
      F32: 4,
      F16: 2,
      BF16: 2,
      I64: 8,
      U64: 8,
      I32: 4,
      U32: 4,
      I16: 2,
      U16: 2,
      I8: 1,
      U8: 1,
      BOOL: 1,
    },
    ...{ F8_E4M3: 1, F8_E5M2: 1, F8_E8M0: 1, F8_E4M3FNUZ: 1, F8_E5M2FNUZ: 1 },
  };
  for (const [dtype, bytes] of Object.entries(bytesOf)) {
    const { entries } = await open({ x: { dtype, shape: [], data_offsets: [0, bytes] } }, bytes);
    expect(entries.get('x')?.byteLength).toBe(bytes);
  }
});

test('spaces after the header, which align the payload, are no part of it', async () => {
  const { entries } = await open(`${JSON.stringify({ a: f32([1], 0, 4) })}     `, 4);
  expect(entries.size).toBe(1);
});

test('names that JavaScript objects have already are names like others', async () => {
  const text =
    '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"constructor":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}';
  const { entries } = await open(text, 2);
  expect([...entries.keys()]).toEqual(['__proto__', 'constructor']);
  expect(Object.hasOwn(Object.prototype, 'dtype')).toBe(false);
});

test.each<[string, object | string, number, string]>([
  ['a list', '[]', 0, 'expected a JSON object'],
  ['text that is no JSON', '{"a"', 0, 'is not valid JSON'],
  ['a space before the brace', ' {}', 0, 'expected a JSON object'],
  [
    'an unknown dtype',
    { a: { dtype: 'F4', shape: [1], data_offsets: [0, 4] } },
    4,
    'a in x.safetensors has dtype "F4"',
  ],
  ['a dtype named like a method', { a: { dtype: 'toString', shape: [1], data_offsets: [0, 4] } }, 4, 'has dtype'],
  ['a negative extent', { a: f32([-1], 0, 4) }, 4, 'has shape [-1]'],
  ['an extent that is no integer', { a: f32([1.5], 0, 6) }, 6, 'has shape [1.5]'],
  ['an extent beyond 2^53', '{"a":{"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,1]}}', 1, 'has shape'],
  ['a shape whose product overflows', { a: f32([2 ** 40, 2 ** 40, 2 ** 40], 0, 4) }, 4, 'has 4 bytes, expected'],
  ['a shape that is no list', { a: { dtype: 'F32', shape: 4, data_offsets: [0, 4] } }, 4, 'has shape 4'],
  ['bytes that are not shape × dtype', { a: f32([2], 0, 4) }, 4, 'has 4 bytes, expected 8 for F32 [2]'],
  ['offsets in reverse', { a: f32([1], 4, 0) }, 4, 'data_offsets [4,0]'],
  ['offsets past the end', { a: f32([2], 0, 8) }, 4, 'expected begin ≤ end ≤ 4'],
  ['one offset', { a: { dtype: 'U8', shape: [1], data_offsets: [0] } }, 1, 'data_offsets [0]'],
  ['three offsets', { a: { dtype: 'U8', shape: [1], data_offsets: [0, 1, 2] } }, 2, 'data_offsets [0,1,2]'],
  ['an overlap', { a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12, 'b in x.safetensors overlaps a'],
  ['a hole', { a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12, 'b in x.safetensors leaves a hole after a'],
  ['a hole at the start', { a: f32([1], 4, 8) }, 8, 'a in x.safetensors leaves a hole after the header'],
  ['bytes of no tensor at the end', { a: f32([1], 0, 4) }, 9, '5 belong to no tensor'],
  ['metadata that is no text', { __metadata__: { n: 1 } }, 0, '__metadata__.n of x.safetensors is 1'],
  ['metadata that is a list', { __metadata__: [] }, 0, '__metadata__ of x.safetensors'],
  ['an entry that is null', { a: null }, 0, 'a in x.safetensors is null'],
  [
    'a name given twice',
    '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0061":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
    1,
    'names a twice',
  ],
])('%s is refused', async (_, header, payloadBytes, message) => {
  const opening = open(header, payloadBytes);
  await expect(opening).rejects.toThrow(CheckpointError);
  await expect(opening).rejects.toThrow(message);
});

test('a length beyond the file or beyond 100 MB is refused before anything of that length is read', async () => {
  for (const length of [3n, 100_000_001n, 2n ** 63n, 2n ** 64n - 1n]) {
    const reads: Read[] = [];
    const file = safetensorsFile('{}', 0);
    new DataView(file.buffer).setBigUint64(0, length, true);
    await expect(readHeader(memorySource('x', file, reads))).rejects.toThrow(`a header of ${length} bytes`);
    expect(reads).toEqual([{ fileName: 'x', byteOffset: 0, byteLength: 8 }]);
  }
  await expect(readHeader(memorySource('x', new Uint8Array(7)))).rejects.toThrow('too short');
});

test('a Git LFS pointer in the place of the file is refused with the command that fetches it', async () => {
  const pointer = new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n');
  await expect(readHeader(memorySource('x.safetensors', pointer))).rejects.toThrow(
    'x.safetensors is a Git LFS pointer, not the file itself. Fetch it: git lfs pull',
  );
});

test('a header that is no UTF-8 is refused', async () => {
  const file = safetensorsFile('{"a":1}', 0);
  file[10] = 0xff;
  await expect(readHeader(memorySource('x', file))).rejects.toThrow('The header of x is not valid UTF-8');
});

const realFile = new Uint8Array(readFileSync('test/fixtures/goldens/mistral/model.safetensors'));
const realHeaderEnd = 8 + Number(new DataView(realFile.buffer, realFile.byteOffset).getBigUint64(0, true));

/** A real file with bytes changed in its header, and perhaps cut short. */
const broken = fc
  .record({
    changes: fc.array(
      fc.tuple(
        fc.nat(realHeaderEnd - 1),
        fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('0123456789[]{}",:-eF '))),
      ),
      { maxLength: 6 },
    ),
    length: fc.option(fc.nat(realFile.length), { nil: realFile.length, freq: 3 }),
  })
  .map(({ changes, length }) => {
    const file = realFile.slice(0, length);
    for (const [at, byte] of changes) if (at < file.length) file[at] = byte;
    return file;
  });

test('a damaged header is read rightly or refused by a CheckpointError, and no payload is ever read', async () => {
  await fc.assert(
    fc.asyncProperty(broken, async (file) => {
      const reads: Read[] = [];
      try {
        const { entries } = await readHeader(memorySource('x', file, reads));
        let end = reads[1] ? reads[1].byteOffset + reads[1].byteLength : 0;
        for (const entry of entries.values()) {
          expect(entry.byteOffset).toBe(end);
          end += entry.byteLength;
        }
        expect(end).toBe(file.length);
      } catch (error) {
        expect(error).toBeInstanceOf(CheckpointError);
      }
      expect(reads.length).toBeLessThanOrEqual(2); // the length and the header
    }),
    { numRuns: 2000 },
  );
});
