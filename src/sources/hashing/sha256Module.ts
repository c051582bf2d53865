// SHA-256's compression function (FIPS 180-4, section 6.2.2) as a WebAssembly module, assembled here: 64 rounds straight down, in which
// the variables a … h take turns instead of moving. WebCrypto hashes only what is wholly in memory, and the same loop in JavaScript takes
// twice as long (docs/decisions/005-hub-by-ranges.md). Twin: node:crypto, in sha256.test.ts.

type Code = readonly number[];

/** Section 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const K = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
];

/** Bytes that a round of compression takes. */
export const BLOCK_BYTES = 64;

/** Memory of the module: eight words of state at 0, the data from here on. */
export const DATA_OFFSET = 64;
export const DATA_BYTES = 64 << 10;
const PAGES = 2;

// Locals: two parameters, a … h, the sixteen words of the schedule that are alive, and one more.
const [AT, END, A, W, T, N_LOCALS] = [0, 1, 2, 10, 26, 27];

const get = (local: number): Code => [0x20, local];
const set = (local: number, value: Code): Code => [...value, 0x21, local];
const constant = (value: number): Code => [0x41, ...signedLeb(value | 0)];
const binary =
  (operation: number) =>
  (a: Code, b: Code): Code => [...a, ...b, operation];
const [add, and, or, xor] = [binary(0x6a), binary(0x71), binary(0x72), binary(0x73)];
const shiftRight = (x: Code, bits: number): Code => [...x, ...constant(bits), 0x76];
const rotateRight = (x: Code, bits: number): Code => [...x, ...constant(bits), 0x78];
const load = (address: Code, byteOffset: number): Code => [...address, 0x28, 2, ...leb(byteOffset)];
const store = (byteOffset: number, value: Code): Code => [...constant(0), ...value, 0x36, 2, ...leb(byteOffset)];

/** Section 4.1.2: Σ of three rotations, σ of two and a shift. */
const sigma = (x: Code, [first, second, third]: readonly [number, number, number], last = rotateRight): Code =>
  xor(xor(rotateRight(x, first), rotateRight(x, second)), last(x, third));

/** W_t of the first sixteen rounds: the message's bytes are in network order, memory's words are not. */
function messageWord(t: number): Code {
  const [high, low] = [rotateRight(get(T), 8), rotateRight(get(T), 24)];
  const swapped = or(and(high, constant(0xff00ff00)), and(low, constant(0x00ff00ff)));
  return [...set(T, load(get(AT), 4 * t)), ...set(W + t, swapped)];
}

/** W_t of the later ones, in the place of W_(t − 16). */
function scheduledWord(t: number): Code {
  const w = (back: number): Code => get(W + ((t - back) & 15));
  const near = add(w(7), sigma(w(2), [17, 19, 10], shiftRight));
  const far = add(w(16), sigma(w(15), [7, 18, 3], shiftRight));
  return set(W + (t & 15), add(near, far));
}

function round(t: number): Code {
  const local = (name: number): number => A + ((name - t) & 7); // what was a in one round is b in the next
  const v = (name: 'abcdefgh'[number]): Code => get(local('abcdefgh'.indexOf(name)));
  const choice = xor(v('g'), and(v('e'), xor(v('f'), v('g'))));
  const majority = or(and(v('a'), v('b')), and(v('c'), or(v('a'), v('b'))));
  const keyed = add(constant(K[t] ?? 0), get(W + (t & 15)));
  return [
    ...(t < 16 ? messageWord(t) : scheduledWord(t)),
    ...set(T, add(add(v('h'), sigma(v('e'), [6, 11, 25])), add(choice, keyed))),
    ...set(local(3), add(v('d'), get(T))),
    ...set(local(7), add(get(T), add(sigma(v('a'), [2, 13, 22]), majority))),
  ];
}

/** compress(at, end): takes the blocks from `at` until `end`, addresses of the module's memory. */
function compress(): Code {
  const words = Array.from({ length: 8 }, (_, i) => i);
  const block = [
    ...words.flatMap((i) => set(A + i, load(constant(0), 4 * i))),
    ...K.flatMap((_, t) => round(t)),
    ...words.flatMap((i) => store(4 * i, add(load(constant(0), 4 * i), get(A + i)))),
    ...set(AT, add(get(AT), constant(BLOCK_BYTES))),
  ];
  const whileBlocks = [...get(AT), ...get(END), 0x4f, 0x0d, 1]; // at ≥ end, unsigned: leave
  return [0x02, 0x40, 0x03, 0x40, ...whileBlocks, ...block, 0x0c, 0, 0x0b, 0x0b, 0x0b];
}

/** The module's bytes: it exports `memory` and `compress`. */
export function sha256Module(): Uint8Array<ArrayBuffer> {
  const I32 = 0x7f;
  const name = (text: string): Code => [text.length, ...new TextEncoder().encode(text)];
  const body = [1, N_LOCALS - 2, I32, ...compress()];
  const section = (id: number, content: Code): Code => [id, ...leb(content.length), ...content];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // '\0asm', version 1
    ...section(1, [1, 0x60, 2, I32, I32, 0]), // one type: (i32, i32) → ()
    ...section(3, [1, 0]),
    ...section(5, [1, 0, PAGES]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('compress'), 0, 0]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
}

/** An unsigned number in LEB128. */
function leb(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

/** A signed one: the last byte's sixth bit is its sign. */
function signedLeb(value: number): Code {
  const isLast = value >= -0x40 && value < 0x40;
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signedLeb(value >> 7)];
}
