// Weights kept in f16 or bf16, for the products (shared/product.wgsl): widened as they are read, two in a u32.
alias Chunk = array<vec4<f32>, 8>; // four k of a panel: [k][low four columns, high four]

override weight_dtype: u32 = 2u; // of shared/widen.wgsl

@group(0) @binding(2) var<storage, read> w: array<array<vec4<u32>, 4>>;

fn weights_at(chunk: u32) -> Chunk {
  let words = w[chunk];
  return Chunk(
    widen_pairs(words[0].xy, weight_dtype), widen_pairs(words[0].zw, weight_dtype),
    widen_pairs(words[1].xy, weight_dtype), widen_pairs(words[1].zw, weight_dtype),
    widen_pairs(words[2].xy, weight_dtype), widen_pairs(words[2].zw, weight_dtype),
    widen_pairs(words[3].xy, weight_dtype), widen_pairs(words[3].zw, weight_dtype),
  );
}
