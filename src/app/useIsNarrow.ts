// How narrow the window is: below 900 px its parts stand in tabs, below 1180 px those of the left column do. The widths of narrow.css.
import { useSyncExternalStore } from 'react';

const WITHIN = { narrow: '(width < 900px)', middle: '(900px <= width < 1180px)' } as const;

function useMedia(media: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = matchMedia(media);
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => matchMedia(media).matches,
  );
}

/** Whether one part at a time is in sight. */
export function useIsNarrow(): boolean {
  return useMedia(WITHIN.narrow);
}

/** Whether rail and inspector take turns. */
export function useIsMiddle(): boolean {
  return useMedia(WITHIN.middle);
}
