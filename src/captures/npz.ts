// NPZ: a zip of .npy files, one an array, as numpy.savez and numpy.load have it.
import { unzipSync, zipSync } from 'fflate';
import type { WritableTensor } from '../engine/index.ts';
import { CaptureFileError } from './captureError.ts';
import { writeNpy } from './npy.ts';

/** What an archive may unpack to: a stranger's file is not to fill the memory. */
const MAX_UNPACKED_BYTES = 2 ** 31;
const MAX_ENTRIES = 100_000;

/** The earliest time that a zip can tell. */
const EPOCH = new Date(1980, 0, 1);

/** Unpacks the .npy files of an archive, by array name ('.npy' left off). Throws CaptureFileError naming the file. */
export function unpackNpz(fileName: string, bytes: Uint8Array): Map<string, Uint8Array> {
  let [unpackedBytes, entries] = [0, 0];
  const filter = ({ originalSize }: { originalSize: number }): boolean => {
    unpackedBytes += originalSize;
    entries += 1;
    if (unpackedBytes <= MAX_UNPACKED_BYTES && entries <= MAX_ENTRIES) return true;
    throw new CaptureFileError(
      `${fileName} unpacks to more than ${MAX_UNPACKED_BYTES} bytes or ${MAX_ENTRIES} arrays. Save fewer hooks.`,
    );
  };
  try {
    const files = Object.entries(unzipSync(bytes, { filter }));
    return new Map(files.map(([name, content]) => [name.replace(/\.npy$/, ''), content]));
  } catch (cause) {
    if (cause instanceof CaptureFileError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new CaptureFileError(`${fileName} cannot be unpacked as an NPZ archive: ${message}. Was it copied whole?`);
  }
}

/** Writes arrays by name. Stored, not deflated, as numpy.savez does: activations hardly compress. */
export function writeNpz(tensors: ReadonlyMap<string, WritableTensor>): Uint8Array<ArrayBuffer> {
  const files = [...tensors].map(([name, tensor]) => [`${name}.npy`, writeNpy(tensor)] as const);
  return new Uint8Array(zipSync(Object.fromEntries(files), { level: 0, mtime: EPOCH })); // the same tensors, the same bytes
}
