// Reads a safetensors header and hands out byte ranges. Knows names, shapes and dtypes; knows no model and no GPU.
// The header is checked wholly before any payload is touched. Format: huggingface/safetensors, README "Format".
import { formatShape, type Shape } from '../tensor/shape.ts';
import type { ByteSource } from './byteSource.ts';
import { CheckpointError, showValue } from './checkpointError.ts';
import { findDuplicateKey } from './duplicateKeys.ts';
import { decodeUtf8, parseJson, refuseLfsPointer } from './readText.ts';

/** Every dtype of the format that fills whole bytes (safetensors/src/tensor.rs): a model's weights may be less, which openCheckpoint says. */
const DTYPE_BYTES = {
  ...{ C64: 8, F64: 8, F32: 4, F16: 2, BF16: 2 },
  ...{ F8_E4M3: 1, F8_E5M2: 1, F8_E8M0: 1, F8_E4M3FNUZ: 1, F8_E5M2FNUZ: 1 },
  ...{ I64: 8, U64: 8, I32: 4, U32: 4, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1 },
} as const;

export type SafetensorsDtype = keyof typeof DTYPE_BYTES;

export type SafetensorsEntry = {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: Shape;
  readonly byteOffset: number; // in the file, header included
  readonly byteLength: number;
};

export type SafetensorsHeader = {
  readonly entries: ReadonlyMap<string, SafetensorsEntry>; // in the order of their bytes
  readonly metadata: ReadonlyMap<string, string>;
};

/** The reference implementation's own limit. */
const MAX_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;

/** Reads and checks the header of one file; reads no payload. Throws CheckpointError naming the file and the tensor. */
export async function readHeader(source: ByteSource, signal?: AbortSignal): Promise<SafetensorsHeader> {
  const headerBytes = await readHeaderLength(source, signal);
  const text = decodeUtf8(await source.read(LENGTH_BYTES, headerBytes, signal), `The header of ${source.name}`);
  const json = parseJson(text, `The header of ${source.name}`);
  if (!isRecord(json) || !text.startsWith('{')) {
    throw new CheckpointError(`The header of ${source.name} is ${showValue(json)}, expected a JSON object.`);
  }
  const duplicate = findDuplicateKey(text);
  if (duplicate !== null) throw new CheckpointError(`The header of ${source.name} names ${duplicate} twice.`);

  const payloadOffset = LENGTH_BYTES + headerBytes;
  const entries: SafetensorsEntry[] = [];
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') metadata = readMetadata(value, source);
    else entries.push(readEntry(name, value, payloadOffset, source));
  }
  entries.sort((a, b) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength);
  checkLayout(entries, payloadOffset, source);
  return { entries: new Map(entries.map((entry) => [entry.name, entry])), metadata };
}

async function readHeaderLength(source: ByteSource, signal?: AbortSignal): Promise<number> {
  if (source.byteLength < LENGTH_BYTES + 2) {
    throw new CheckpointError(`${source.name} has ${source.byteLength} bytes: too short for a safetensors file.`);
  }
  const bytes = await source.read(0, LENGTH_BYTES, signal);
  refuseLfsPointer(String.fromCharCode(...bytes), source.name);
  const length = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES) || length > BigInt(source.byteLength - LENGTH_BYTES)) {
    throw new CheckpointError(
      `${source.name} announces a header of ${length} bytes, expected at most ${MAX_HEADER_BYTES} and no more than the file's ${source.byteLength}. Is it a safetensors file, downloaded completely?`,
    );
  }
  return Number(length);
}

function readMetadata(value: unknown, source: ByteSource): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  if (!isRecord(value)) throw new CheckpointError(`__metadata__ of ${source.name} is ${showValue(value)}, no object.`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') {
      throw new CheckpointError(`__metadata__.${key} of ${source.name} is ${showValue(text)}, expected a string.`);
    }
    metadata.set(key, text);
  }
  return metadata;
}

function readEntry(name: string, value: unknown, payloadOffset: number, source: ByteSource): SafetensorsEntry {
  const fail = (problem: string): CheckpointError => new CheckpointError(`${name} in ${source.name} ${problem}`);
  if (!isRecord(value)) throw fail(`is ${showValue(value)}, expected {dtype, shape, data_offsets}.`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype)) {
    throw fail(`has dtype ${showValue(dtype)}, expected one of ${Object.keys(DTYPE_BYTES).join(', ')}.`);
  }
  if (!isCounts(shape)) throw fail(`has shape ${showValue(shape)}, expected a list of non-negative integers.`);
  if (!isCounts(offsets)) throw fail(`has data_offsets ${showValue(offsets)}, expected [begin, end].`);
  const [begin = 0, end = 0] = offsets;
  if (offsets.length !== 2 || begin > end || payloadOffset + end > source.byteLength) {
    throw fail(
      `has data_offsets ${showValue(offsets)}, expected begin ≤ end ≤ ${source.byteLength - payloadOffset}, the bytes after the header. Was the file downloaded completely?`,
    );
  }
  // A product beyond 2^53 is inexact but still larger than any file, so that it cannot equal the byte length by accident.
  const byteLength = shape.reduce((count, extent) => count * extent, 1) * DTYPE_BYTES[dtype];
  if (byteLength !== end - begin) {
    throw fail(`has ${end - begin} bytes, expected ${byteLength} for ${dtype} ${formatShape(shape)}.`);
  }
  return { name, dtype, shape, byteOffset: payloadOffset + begin, byteLength };
}

/** The payload is wholly indexed: no overlap, no hole, nothing after the last tensor. */
function checkLayout(sorted: readonly SafetensorsEntry[], payloadOffset: number, source: ByteSource): void {
  let end = payloadOffset;
  let before = 'the header';
  for (const { name, byteOffset, byteLength } of sorted) {
    if (byteOffset !== end) {
      const problem = byteOffset < end ? 'overlaps' : 'leaves a hole after';
      throw new CheckpointError(
        `${name} in ${source.name} ${problem} ${before}: it begins at byte ${byteOffset}, expected ${end}.`,
      );
    }
    end += byteLength;
    before = name;
  }
  if (end !== source.byteLength) {
    throw new CheckpointError(
      `${source.name} has ${source.byteLength} bytes, expected ${end} by its header: ${source.byteLength - end} belong to no tensor.`,
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDtype(value: unknown): value is SafetensorsDtype {
  return typeof value === 'string' && Object.hasOwn(DTYPE_BYTES, value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}
