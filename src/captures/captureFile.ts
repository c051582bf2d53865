// A file of captures that another program wrote: safetensors, NPZ or one .npy, its tensors named as TransformerLens names hooks, with
// or without a prefix ('split.blocks.0.attn.hook_z'). What cannot be read is listed with the reason, and nothing is dropped silently.
import {
  type ByteSource,
  CheckpointError,
  f64FromBytes,
  type HookName,
  isHookName,
  readHeader,
  type SafetensorsEntry,
  type Shape,
  widenToF32,
} from '../engine/index.ts';
import { CaptureFileError } from './captureError.ts';
import { readNpy } from './npy.ts';
import { isNpy } from './npyHeader.ts';
import { unpackNpz } from './npz.ts';

export type FileTensor = {
  readonly shape: Shape; // as in the file, batch axis included
  readonly values: Float32Array<ArrayBuffer>;
  readonly isRounded: boolean; // an f64 that f32 cannot hold exactly was among them
};

export type Unread = { readonly name: string; readonly why: string };

export type CaptureFile = {
  readonly fileName: string;
  readonly format: 'safetensors' | 'npz' | 'npy';
  /** By prefix, '' where names have none: 'split' → blocks.0.attn.hook_z → tensor. In the order of the file. */
  readonly groups: ReadonlyMap<string, ReadonlyMap<HookName, FileTensor>>;
  readonly unread: readonly Unread[];
};

/** Reads a capture file by its first bytes. Throws CaptureFileError where it is none; single tensors that fail are listed instead. */
export async function readCaptureFile(fileName: string, bytes: Uint8Array): Promise<CaptureFile> {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  if (isZip) return grouped(fileName, 'npz', npzTensors(fileName, bytes));
  if (isNpy(bytes)) return grouped(fileName, 'npy', [[fileName.replace(/\.npy$/, ''), () => readNpy(fileName, bytes)]]);
  return grouped(fileName, 'safetensors', await safetensorsTensors(fileName, bytes));
}

type Read = { readonly shape: Shape; readonly values: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> };
type Named = readonly [name: string, read: () => Read];

function npzTensors(fileName: string, bytes: Uint8Array): Named[] {
  return [...unpackNpz(fileName, bytes)].map(([name, content]) => [name, () => readNpy(name, content)]);
}

async function safetensorsTensors(fileName: string, bytes: Uint8Array): Promise<Named[]> {
  try {
    const { entries } = await readHeader(inMemory(fileName, bytes));
    return [...entries.values()].map((entry) => [entry.name, () => safetensorsTensor(entry, bytes)]);
  } catch (cause) {
    if (!(cause instanceof CheckpointError)) throw cause;
    throw new CaptureFileError(
      `${fileName} is no capture file: neither NPZ nor .npy by its first bytes, and as safetensors: ${cause.message}`,
    );
  }
}

function safetensorsTensor({ name, dtype, shape, byteOffset, byteLength }: SafetensorsEntry, file: Uint8Array): Read {
  const bytes = file.subarray(byteOffset, byteOffset + byteLength);
  switch (dtype) {
    case 'F64':
      return { shape, values: f64FromBytes(bytes) };
    case 'F32':
    case 'F16':
    case 'BF16':
      return { shape, values: widenToF32(bytes, dtype === 'F32' ? 'f32' : dtype === 'F16' ? 'f16' : 'bf16') };
    default:
      throw new CaptureFileError(`${name} has dtype ${dtype}, expected F64, F32, F16 or BF16.`);
  }
}

function grouped(fileName: string, format: CaptureFile['format'], tensors: readonly Named[]): CaptureFile {
  const groups = new Map<string, Map<HookName, FileTensor>>();
  const unread: Unread[] = [];
  for (const [name, read] of tensors) {
    const split = splitPrefix(name);
    if (split === null) {
      unread.push({ name, why: 'is no hook of TransformerLens that Splitscope knows' });
      continue;
    }
    try {
      const group = groups.get(split.prefix) ?? new Map<HookName, FileTensor>();
      groups.set(split.prefix, group.set(split.hook, toF32(read())));
    } catch (error) {
      if (!(error instanceof CaptureFileError)) throw error;
      unread.push({ name, why: error.message });
    }
  }
  return { fileName, format, groups, unread };
}

/** 'split.blocks.0.hook_q_input' → split, blocks.0.hook_q_input. The longest hook name that the name ends with, at a dot or a slash. */
function splitPrefix(name: string): { readonly prefix: string; readonly hook: HookName } | null {
  if (isHookName(name)) return { prefix: '', hook: name };
  for (let at = 0; at < name.length; at++) {
    if (name[at] !== '.' && name[at] !== '/') continue;
    const rest = name.slice(at + 1);
    if (isHookName(rest)) return { prefix: name.slice(0, at), hook: rest };
  }
  return null;
}

function toF32({ shape, values }: Read): FileTensor {
  if (values instanceof Float32Array) return { shape, values, isRounded: false };
  const rounded = Float32Array.from(values);
  return { shape, values: rounded, isRounded: values.some((value, i) => !Object.is(value, rounded[i])) };
}

function inMemory(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    byteLength: bytes.byteLength,
    read: async (byteOffset, byteLength) => bytes.slice(byteOffset, byteOffset + byteLength),
  };
}
