// The service worker: keeps the shell and the demo models for use without a network, what else the page loads by its hashed name, and
// isolates the page where the host sends no headers (COOP and COEP), so that WASM may use threads. A new version waits until it is asked.
import type { WorkboxPlugin } from 'workbox-core/types.js';
import { ExpirationPlugin } from 'workbox-expiration';
import { addPlugins, cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { CacheFirst } from 'workbox-strategies';

/** What this worker's global scope is asked for; the page's project has no library of workers. */
declare const self: {
  readonly __WB_MANIFEST: { readonly url: string; readonly revision: string | null }[]; // written by the build
  skipWaiting(): Promise<void>;
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void;
};

/** Kept beyond the shell: the chunks and WASM of one or two versions. */
const MAX_KEPT_FILES = 24;

// Its optional callbacks are typed as possibly undefined, which exactOptionalPropertyTypes tells apart from absent.
const expiry = new ExpirationPlugin({ maxEntries: MAX_KEPT_FILES }) as WorkboxPlugin;

/** Gives every answer of our own origin the headers that isolate the page and its workers. */
const isolating = {
  handlerWillRespond: async ({ response }: { response: Response }): Promise<Response> => {
    if (response.status === 0 || response.type === 'opaque') return response; // not ours to open
    const headers = new Headers(response.headers);
    headers.set('Cross-Origin-Opener-Policy', 'same-origin');
    headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
    headers.set('Cross-Origin-Resource-Policy', 'same-origin');
    return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
  },
};

addPlugins([isolating]);
precacheAndRoute(self.__WB_MANIFEST, { ignoreURLParametersMatching: [/.*/] }); // one page, whatever stands after the question mark
cleanupOutdatedCaches();

// Too large for the first visit (ONNX Runtime): kept once it was wanted. A hashed name never changes its bytes.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname.includes('/assets/'),
  new CacheFirst({
    cacheName: 'assets',
    plugins: [isolating, expiry],
  }),
);

self.addEventListener('message', ({ data }) => {
  if (typeof data === 'object' && data !== null && 'type' in data && data.type === 'SKIP_WAITING') {
    void self.skipWaiting();
  }
});
