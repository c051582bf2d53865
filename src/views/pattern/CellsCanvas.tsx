// The cells of a window on a canvas of exact device pixels. The page draws them itself where it has the values; while they are still on
// the GPU, what the GPU painted is shown: the same pixels, so that nothing is seen of the one taking the other's place.
import { useLayoutEffect, useRef } from 'react';
import type { HeldSide, MatrixPainting } from '../../engine/index.ts';
import type { Picture } from '../data.ts';
import { drawOn, readGround } from '../marks/Raster.tsx';
import { drawWindow } from '../marks/raster.ts';
import { useThemeVersion } from '../marks/useThemeVersion.ts';
import { type Cells, pixelAt } from './cells.ts';
import type { MapWindow } from './mapWindow.ts';
import { viewOf, windowPainting } from './windowPainting.ts';

/** Has a side of the head painted; null where it cannot be any more, and its values must be read. */
export type PaintHead = (side: HeldSide, painting: MatrixPainting, signal: AbortSignal) => Promise<Picture | null>;

type Props = {
  readonly cells: Cells;
  readonly window: MapWindow;
  readonly side: number; // CSS pixels
  readonly paintHead: PaintHead;
  readonly onReadValues: () => void;
};

/** Shows the window; what was there before stays until the new picture has come, marked as awaited. */
export function CellsCanvas({ cells, window, side, paintHead, onReadValues }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useThemeVersion();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes what getComputedStyle answers
  useLayoutEffect(() => {
    const element = canvas.current;
    if (!element || side < 1) return;
    if (cells.levels.length > 0) {
      drawOn(element, { width: side, height: side }, (frame) => {
        const { level, view, gapPx } = viewOf(cells, window, side, frame.ratio);
        drawWindow({ ...frame, gapPx }, view, (q, k) => pixelAt(cells, level, q, k));
      });
      mark(element, 'page');
      return;
    }
    mark(element, 'awaited');
    const sheet = { side, ratio: devicePixelRatio || 1, ground: readGround(element) };
    const wanted = new AbortController();
    paintHead(heldSide(cells), windowPainting(cells, window, sheet).painting, wanted.signal).then((picture) => {
      if (wanted.signal.aborted) return;
      if (picture) show(element, picture);
      else onReadValues();
    });
    return () => wanted.abort();
  }, [cells, window, side, paintHead, onReadValues, theme]);
  // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it takes no input; a table is its twin
  return <canvas ref={canvas} role="presentation" style={{ width: side, height: side, display: 'block' }} />;
}

function heldSide({ side }: Cells): HeldSide {
  return side === 'absDelta' ? 'delta' : side;
}

/** Who drew what is seen; the stylesheet dims a picture that is of another head for longer than a moment. */
function mark(element: HTMLCanvasElement, by: 'page' | 'awaited' | 'context' | 'readback'): void {
  element.dataset.drawnBy = by;
}

function show(element: HTMLCanvasElement, { widthPx, heightPx, content }: Picture): void {
  const context = element.getContext('2d');
  [element.width, element.height] = [widthPx, heightPx];
  if (content instanceof Uint8ClampedArray) {
    context?.putImageData(new ImageData(content, widthPx, heightPx), 0, 0);
    mark(element, 'readback');
    return;
  }
  context?.drawImage(content, 0, 0);
  content.close();
  mark(element, 'context');
}
