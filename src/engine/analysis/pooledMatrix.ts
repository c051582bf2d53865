// A head's matrix, ready to be looked at from any distance: halved again and again, each cell the value of largest magnitude of the four
// beneath it, so that a lone bright cell of 2,048 × 2,048 is seen from afar; with its range and its strongest cells. Made where the
// matrix is read, so that a page draws, pans and zooms without going over millions of cells.

/** What a scale of colours needs to know of a matrix: of its finite values that are not masked; 0 where there are none. */
export type MatrixRange = {
  readonly low: number;
  readonly high: number;
  readonly smallest: number; // the least magnitude that is not 0
  readonly mostAfterFirst: number; // the largest magnitude of all rows but the first
  readonly hasNaN: boolean;
};

/** levels[l] is [⌈n/2^l⌉, ⌈n/2^l⌉], level 0 the matrix itself; −∞: masked, every cell of it. NaN wins over all. */
export type PooledMatrix = MatrixRange & {
  readonly levels: readonly Float32Array<ArrayBuffer>[];
  readonly strongest: readonly (readonly [queryPos: number, keyPos: number])[]; // of largest magnitude, largest first
};

/** Says whether the values of a head's matrices are there: without them its levels are none, and it has a range alone. */
export function hasValues({ a, b }: Readonly<Record<'a' | 'b', PooledMatrix | null>>): boolean {
  return ((a ?? b)?.levels.length ?? 1) > 0;
}

const LEAST_EXTENT = 32; // of the last level
const STRONGEST_COUNT = 64;

/** Pools a causal matrix [nPos, nPos]; keys after their query are masked whatever they hold. */
export function pooledMatrix(matrix: Float32Array<ArrayBuffer>, nPos: number): PooledMatrix {
  const levels = [masked(matrix, nPos)];
  for (const extent of levelExtents(nPos).slice(0, -1)) levels.push(halved(levels.at(-1) ?? matrix, extent));
  return { levels, ...rangeOf(matrix, nPos), strongest: strongestOf(matrix, nPos, STRONGEST_COUNT) };
}

/** Cells a side of each level, the matrix itself first. */
export function levelExtents(nPos: number): readonly number[] {
  const extents = [nPos];
  for (let extent = nPos; extent > LEAST_EXTENT; ) {
    extent = Math.ceil(extent / 2);
    extents.push(extent);
  }
  return extents;
}

/** B − A, cell by cell [nPos, nPos]; masked where both are, exactly 0 where both are the same. */
export function matrixDifference(a: Float32Array, b: Float32Array): Float32Array<ArrayBuffer> {
  const delta = new Float32Array(a.length); // a loop: Float32Array.from walks an iterator, 700 ms for 2,048²
  for (let i = 0; i < delta.length; i++) {
    const left = a[i] ?? Number.NaN;
    const right = b[i] ?? Number.NaN;
    if (left !== right) delta[i] = right - left;
    else if (left === Number.NEGATIVE_INFINITY) delta[i] = left;
  }
  return delta;
}

function masked(matrix: Float32Array<ArrayBuffer>, nPos: number): Float32Array<ArrayBuffer> {
  for (let query = 0; query < nPos; query++) {
    matrix.fill(Number.NEGATIVE_INFINITY, query * nPos + query + 1, (query + 1) * nPos);
  }
  return matrix;
}

function halved(values: Float32Array, extent: number): Float32Array<ArrayBuffer> {
  const half = Math.ceil(extent / 2);
  const pooled = new Float32Array(half * half).fill(Number.NEGATIVE_INFINITY);
  for (let query = 0; query < extent; query++) {
    const row = (query >> 1) * half;
    for (let key = 0; key <= query; key++) {
      const value = values[query * extent + key] ?? Number.NaN;
      const into = row + (key >> 1);
      pooled[into] = stronger(pooled[into] ?? Number.NEGATIVE_INFINITY, value);
    }
  }
  return pooled;
}

/** Of two cells the one to be seen: NaN before any number, any number before a masked cell. */
function stronger(held: number, next: number): number {
  if (next === Number.NEGATIVE_INFINITY || Number.isNaN(held)) return held;
  if (held === Number.NEGATIVE_INFINITY || Number.isNaN(next)) return next;
  return Math.abs(next) > Math.abs(held) ? next : held;
}

/** The range of a causal matrix [nPos, nPos]. */
export function rangeOf(matrix: Float32Array, nPos: number): MatrixRange {
  let [low, high, smallest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let [mostAfterFirst, hasNaN] = [0, false];
  for (let query = 0; query < nPos; query++) {
    for (let i = query * nPos; i <= query * nPos + query; i++) {
      const value = matrix[i] ?? Number.NaN;
      if (Number.isNaN(value)) hasNaN = true;
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
      const magnitude = Math.abs(value);
      if (magnitude > 0 && magnitude < smallest) smallest = magnitude;
      if (magnitude > mostAfterFirst && query > 0) mostAfterFirst = magnitude;
    }
  }
  if (low > high) return { low: 0, high: 0, smallest: 0, mostAfterFirst, hasNaN };
  const least = Number.isFinite(smallest) ? smallest : 0;
  return { low: low + 0, high: high + 0, smallest: least, mostAfterFirst, hasNaN }; // + 0: no −0
}

/** Keeps the strongest so far in a list twice as long as wanted, cut whenever it is full. */
function strongestOf(matrix: Float32Array, nPos: number, count: number): PooledMatrix['strongest'] {
  let best: { readonly magnitude: number; readonly i: number }[] = [];
  let least = Number.NEGATIVE_INFINITY;
  const cut = () => {
    best.sort((x, y) => y.magnitude - x.magnitude || x.i - y.i);
    best = best.slice(0, count);
    least = best.length < count ? least : (best.at(-1)?.magnitude ?? least);
  };
  for (let query = 0; query < nPos; query++) {
    for (let i = query * nPos; i <= query * nPos + query; i++) {
      const magnitude = Math.abs(matrix[i] ?? Number.NaN);
      if (!(magnitude > least) || magnitude === Number.POSITIVE_INFINITY) continue;
      best.push({ magnitude, i });
      if (best.length >= 2 * count) cut();
    }
  }
  cut();
  return best.map(({ i }) => [Math.floor(i / nPos), i % nPos]);
}
