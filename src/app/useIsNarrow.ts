// Whether the window is so narrow that its parts stand in tabs. The same width as in narrow.css.
import { useSyncExternalStore } from 'react';

const NARROW = '(width < 900px)';

function subscribe(listener: () => void): () => void {
  const query = matchMedia(NARROW);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(NARROW).matches);
}
