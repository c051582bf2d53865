// How the page is built and served: static files with relative paths, for any folder of any host.
// The servers of `npm run dev`, `npm start` and the tests isolate the page (COOP/COEP), so that WASM may use threads and
// timers are fine; the page also works where a host sends no such headers.
import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

export default defineConfig({
  base: './',
  plugins: [react()],
  define: { __APP_VERSION__: JSON.stringify(version) },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['onnxruntime-web'] }, // loaded when first needed, with its WASM beside it
  server: { headers: isolation },
  preview: { headers: isolation, host: 'localhost', port: 4173 },
  build: { target: 'chrome121', manifest: true, assetsInlineLimit: 0 },
});
