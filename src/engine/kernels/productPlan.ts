// Which of the product kernels makes a product, and with which tile: an explicit plan by adapter and shape, that a caller can force.
// All give the same bits (matmulBits.test.ts); docs/decisions/007-product-kernels.md tells what was measured.
import type { AdapterDescription } from '../gpu/device.ts';

export type ProductPlan =
  | {
      readonly family: 'register'; // matmul.wgsl: each invocation for itself
      readonly rows: 1 | 2 | 4 | 8; // that an invocation owns
      readonly workgroupPanels: number;
      readonly workgroupTiles: number;
    }
  | {
      readonly family: 'quad'; // matmulQuad.wgsl: four invocations share what they load of x; needs subgroups
      readonly rows: QuadRows;
      readonly workgroupPanels: number; // a multiple of 4
    }
  | { readonly family: 'shared' }; // matmulShared.wgsl: tiles staged through workgroup memory

type QuadRows = 4 | 8 | 16 | 32;

export type ProductShape = {
  readonly rows: number;
  readonly columns: number;
  readonly k: number;
};

/** Chooses by measurement on the software adapter, and for a GPU by what its memory asks for. Changes no bit of the result. */
export function chooseProductPlan(
  adapter: Pick<AdapterDescription, 'isSoftware' | 'features'>,
  shape: ProductShape,
): ProductPlan {
  if (!adapter.isSoftware) return shape.rows > 8 ? { family: 'shared' } : registerPlan(shape.rows, 16, 4);
  if (shape.rows > 4 && adapter.features.includes('subgroups')) {
    return { family: 'quad', rows: quadRows(shape), workgroupPanels: 4 };
  }
  return registerPlan(shape.rows, 4, 1); // a subgroup of 4 runs on one core
}

/** What a product falls back to where a plan's invocations would share an input that they do not have in common. */
export function registerPlan(rows: number, workgroupPanels: number, workgroupTiles: number): ProductPlan {
  const tileRows = rows >= 5 ? 8 : rows >= 3 ? 4 : rows === 2 ? 2 : 1;
  return { family: 'register', rows: tileRows, workgroupPanels, workgroupTiles };
}

/** Time of one tile row, by its tile, measured: what is loaded of W serves all rows of a tile. */
const TIME_PER_ROW: readonly (readonly [QuadRows, number])[] = [
  [8, 1],
  [16, 0.82],
  [32, 0.68],
];

/** A larger tile takes longer to compile (66, 180, 500 ms), which small products do not earn back. */
const SMALL_PRODUCT_MULTIPLY_ADDS = 1 << 23;

/** The tile with which all rows, those that pad the last tile included, take the least time. */
function quadRows({ rows, columns, k }: ProductShape): QuadRows {
  if (rows * columns * k < SMALL_PRODUCT_MULTIPLY_ADDS) return 8;
  const timed = TIME_PER_ROW.map(([tile, time]) => ({ tile, time: Math.ceil(rows / tile) * tile * time }));
  return timed.reduce((best, next) => (next.time < best.time ? next : best), {
    tile: 8,
    time: Number.POSITIVE_INFINITY,
  }).tile;
}
