// Shapes: how many elements, which index. Row-major always; knows no dtype and no GPU.

export type Shape = readonly number[];

/** Counts the elements of a tensor of this shape; a scalar (`[]`) has one. */
export function elementCount(shape: Shape): number {
  return shape.reduce((count, extent) => count * extent, 1);
}

/** Turns a flat row-major position into one index per axis. */
export function unravel(flat: number, shape: Shape): number[] {
  const index = new Array<number>(shape.length).fill(0);
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis] ?? 1;
    index[axis] = rest % extent;
    rest = Math.floor(rest / extent);
  }
  return index;
}

/** Writes a shape the way errors and the page show it: `[15, 8, 16]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}
