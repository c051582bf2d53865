// Tells canvases that the theme changed: they read colours once, where CSS follows by itself.
import { useSyncExternalStore } from 'react';

function readTheme(): string {
  return document.documentElement.dataset.theme ?? 'light';
}

function subscribe(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}

/** Gives a string that changes whenever the theme does. */
export function useThemeVersion(): string {
  return useSyncExternalStore(subscribe, readTheme, readTheme);
}
