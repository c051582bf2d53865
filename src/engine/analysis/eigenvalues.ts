// Eigenvalues of a real matrix: Hessenberg form by elimination, then the QR algorithm with Francis' double shift.
// After EISPACK's elmhes and hqr (Smith et al. 1976) in the form of Numerical Recipes, section 11.6. For matrices of d_head rows.

export type Complex = { readonly re: number; readonly im: number };

type Square = { readonly n: number; readonly a: Float64Array }; // row-major

const MAX_SWEEPS = 60; // of one eigenvalue; 10 to 20 is usual

/** Finds all n eigenvalues of a row-major matrix [n, n], in no order. Throws where an element is not finite. */
export function eigenvalues(values: Float64Array, n: number): Complex[] {
  if (values.length !== n * n) throw new Error(`internal: ${values.length} values are no matrix of ${n} × ${n}`);
  if (!values.every(Number.isFinite)) throw new Error('internal: a matrix with NaN or infinity has no eigenvalues');
  const matrix = { n, a: values.slice() };
  toHessenberg(matrix);
  return shiftedQr(matrix);
}

/** Reduces a matrix in place to upper Hessenberg form by stabilised elimination; its eigenvalues stay. */
function toHessenberg({ n, a }: Square): void {
  for (let m = 1; m < n - 1; m++) {
    const pivot = largestBelow({ n, a }, m);
    const x = get(a, pivot * n + m - 1);
    if (pivot !== m) exchange({ n, a }, pivot, m);
    if (x === 0) continue;
    for (let i = m + 1; i < n; i++) {
      const factor = get(a, i * n + m - 1) / x;
      a[i * n + m - 1] = 0;
      if (factor === 0) continue;
      for (let j = m; j < n; j++) a[i * n + j] = get(a, i * n + j) - factor * get(a, m * n + j);
      for (let j = 0; j < n; j++) a[j * n + m] = get(a, j * n + m) + factor * get(a, j * n + i);
    }
  }
}

function largestBelow({ n, a }: Square, m: number): number {
  let pivot = m;
  for (let i = m + 1; i < n; i++) {
    if (Math.abs(get(a, i * n + m - 1)) > Math.abs(get(a, pivot * n + m - 1))) pivot = i;
  }
  return pivot;
}

/** Exchanges rows and columns p and m. */
function exchange({ n, a }: Square, p: number, m: number): void {
  for (let j = m - 1; j < n; j++) {
    const kept = get(a, p * n + j);
    a[p * n + j] = get(a, m * n + j);
    a[m * n + j] = kept;
  }
  for (let j = 0; j < n; j++) {
    const kept = get(a, j * n + p);
    a[j * n + p] = get(a, j * n + m);
    a[j * n + m] = kept;
  }
}

/** Splits eigenvalues off the lower end of a Hessenberg matrix, one or a pair at a time. */
function shiftedQr(matrix: Square): Complex[] {
  const { n, a } = matrix;
  const found: Complex[] = [];
  let shift = 0; // taken off the diagonal so far, by exceptional shifts
  let end = n - 1;
  let sweeps = 0;
  while (end >= 0) {
    const start = activeStart(matrix, end);
    const corner = get(a, end * n + end);
    if (start === end) {
      found.push({ re: corner + shift, im: 0 });
      end -= 1;
      sweeps = 0;
    } else if (start === end - 1) {
      found.push(...eigenvaluesOfPair(matrix, end, shift));
      end -= 2;
      sweeps = 0;
    } else {
      if (sweeps === MAX_SWEEPS) throw new Error(`internal: no eigenvalue found in ${MAX_SWEEPS} sweeps`);
      if (sweeps > 0 && sweeps % 10 === 0) {
        for (let i = 0; i <= end; i++) a[i * n + i] = get(a, i * n + i) - corner;
        shift += corner;
      }
      sweep(matrix, start, end, sweeps > 0 && sweeps % 10 === 0);
      sweeps += 1;
    }
  }
  return found;
}

/** The first row of the block that ends at `end` and has no negligible subdiagonal element, which is set to 0. */
function activeStart({ n, a }: Square, end: number): number {
  let start = end;
  for (; start > 0; start--) {
    const neighbours = Math.abs(get(a, (start - 1) * n + start - 1)) + Math.abs(get(a, start * n + start));
    const below = Math.abs(get(a, start * n + start - 1));
    if (below <= Number.EPSILON * (neighbours || 1e-300)) {
      a[start * n + start - 1] = 0;
      break;
    }
  }
  return start;
}

function eigenvaluesOfPair({ n, a }: Square, end: number, shift: number): Complex[] {
  const [x, y] = [get(a, end * n + end), get(a, (end - 1) * n + end - 1)];
  const w = get(a, end * n + end - 1) * get(a, (end - 1) * n + end);
  const p = (y - x) / 2;
  const q = p * p + w;
  const centre = x + shift;
  const root = Math.sqrt(Math.abs(q));
  if (q < 0) {
    return [
      { re: centre + p, im: root },
      { re: centre + p, im: -root },
    ];
  }
  const z = p + (p < 0 ? -root : root);
  return [
    { re: centre + z, im: 0 },
    { re: z === 0 ? centre : centre - w / z, im: 0 },
  ];
}

/** One double-shifted QR sweep over rows start to end. */
function sweep(matrix: Square, start: number, end: number, exceptional: boolean): void {
  const { n, a } = matrix;
  let [x, y] = [get(a, end * n + end), get(a, (end - 1) * n + end - 1)];
  let w = get(a, end * n + end - 1) * get(a, (end - 1) * n + end);
  if (exceptional) {
    const s = Math.abs(get(a, end * n + end - 1)) + Math.abs(get(a, (end - 1) * n + end - 2));
    [x, y, w] = [0.75 * s, 0.75 * s, -0.4375 * s * s];
  }
  const at = (i: number, j: number) => get(a, i * n + j);
  let [p, q, r] = [
    ((x - at(start, start)) * (y - at(start, start)) - w) / at(start + 1, start) + at(start, start + 1),
    at(start + 1, start + 1) + at(start, start) - x - y,
    start + 2 <= end ? at(start + 2, start + 1) : 0,
  ];
  for (let k = start; k < end; k++) {
    const isLast = k === end - 1;
    if (k > start) [p, q, r] = [at(k, k - 1), at(k + 1, k - 1), isLast ? 0 : at(k + 2, k - 1)];
    const s = (p < 0 ? -1 : 1) * Math.hypot(p, q, r);
    if (s === 0) continue;
    if (k > start) {
      a[k * n + k - 1] = -s;
      a[(k + 1) * n + k - 1] = 0;
      if (!isLast) a[(k + 2) * n + k - 1] = 0;
    }
    reflect(matrix, { k, start, end, isLast }, [p, q, r, s]);
  }
}

type Place = { readonly k: number; readonly start: number; readonly end: number; readonly isLast: boolean };

/** Applies a Householder reflection of rows k to k + 2 from both sides. */
function reflect({ n, a }: Square, { k, start, end, isLast }: Place, [p0, q0, r0, s]: readonly number[]): void {
  const [p, q, r, sign] = [p0 ?? 0, q0 ?? 0, r0 ?? 0, s ?? 1];
  const first = p + sign;
  const [x, y, z] = [first / sign, q / sign, r / sign];
  const [u, v] = [q / first, r / first];
  for (let j = k; j < n; j++) {
    const sum = get(a, k * n + j) + u * get(a, (k + 1) * n + j) + (isLast ? 0 : v * get(a, (k + 2) * n + j));
    a[k * n + j] = get(a, k * n + j) - sum * x;
    a[(k + 1) * n + j] = get(a, (k + 1) * n + j) - sum * y;
    if (!isLast) a[(k + 2) * n + j] = get(a, (k + 2) * n + j) - sum * z;
  }
  for (let i = start; i <= Math.min(end, k + 3); i++) {
    const sum = x * get(a, i * n + k) + y * get(a, i * n + k + 1) + (isLast ? 0 : z * get(a, i * n + k + 2));
    a[i * n + k] = get(a, i * n + k) - sum;
    a[i * n + k + 1] = get(a, i * n + k + 1) - sum * u;
    if (!isLast) a[i * n + k + 2] = get(a, i * n + k + 2) - sum * v;
  }
}

function get(values: Float64Array, at: number): number {
  return values[at] ?? Number.NaN;
}
