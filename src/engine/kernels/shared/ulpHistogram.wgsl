// The bins of a histogram of ULP distances: those below 2^exact_octave a bin each, then 64 bins an octave.

override exact_octave: u32 = 10u;
override exact_bins: u32 = 1u << exact_octave;
override bins: u32 = exact_bins + 64u * (32u - exact_octave);
override first_octave: u32 = (126u + exact_octave) << 6u; // half of exact_bins as f32, less its last 17 bits: exponent and six bits behind it

/** The bins of four distances. Half of one as f32 has its octave in front; what rounding could carry into that is cleared first. */
fn bins_of(ulp: vec4<u32>) -> vec4<u32> {
  let half = vec4<i32>(ulp >> vec4(1u)); // below 2³¹, which a software adapter compares and converts by one instruction
  let octave = bitcast<vec4<u32>>(vec4<f32>(half & ~(half >> vec4(8u)))) >> vec4(17u);
  return select(octave - (first_octave - exact_bins), ulp, half < vec4<i32>(vec4(exact_bins / 2u)));
}
