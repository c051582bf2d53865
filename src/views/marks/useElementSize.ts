// The size that an element's box has, in CSS pixels, followed as it changes. [0, 0] before the first layout.
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** Gives a ref to put on an element, and its content box. */
export function useElementSize<E extends HTMLElement>(): [RefObject<E | null>, { width: number; height: number }] {
  const element = useRef<E>(null);
  const [extent, setExtent] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width, height } = entry.contentRect;
      setExtent((known) => (known.width === width && known.height === height ? known : { width, height }));
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, extent];
}
