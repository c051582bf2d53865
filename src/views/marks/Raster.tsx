// A canvas of exact device pixels that redraws when its size, the theme or what it draws changes. Decorative: its twin is a grid or a table.
import { useLayoutEffect, useRef } from 'react';
import { packColour } from './colour.ts';
import type { Ground } from './raster.ts';
import { useThemeVersion } from './useThemeVersion.ts';

export type RasterFrame = {
  readonly pixels: Uint32Array;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly ratio: number; // device pixels per CSS pixel
  readonly ground: Ground;
};

type Props = { readonly width: number; readonly height: number; readonly draw: (frame: RasterFrame) => void };

/** Shows what `draw` writes into the frame's pixels; `width` and `height` in CSS pixels. */
export function Raster({ width, height, draw }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useThemeVersion();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes what getComputedStyle answers
  useLayoutEffect(() => {
    if (canvas.current) drawOn(canvas.current, { width, height }, draw);
  }, [width, height, draw, theme]);
  // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it takes no input; a grid or a table is its twin
  return <canvas ref={canvas} role="presentation" style={{ width, height, display: 'block' }} />;
}

/** Draws on a canvas of so many CSS pixels. */
export function drawOn(
  element: HTMLCanvasElement,
  { width, height }: { readonly width: number; readonly height: number },
  draw: (frame: RasterFrame) => void,
): void {
  const context = element.getContext('2d');
  if (!context || width < 1 || height < 1) return;
  const ratio = window.devicePixelRatio || 1;
  element.width = Math.round(width * ratio);
  element.height = Math.round(height * ratio);
  const image = context.createImageData(element.width, element.height);
  const pixels = new Uint32Array(image.data.buffer);
  draw({ pixels, widthPx: element.width, heightPx: element.height, ratio, ground: readGround(element) });
  context.putImageData(image, 0, 0);
}

/** Reads the colours of the textures where an element stands. */
export function readGround(element: Element): Ground {
  const style = getComputedStyle(element);
  const read = (name: string) => packColour(style.getPropertyValue(name).trim());
  const [mask, stroke, nan] = [read('--mask'), read('--mask-stroke'), read('--nan')];
  return { mask, stroke, paper: read('--zero-paper'), dot: read('--zero-dot'), nan };
}
