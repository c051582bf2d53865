// A response's body, chunk by chunk.

/** Reads a body to its end; lets it go where the reader stops. Not every browser's ReadableStream is an async iterable (Safari's is not). */
export async function* readChunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {}); // nothing to let go where it ended or failed by itself
  }
}
