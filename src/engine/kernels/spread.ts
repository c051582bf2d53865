// Spreads a count of workgroups over two dimensions, since one holds at most 65,535.

/** `[x, y, 1]` with x·y ≥ count, both within the limit of a dimension. */
export function spread(count: number, limit = 65_535): [number, number, number] {
  if (count <= limit) return [Math.max(1, count), 1, 1];
  const y = Math.ceil(count / limit);
  return [Math.ceil(count / y), y, 1];
}
