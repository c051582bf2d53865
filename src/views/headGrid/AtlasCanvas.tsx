// One canvas for all heads: thumbnails of their patterns, or one flat colour for their score.
import { useCallback } from 'react';
import { Raster, type RasterFrame } from '../marks/Raster.tsx';
import { drawHeads, type HeadsPlot } from './drawHeads.ts';

type Props = HeadsPlot & { readonly cell: number }; // CSS pixels

/** Draws the rows, one cell of `cell` pixels a head. */
export function AtlasCanvas({ atlas, rows, scale, cell, metric }: Props) {
  const draw = useCallback(
    (frame: RasterFrame) => drawHeads(frame, { atlas, rows, scale, metric }),
    [atlas, rows, scale, metric],
  );
  return <Raster width={cell * atlas.nHeads} height={cell * Math.max(1, rows.length)} draw={draw} />;
}
