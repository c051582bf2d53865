// f16, bf16 and f32 as bits: exact widening, narrowing to nearest even. Typed arrays are little-endian here, as files and GPU buffers are.

const f32 = new Float32Array(1);
const u32 = new Uint32Array(f32.buffer);

/** The bit pattern of a number rounded to f32, as an unsigned integer. */
export function bitsOfF32(value: number): number {
  f32[0] = value;
  return u32[0] ?? 0;
}

/** The f32 of a bit pattern. A NaN's payload may be lost on the way through a JavaScript number: compare bits, not this. */
export function f32OfBits(bits: number): number {
  u32[0] = bits;
  return f32[0] ?? 0;
}

/** The bits of f32 values, in the same memory. */
export function bitsOf<Buffer extends ArrayBufferLike>(values: Float32Array<Buffer>): Uint32Array<Buffer> {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** A number rounded to f32, as an unsigned integer in the order of all numbers; −0 is 0. */
export function keyOfF32(value: number): number {
  const bits = bitsOfF32(value);
  const isNegative = bits > 0x80000000;
  return (isNegative ? ~bits : bits | 0x80000000) >>> 0;
}

/** The f32 that stands at a place in that order. */
export function f32OfKey(key: number): number {
  return f32OfBits(key > 0x7fffffff ? key & 0x7fffffff : ~key >>> 0);
}

/** Widens bf16 bits to f32 bits: exact. */
export function bf16ToF32Bits(half: number): number {
  return (half << 16) >>> 0;
}

/** Widens f16 bits to f32 bits: exact, subnormals and NaN payloads included. */
export function f16ToF32Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return (sign | 0x7f800000 | (fraction << 13)) >>> 0;
  if (exponent !== 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0; // 112 = 127 − 15
  if (fraction === 0) return sign >>> 0;
  const shift = Math.clz32(fraction) - 21; // brings the leading one to bit 10
  return (sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13)) >>> 0;
}

/** Rounds f32 bits to bf16 bits, ties to even. A NaN stays one, made quiet. */
export function f32BitsToBf16(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return ((bits >>> 16) | 0x40) & 0xffff;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** Rounds f32 bits to f16 bits, ties to even; from 65520 on, infinity. A NaN stays one, made quiet. */
export function f32BitsToF16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff);
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520: halfway from the largest f16 to what would be the next
  if (magnitude >= 0x38800000) {
    // 2^-14, the smallest normal f16, and up; 0x38000000 rebiases the exponent by 112
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  if (magnitude < 0x33000000) return sign; // below 2^-25: rounds to zero
  const shift = 126 - (magnitude >>> 23); // 14 to 24: the fraction in units of 2^-24
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  const kept = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0));
}

/** Widens a little-endian payload to f32, exactly. Throws where the bytes are no whole number of elements. */
export function widenToF32(bytes: Uint8Array, dtype: 'f32' | 'f16' | 'bf16'): Float32Array<ArrayBuffer> {
  if (dtype === 'f32') return new Float32Array(aligned(bytes, 4));
  const halves = new Uint16Array(aligned(bytes, 2));
  const widened = new Uint32Array(halves.length);
  const widen = dtype === 'f16' ? f16ToF32Bits : bf16ToF32Bits;
  for (let i = 0; i < halves.length; i++) widened[i] = widen(halves[i] ?? 0);
  return new Float32Array(widened.buffer);
}

/** Rounds f32 to f16 or bf16, ties to even. */
export function narrowFromF32(values: Float32Array, dtype: 'f16' | 'bf16'): Uint16Array<ArrayBuffer> {
  const bits = bitsOf(values);
  const halves = new Uint16Array(bits.length);
  const narrow = dtype === 'f16' ? f32BitsToF16 : f32BitsToBf16;
  for (let i = 0; i < bits.length; i++) halves[i] = narrow(bits[i] ?? 0);
  return halves;
}

/** Reads a little-endian f64 payload. Throws where the bytes are no whole number of elements. */
export function f64FromBytes(bytes: Uint8Array): Float64Array<ArrayBuffer> {
  return new Float64Array(aligned(bytes, 8));
}

/** A copy that starts at a buffer's beginning: a file's payload may lie at an odd offset. */
function aligned(bytes: Uint8Array, elementBytes: number): ArrayBuffer {
  if (bytes.byteLength % elementBytes !== 0) {
    throw new Error(`internal: ${bytes.byteLength} bytes are no whole number of ${elementBytes}-byte elements`);
  }
  return bytes.slice().buffer;
}
