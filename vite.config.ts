// How the page is built and served: static files with relative paths, for any folder of any host.
// `npm start` and the tests serve it with the headers of `scripts/securityPolicy.mjs`; where a host sends none, the service worker
// isolates the page (COOP/COEP), so that WASM may use threads, and the page also works before that.
import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { HEADERS, securityPolicy } from './scripts/securityPolicy.mjs';

const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** Kept for use without a network from the first visit: the shell, its workers, the demo models. ONNX Runtime when first wanted. */
const offline = VitePWA({
  strategies: 'injectManifest',
  srcDir: 'src/serviceWorker',
  filename: 'serviceWorker.ts',
  injectRegister: false, // src/app/offline.ts does
  injectManifest: {
    globPatterns: ['index.html', '**/*.{js,css,svg,webmanifest}', 'models/**/*.{json,safetensors}'],
    globIgnores: ['**/ort*', 'serviceWorker.js'],
    maximumFileSizeToCacheInBytes: 4 << 20,
  },
  manifest: {
    name: 'Splitscope',
    short_name: 'Splitscope',
    description: 'Every activation of a transformer, fused against split QKV, to the bit',
    start_url: './',
    scope: './',
    display: 'standalone',
    background_color: '#ffffff',
    theme_color: '#ffffff',
    icons: [{ src: 'favicon.svg', sizes: 'any', type: 'image/svg+xml' }],
  },
});

export default defineConfig({
  base: './',
  plugins: [react(), securityPolicy(), offline],
  define: { __APP_VERSION__: JSON.stringify(version) },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['onnxruntime-web'] }, // loaded when first needed, with its WASM beside it
  server: { headers: isolation }, // the dev server's own scripts are inline
  preview: { headers: HEADERS, host: 'localhost', port: 4173 },
  build: { target: 'chrome121', manifest: true, assetsInlineLimit: 0 },
});
