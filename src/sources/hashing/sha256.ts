// SHA-256 of bytes that come in parts, by the WebAssembly module beside it. One module serves every hash: between two calls a hash is
// its state and the bytes of a block that is not whole yet.
import { BLOCK_BYTES, DATA_BYTES, DATA_OFFSET, sha256Module } from './sha256Module.ts';

/** FIPS 180-4, section 5.3.3: the first 32 bits of the fractional parts of the square roots of the first eight primes. */
const INITIAL = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
] as const;

type Compressor = {
  readonly state: Uint32Array; // [8]
  readonly data: Uint8Array; // [DATA_BYTES]
  readonly compress: (at: number, end: number) => void;
};

let compressor: Promise<Compressor> | null = null;

async function makeCompressor(): Promise<Compressor> {
  const { instance } = await WebAssembly.instantiate(sha256Module());
  const { memory, compress } = instance.exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof compress !== 'function') {
    throw new Error('internal: the module of SHA-256 exports no memory or no compress');
  }
  return {
    state: new Uint32Array(memory.buffer, 0, INITIAL.length),
    data: new Uint8Array(memory.buffer, DATA_OFFSET, DATA_BYTES),
    compress: (at, end) => compress(at, end),
  };
}

export class Sha256 {
  readonly #compressor: Compressor;
  readonly #state = Uint32Array.from(INITIAL);
  readonly #rest = new Uint8Array(BLOCK_BYTES);
  #byteLength = 0;

  private constructor(own: Compressor) {
    this.#compressor = own;
  }

  /** Begins a hash. Throws where the host forbids WebAssembly. */
  static async make(): Promise<Sha256> {
    compressor ??= makeCompressor();
    return new Sha256(await compressor);
  }

  /** Takes the next bytes; they may be written to afterwards. */
  update(bytes: Uint8Array): void {
    const { state, data, compress } = this.#compressor;
    const restBytes = this.#byteLength % BLOCK_BYTES;
    this.#byteLength += bytes.byteLength;
    state.set(this.#state);
    data.set(this.#rest.subarray(0, restBytes));
    let filled = restBytes;
    for (let at = 0; at < bytes.byteLength; ) {
      const part = bytes.subarray(at, at + DATA_BYTES - filled);
      data.set(part, filled);
      at += part.byteLength;
      filled += part.byteLength;
      const whole = filled - (filled % BLOCK_BYTES);
      compress(DATA_OFFSET, DATA_OFFSET + whole);
      data.copyWithin(0, whole, filled);
      filled -= whole;
    }
    this.#rest.set(data.subarray(0, filled));
    this.#state.set(state);
  }

  /** Ends the hash: 64 hexadecimal digits. */
  digest(): string {
    const bits = BigInt(this.#byteLength) * 8n;
    const paddedBytes = Math.ceil((this.#byteLength + 9) / BLOCK_BYTES) * BLOCK_BYTES;
    const padding = new Uint8Array(paddedBytes - this.#byteLength); // section 5.1.1: a one, zeros, the length in 64 bits
    padding[0] = 0x80;
    new DataView(padding.buffer).setBigUint64(padding.byteLength - 8, bits);
    this.update(padding);
    return Array.from(this.#state, (word) => word.toString(16).padStart(8, '0')).join('');
  }
}

/** The hash of bytes that are all there: hex. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = await Sha256.make();
  hash.update(bytes);
  return hash.digest();
}
