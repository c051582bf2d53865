// deflate-raw by the host's own streams, with a ceiling on what may come out: a link is a stranger's bytes.

/** Compresses bytes (RFC 1951, no header). */
export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export type Inflated =
  | { readonly status: 'ok'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly status: 'damaged' }
  | { readonly status: 'too-long' };

/** Decompresses bytes; stops reading as soon as more than `maxBytes` have come out. Never rejects. */
export async function inflate(bytes: Uint8Array<ArrayBuffer>, maxBytes: number): Promise<Inflated> {
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  // Damage shows on the reading side; the writing side rejects with the same error, or with our own cancellation.
  const written = Promise.allSettled([writer.write(bytes), writer.close(), writer.closed]);
  try {
    const chunks = await readUpTo(reader, maxBytes);
    if (chunks === null) {
      await reader.cancel();
      return { status: 'too-long' };
    }
    await written;
    return { status: 'ok', bytes: concatenate(chunks) };
  } catch {
    return { status: 'damaged' };
  }
}

async function readUpTo(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  maxBytes: number,
): Promise<readonly Uint8Array<ArrayBuffer>[] | null> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let byteLength = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return chunks;
    byteLength += value.byteLength;
    if (byteLength > maxBytes) return null;
    chunks.push(value);
  }
}

function concatenate(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let byteOffset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, byteOffset);
    byteOffset += chunk.byteLength;
  }
  return whole;
}
