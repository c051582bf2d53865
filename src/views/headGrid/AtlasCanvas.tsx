// One canvas for all heads: thumbnails of their patterns, or one flat colour for their score.
import { useCallback } from 'react';
import type { Atlas } from '../data.ts';
import { TEXTURE_MASKED } from '../marks/colour.ts';
import { Raster, type RasterFrame } from '../marks/Raster.tsx';
import { drawSquare } from '../marks/raster.ts';
import type { ValueScale } from '../marks/valueScale.ts';

type Props = {
  readonly atlas: Atlas;
  readonly scale: ValueScale;
  readonly cell: number; // CSS pixels
  readonly show: 'pattern' | 'delta';
};

/** Draws the atlas, one cell of `cell` pixels a head. */
export function AtlasCanvas({ atlas, scale, cell, show }: Props) {
  const draw = useCallback(
    (frame: RasterFrame) => {
      const { nLayers, nHeads } = atlas;
      for (let layer = 0; layer < nLayers; layer++) {
        for (let head = 0; head < nHeads; head++) drawHead(frame, { atlas, scale, show, layer, head });
      }
    },
    [atlas, scale, show],
  );
  return <Raster width={cell * atlas.nHeads} height={cell * atlas.nLayers} draw={draw} />;
}

type HeadPlot = Omit<Props, 'cell'> & { readonly layer: number; readonly head: number };

function drawHead(frame: RasterFrame, { atlas, scale, show, layer, head }: HeadPlot): void {
  const { extent, nHeads, values, maxAbsDelta } = atlas;
  const step = frame.widthPx / nHeads;
  const gap = Math.max(1, Math.round(1.5 * frame.ratio));
  const plot = {
    pixels: frame.pixels,
    widthPx: frame.widthPx,
    leftPx: Math.round(head * step) + gap,
    topPx: Math.round(layer * step) + gap,
    sidePx: Math.floor(step) - 2 * gap,
    gapPx: 0,
    ground: frame.ground,
  };
  const index = layer * nHeads + head;
  if (show === 'delta') {
    const pixel = scale.pixel(maxAbsDelta?.[index] ?? 0);
    drawSquare(plot, 1, () => pixel);
    return;
  }
  const first = index * extent * extent;
  drawSquare(plot, extent, (q, k) => (k > q ? TEXTURE_MASKED : scale.pixel(values[first + q * extent + k] ?? 0)));
}
