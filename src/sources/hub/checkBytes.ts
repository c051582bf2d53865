// Whether a file's bytes are those that the repository promises: by LFS' sha256, or by git's own hash where the file lies in git.
import { createSHA1 } from 'hash-wasm';
import type { ByteSource } from '../../engine/index.ts';
import { sha256 } from '../hashing/sha256.ts';
import { SourceError } from '../sourceError.ts';
import type { RepositoryFile } from './repository.ts';

const READ_BYTES = 8 << 20;

/** Checks a file of known sha256. Throws SourceError `mismatch`; reads the file again only where git alone knows it. */
export async function checkFile(
  source: ByteSource,
  hash: string,
  expected: RepositoryFile,
  signal?: AbortSignal,
): Promise<void> {
  if (expected.sha256 !== null) {
    if (hash !== expected.sha256) throw mismatch(source.name, 'sha256', hash, expected.sha256);
    return;
  }
  if (!/^[0-9a-f]{40}$/.test(expected.gitOid)) return; // a mirror that names no hash: the length was checked
  const oid = await gitOid(source, signal);
  if (oid !== expected.gitOid) throw mismatch(source.name, 'git hash', oid, expected.gitOid);
}

/** Checks a small file that is in memory, and gives its sha256. */
export async function checkWhole(source: ByteSource, expected: RepositoryFile): Promise<string> {
  const hash = await sha256(await source.read(0, source.byteLength));
  await checkFile(source, hash, expected);
  return hash;
}

/** Git's name of these bytes: the sha1 of 'blob LENGTH\0' and the bytes. */
async function gitOid(source: ByteSource, signal?: AbortSignal): Promise<string> {
  const hash = await createSHA1();
  hash.update(new TextEncoder().encode(`blob ${source.byteLength}\0`));
  for (let byteOffset = 0; byteOffset < source.byteLength; byteOffset += READ_BYTES) {
    hash.update(await source.read(byteOffset, Math.min(READ_BYTES, source.byteLength - byteOffset), signal));
  }
  return hash.digest();
}

function mismatch(fileName: string, what: string, found: string, expected: string): SourceError {
  return new SourceError(
    'mismatch',
    `${fileName} came with ${what} ${found}, expected ${expected}: it was damaged on the way. It was taken out of the cache; load the model again.`,
  );
}
