// The hash of bytes that go by: by a thread of its own where the host has workers, so that reading and laying out go on meanwhile.
import type { HashAnswer, HashRequest } from './hashWorker.ts';
import { beginSha256 } from './sha256.ts';

export interface ByteHash {
  /** Takes the next bytes; resolves when it is ready for more. They may be written to afterwards. */
  update(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Ends the hash: sha256, hex. Throws where the thread failed. */
  digest(): Promise<string>;
}

/** Begins a hash. */
export function byteHash(): ByteHash {
  return typeof Worker === 'undefined' ? new HashHere() : new HashBeside();
}

/** Where the host has no workers (Node): its own thread hashes. */
class HashHere implements ByteHash {
  readonly #hash = beginSha256();

  async update(bytes: Uint8Array): Promise<void> {
    (await this.#hash).update(bytes); // calls stay in their order: each waits one turn
  }

  async digest(): Promise<string> {
    return (await this.#hash).digest();
  }
}

/** Bytes that may wait for the thread before whoever reads them waits as well. */
const MOST_WAITING_BYTES = 32 << 20;

class HashBeside implements ByteHash {
  readonly #thread = HashThread.open();
  readonly #hash = this.#thread.nextHash();
  #waitingBytes = 0;
  #failed: unknown = null;

  async update(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#waitingBytes += bytes.byteLength;
    const taken = this.#thread
      .ask({ hash: this.#hash, bytes: bytes.slice() })
      .catch((error: unknown) => {
        this.#failed ??= error; // thrown by `digest`
      })
      .finally(() => {
        this.#waitingBytes -= bytes.byteLength;
      });
    if (this.#waitingBytes > MOST_WAITING_BYTES) await taken;
  }

  async digest(): Promise<string> {
    const hex = await this.#thread.ask({ hash: this.#hash, bytes: null });
    if (this.#failed !== null) throw this.#failed;
    if (hex === null) throw new Error('internal: the hashing thread ended a hash without telling it');
    return hex;
  }
}

type Asked = { readonly resolve: (hex: string | null) => void; readonly reject: (error: unknown) => void };

/** One thread for all hashes; it answers in the order in which it was asked. */
class HashThread {
  static #open: HashThread | null = null;
  readonly #worker = new Worker(new URL('./hashWorker.ts', import.meta.url), {
    type: 'module',
    name: 'splitscope hash',
  });
  readonly #asked: Asked[] = [];
  #lastHash = 0;

  private constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<HashAnswer>) => {
      const asked = this.#asked.shift();
      if ('error' in data) asked?.reject(new Error(`The weights could not be hashed: ${data.error}`));
      else asked?.resolve(data.hex);
    });
    this.#worker.addEventListener('error', ({ message }) => {
      const error = new Error(`The thread that hashes weights failed: ${message}. Reload the page.`);
      HashThread.#open = null;
      for (const { reject } of this.#asked.splice(0)) reject(error);
    });
  }

  static open(): HashThread {
    HashThread.#open ??= new HashThread();
    return HashThread.#open;
  }

  nextHash(): number {
    this.#lastHash += 1;
    return this.#lastHash;
  }

  ask(request: HashRequest): Promise<string | null> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ resolve, reject });
      this.#worker.postMessage(request, request.bytes ? [request.bytes.buffer] : []);
    });
  }
}
