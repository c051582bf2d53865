// A digest of a tensor's bits: equal digests mean equal bits, −0 and NaN payloads included. Fast, not cryptographic.
// MurmurHash3_x86_128 (Austin Appleby, public domain, smhasher/MurmurHash3.cpp) with seed 0; the first 64 of its 128 bits.

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

/** Digests the 32-bit words of an array: 16 hexadecimal digits. */
export function digest(words: Float32Array | Uint32Array | Int32Array): string {
  const w = new Uint32Array(words.buffer, words.byteOffset, words.length);
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  const whole = w.length - (w.length % 4);
  for (let i = 0; i < whole; i += 4) {
    h1 ^= mix(w[i] ?? 0, C1, 15, C2);
    h1 = (Math.imul(rotate(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= mix(w[i + 1] ?? 0, C2, 16, C3);
    h2 = (Math.imul(rotate(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= mix(w[i + 2] ?? 0, C3, 17, C4);
    h3 = (Math.imul(rotate(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= mix(w[i + 3] ?? 0, C4, 18, C1);
    h4 = (Math.imul(rotate(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  // The tail: a missing word is 0, which mix keeps 0.
  h3 ^= mix(w[whole + 2] ?? 0, C3, 17, C4);
  h2 ^= mix(w[whole + 1] ?? 0, C2, 16, C3);
  h1 ^= mix(w[whole] ?? 0, C1, 15, C2);
  return finish(h1, h2, h3, h4, w.length * 4);
}

/** Digests token ids and other small non-negative integers. */
export function digestIntegers(values: readonly number[]): string {
  return digest(Uint32Array.from(values));
}

function finish(h1: number, h2: number, h3: number, h4: number, byteLength: number): string {
  let [a, b, c, d] = [h1 ^ byteLength, h2 ^ byteLength, h3 ^ byteLength, h4 ^ byteLength];
  a = (a + b + c + d) | 0;
  [b, c, d] = [(b + a) | 0, (c + a) | 0, (d + a) | 0];
  [a, b, c, d] = [avalanche(a), avalanche(b), avalanche(c), avalanche(d)];
  a = (a + b + c + d) | 0;
  return hex(a) + hex(b + a);
}

function mix(word: number, multiplier: number, rotation: number, next: number): number {
  return Math.imul(rotate(Math.imul(word, multiplier), rotation), next);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function avalanche(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
