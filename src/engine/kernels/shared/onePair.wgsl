// The one pair of a dispatch. Takes turns with manyPairs.wgsl.

@group(0) @binding(0) var<uniform> dims: Dims;
