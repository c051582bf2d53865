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
  | {
      readonly family: 'quadPairs'; // matmulQuadPairs.wgsl: the same, two chunks of k a turn; ⌈K/4⌉ must be even
      readonly rows: 32 | 64;
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
    return quadPlan(shape);
  }
  return registerPlan(shape.rows, 4, 1); // a subgroup of 4 runs on one core
}

/** What a product falls back to where a plan's invocations would share an input that they do not have in common. */
export function registerPlan(rows: number, workgroupPanels: number, workgroupTiles: number): ProductPlan {
  const tileRows = rows >= 5 ? 8 : rows >= 3 ? 4 : rows === 2 ? 2 : 1;
  return { family: 'register', rows: tileRows, workgroupPanels, workgroupTiles };
}

type QuadPlan = Extract<ProductPlan, { family: 'quad' | 'quadPairs' }>;

/**
 * Quads by measurement: the time of one tile row (what is loaded of W serves all rows of a tile), and the multiply-adds from which a
 * product earns back, within some ten runs, what its tile took to compile (100, 200, 530, 750, 2,100 ms; by now about two thirds of it).
 */
const QUADS: readonly { readonly plan: QuadPlan; readonly timePerRow: number; readonly fromMultiplyAdds: number }[] = [
  { plan: { family: 'quad', rows: 8, workgroupPanels: 4 }, timePerRow: 1, fromMultiplyAdds: 0 },
  { plan: { family: 'quad', rows: 16, workgroupPanels: 4 }, timePerRow: 0.82, fromMultiplyAdds: 1 << 23 },
  { plan: { family: 'quad', rows: 32, workgroupPanels: 4 }, timePerRow: 0.7, fromMultiplyAdds: 1 << 23 },
  { plan: { family: 'quadPairs', rows: 32, workgroupPanels: 4 }, timePerRow: 0.65, fromMultiplyAdds: 1 << 23 },
  { plan: { family: 'quadPairs', rows: 64, workgroupPanels: 4 }, timePerRow: 0.58, fromMultiplyAdds: 1 << 25 },
];

/** The quads with which all rows, those that pad the last tile included, take the least time. */
function quadPlan({ rows, columns, k }: ProductShape): QuadPlan {
  const fitting = QUADS.filter(({ plan, fromMultiplyAdds }) => {
    return rows * columns * k >= fromMultiplyAdds && (plan.family === 'quad' || takesPairs(k));
  });
  const timeOf = ({ plan, timePerRow }: (typeof QUADS)[number]) => Math.ceil(rows / plan.rows) * plan.rows * timePerRow;
  return fitting.reduce((best, next) => (timeOf(next) < timeOf(best) ? next : best)).plan;
}

/** Tells whether a reduction can be walked two chunks of four at a time. */
export function takesPairs(k: number): boolean {
  return Math.ceil(k / 4) % 2 === 0;
}
