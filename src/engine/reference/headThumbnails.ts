// Max-pools one head's pattern to a thumbnail. Twin of kernels/headThumbnails.wgsl.

/** The largest of the cells of each pool, masked keys aside, of a pattern [n_pos, n_pos]: [extent, extent]. */
export function headThumbnail(pattern: Float32Array, nPos: number, extent: number): Float32Array {
  const thumbnail = new Float32Array(extent * extent);
  const poolOf = (position: number) => Math.floor((position * extent) / nPos);
  for (let query = 0; query < nPos; query++) {
    for (let key = 0; key <= query; key++) {
      const cell = poolOf(query) * extent + poolOf(key);
      thumbnail[cell] = Math.max(thumbnail[cell] ?? 0, pattern[query * nPos + key] ?? 0);
    }
  }
  return thumbnail;
}
