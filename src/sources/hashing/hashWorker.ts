// The thread that hashes: bytes come in their order, one hash or several in turns; each message is answered when it is done.
import { beginSha256, type Sha256 } from './sha256.ts';

/** Without bytes: the hash ends, and the answer has it. */
export type HashRequest = { readonly hash: number; readonly bytes: Uint8Array<ArrayBuffer> | null };

export type HashAnswer = { readonly hash: number; readonly hex: string | null } | { readonly error: string };

const hashes = new Map<number, Promise<Sha256>>();

addEventListener('message', ({ data }: MessageEvent<HashRequest>) => {
  answer(data).then(
    (done) => postMessage(done),
    (error: unknown) => postMessage({ error: String(error) } satisfies HashAnswer),
  );
});

async function answer({ hash, bytes }: HashRequest): Promise<HashAnswer> {
  const making = hashes.get(hash) ?? beginSha256();
  hashes.set(hash, making);
  const own = await making; // messages stay in their order: each waits as many turns as the one before it
  if (bytes) own.update(bytes);
  else hashes.delete(hash);
  return { hash, hex: bytes ? null : own.digest() };
}
