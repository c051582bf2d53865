// Weights kept in f32, for the products (shared/product.wgsl): a chunk is read as one array, whole, with one check of its bounds.
alias Chunk = array<vec4<f32>, 8>; // four k of a panel: [k][low four columns, high four]

@group(0) @binding(2) var<storage, read> w: array<Chunk>;

fn weights_at(chunk: u32) -> Chunk {
  return w[chunk];
}
