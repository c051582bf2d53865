// Pictures by way of a canvas: pixels to a data: URL, and a whole SVG to a PNG. The page's own canvas; nothing leaves it.
import { readGround } from './Raster.tsx';
import type { Ground } from './raster.ts';

const PNG_SCALE = 2; // pixels per unit of the SVG: sharp in print

/** Paints a rectangle of pixels and gives it as a PNG in a data: URL. */
export function paintPicture(
  widthPx: number,
  heightPx: number,
  paint: (pixels: Uint32Array, ground: Ground) => void,
): string {
  const { canvas, context } = canvasOf(widthPx, heightPx);
  const image = context.createImageData(widthPx, heightPx);
  paint(new Uint32Array(image.data.buffer), readGround(document.documentElement));
  context.putImageData(image, 0, 0);
  return canvas.toDataURL('image/png');
}

/** Draws an SVG that needs nothing from elsewhere as a PNG. Rejects where the browser cannot decode it. */
export async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const { canvas, context } = canvasOf(image.naturalWidth * PNG_SCALE, image.naturalHeight * PNG_SCALE);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) =>
      blob ? resolve(blob) : reject(new Error('This browser cannot write a PNG of this size.')),
    ),
  );
}

function canvasOf(width: number, height: number) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser gives no 2D canvas.');
  return { canvas, context };
}
