// Cells of one level of a head's matrix as the pixels of a window of it, exactly those that the page itself draws: which cell a pixel lies
// in and from which value on a colour begins are tables that the page makes, so that nothing is computed here that could round.
//
//   cells [extent, extent] from an offset on
//   tables: first value of each colour, ordered [steps] · colours [steps] · cell of each column [width_px] · of each row [height_px]
//   pixels [height_px, row_px], 0xAABBGGRR as canvases have them; 0 between cells
//
// One invocation a pixel. A pixel of alpha 0 is the code of a texture, which is drawn by place. Twin: views/marks/raster.ts, drawWindow.

struct Dims {
  extent: u32,
  offset: u32,
  width_px: u32,
  height_px: u32,
  row_px: u32, // whole multiples of 64: a texture is filled by rows of 256 bytes
  steps: u32,
  is_magnitude: u32,
  zero: u32, // what an exact 0 is, a colour or a texture
  not_a_number: u32,
  masked: u32,
  mask: u32, // the textures' colours
  stroke: u32,
  paper: u32,
  dot: u32,
  nan: u32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> cells: array<u32>;
@group(0) @binding(2) var<storage, read> tables: array<u32>;
@group(0) @binding(3) var<storage, read_write> pixels: array<u32>;

const MASKED = MINUS_INFINITY;
const BETWEEN: u32 = 0xffffffffu; // the cell of a pixel that lies between two
const TEXTURE_MASKED: u32 = 1u; // views/marks/colour.ts
const TEXTURE_ZERO: u32 = 2u;
const TEXTURE_NAN: u32 = 3u;

fn colour_of(bits: u32) -> u32 {
  let size = bits & MAGNITUDE;
  if (bits == MASKED) {
    return dims.masked;
  }
  if (size > EXPONENT) {
    return dims.not_a_number;
  }
  if (size == 0u) {
    return dims.zero;
  }
  let key = key_of(select(bits, size, dims.is_magnitude == 1u));
  var step = 0u; // the last whose first value is not beyond this one
  for (var end = dims.steps; end - step > 1u; ) {
    let middle = (step + end) / 2u;
    if ((tables[middle] ^ SIGN) <= key) {
      step = middle;
    } else {
      end = middle;
    }
  }
  return tables[dims.steps + step];
}

fn texture_pixel(code: u32, x: u32, y: u32) -> u32 {
  if (code == TEXTURE_MASKED) {
    return select(dims.mask, dims.stroke, (x + y) % 8u == 0u);
  }
  if (code == TEXTURE_NAN) {
    return select(dims.nan, dims.dot, (x & 4u) == (y & 4u));
  }
  if (x % 6u < 2u && y % 6u < 2u) {
    return dims.dot;
  }
  return select(code | 0xff000000u, dims.paper, code == TEXTURE_ZERO);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= dims.width_px || id.y >= dims.height_px) {
    return;
  }
  let column = tables[2u * dims.steps + id.x];
  let row = tables[2u * dims.steps + dims.width_px + id.y];
  var pixel = 0u;
  if (column != BETWEEN && row != BETWEEN) {
    pixel = dims.masked;
    if (column <= row) {
      pixel = colour_of(cells[dims.offset + row * dims.extent + column]);
    }
    if (pixel >> 24u == 0u) {
      pixel = texture_pixel(pixel, id.x, id.y);
    }
  }
  pixels[id.y * dims.row_px + id.x] = pixel;
}
