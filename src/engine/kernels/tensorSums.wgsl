// Adds up a tensor exactly, by integers: x = ±m·2^(e − 150) with m of 24 bits, so that Σx and Σx² are whole numbers an exponent e. The
// same on every GPU, in whatever order; no mean is lost to a rounding. Also its least and greatest element and smallest magnitude.
//
//   a [n elements, with strides of its own], b the same again · sums: finite elements, three extremes, then 8 words an exponent, two for
//   each of Σm of x ≥ 0, Σm of x < 0, and the two halves of Σm²: ⌊m² / 2²⁴⌋ and m² mod 2²⁴
//
// A workgroup takes `chunk` consecutive elements, its lanes four at a time. What is not finite counts nowhere.
// Twin: analysis/exactSums.ts.

override lanes: u32 = 64u;

const HEADER: u32 = 4u;
const WORDS_AN_EXPONENT: u32 = 8u;

@group(0) @binding(3) var<storage, read_write> sums: array<atomic<u32>>;

@compute @workgroup_size(lanes)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * dims.chunk;
  let end = min(first + dims.chunk, dims.n);
  var counted = 0u;
  var greatest = 0u;
  var least = 0u; // both extremes are kept as largest, of a key and of its complement
  var smallest = 0u;
  for (var at = first + 4u * lane; at < end; at += 4u * lanes) {
    let bits = load(at, end).a;
    for (var k = 0u; k < min(4u, end - at); k++) {
      let x = bits[k];
      let size = x & MAGNITUDE;
      if (size < EXPONENT) {
        let key = key_of(x);
        counted += 1u;
        greatest = max(greatest, key);
        least = max(least, ~key);
        smallest = max(smallest, select(~size, 0u, size == 0u));
        add_up(x, size);
      }
    }
  }
  atomicAdd(&sums[0], counted);
  atomicMax(&sums[1], greatest);
  atomicMax(&sums[2], least);
  atomicMax(&sums[3], smallest);
}

fn add_up(x: u32, size: u32) {
  if (size == 0u) {
    return;
  }
  let m = (size & 0x7fffffu) | select(0u, 0x800000u, size >= 0x800000u);
  let words = HEADER + WORDS_AN_EXPONENT * max(size >> 23u, 1u);
  let upper = m >> 12u;
  let lower = m & 0xfffu;
  let middle = ((lower * lower) >> 12u) + 2u * upper * lower; // m² = upper²·2²⁴ + middle·2¹² + 12 bits
  add(words + select(0u, 2u, x > MAGNITUDE), m);
  add(words + 4u, upper * upper + (middle >> 12u));
  add(words + 6u, (m * m) & 0xffffffu);
}

/** Adds to the two words of a sum. */
fn add(word: u32, value: u32) {
  let before = atomicAdd(&sums[word], value);
  if (before + value < value) {
    atomicAdd(&sums[word + 1u], 1u);
  }
}
