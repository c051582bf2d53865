// What the built page may do: the Content Security Policy, as a meta tag in index.html and as headers for hosts that take a file of them.
// No inline script, no inline style but one that is named by its hash, no eval but WebAssembly's; nothing from elsewhere but data that the reader asked for by fetch.

/** @type {Readonly<Record<string, readonly string[]>>} */
const DIRECTIVES = {
  'default-src': ["'self'"],
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'worker-src': ["'self'"],
  // React Aria's one style element (touch-action of what can be pressed), by the hash of its text.
  'style-src': ["'self'", "'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='"],
  'img-src': ["'self'", 'data:', 'blob:'],
  // The hub's address is the reader's choice, and hubs redirect to content networks of any name: https, or a mirror on this machine.
  'connect-src': ["'self'", 'https:', 'http://localhost:*', 'http://127.0.0.1:*'],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
};

/** For a meta tag, which may not say who may frame the page. */
export const META_POLICY = text(DIRECTIVES);

/** @type {Readonly<Record<string, string>>} headers of the whole site */
export const HEADERS = {
  'Content-Security-Policy': text({ ...DIRECTIVES, 'frame-ancestors': ["'none'"] }),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

function text(/** @type {Readonly<Record<string, readonly string[]>>} */ directives) {
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}

/** Vite's plugin: the meta tag in the built page, and dist/_headers as Netlify and Cloudflare Pages read it. */
export function securityPolicy() {
  return {
    name: 'splitscope-security-policy',
    apply: /** @type {const} */ ('build'),
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: META_POLICY },
        injectTo: /** @type {const} */ ('head-prepend'),
      },
    ],
    /** @this {{ emitFile(file: { type: 'asset', fileName: string, source: string }): string }} */
    generateBundle() {
      const lines = Object.entries(HEADERS).map(([name, value]) => `  ${name}: ${value}`);
      this.emitFile({ type: 'asset', fileName: '_headers', source: `/*\n${lines.join('\n')}\n` });
    },
  };
}
