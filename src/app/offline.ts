// The page's end of the service worker: registers it, tells when a newer version waits, and takes it when the reader says so.
import { useSyncExternalStore } from 'react';
import { Workbox } from 'workbox-window';

type Update = { readonly take: () => void };

let waiting: Update | null = null;
const listeners = new Set<() => void>();

/** Registers the service worker of a built page. Where there can be none (no https, a private window), the page works without. */
export function startOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const workbox = new Workbox('./serviceWorker.js');
  workbox.addEventListener('waiting', () => {
    waiting = { take: () => takeUpdate(workbox) };
    for (const listener of listeners) listener();
  });
  // A refusal takes nothing from the reader but the use without a network, and is told where they would look for it.
  workbox.register().catch((error: unknown) => console.info(`Splitscope will need the network: ${String(error)}`));
}

/** Reloads once the new worker serves: page and worker are then of one version. */
function takeUpdate(workbox: Workbox): void {
  workbox.addEventListener('controlling', () => location.reload());
  workbox.messageSkipWaiting();
}

/** The update that waits; null where this is the newest version known. */
export function useUpdate(): Update | null {
  return useSyncExternalStore(subscribe, () => waiting);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
