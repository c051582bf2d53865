// The walls between the folders: the import table of docs/architecture.md, as an allow-list. What no rule allows is an error.
// `scripts/walls.mjs` runs it and proves, with planted imports, that each wall bites.

/** Who may import values from whom, by folder below src/ (below src/engine/ in the second table). A folder may import itself. */
const FOLDERS = {
  sources: ['engine/index'],
  tokenizer: ['engine/index'],
  onnx: ['engine/index'],
  captures: ['engine/index'], // files of activations: safetensors, NPZ, CSV
  worker: ['engine/index', 'sources/', 'onnx/', 'tokenizer/', 'captures/'],
  share: ['engine/index'], // its validators of hook names and orders: parsed in one place
  cases: ['engine/index'], // experiments and texts: data over results
  session: ['worker/', 'share/', 'cases/', 'engine/index'], // defaults and parsers: pure values, the rest is shaken off
  views: ['engine/index'], // parsers of names and shapes, whyNotRunnable
  app: ['session/', 'views/', 'share/', 'captures/', 'cases/', 'engine/index'], // captures: what a reader takes away is written here
  cli: ['engine/index', 'sources/', 'tokenizer/', 'onnx/', 'captures/', 'share/'], // share: experiments come as the page's files and links
};

const ENGINE_FOLDERS = {
  tensor: [],
  checkpoint: ['tensor'],
  gpu: ['tensor'],
  kernels: ['gpu', 'tensor'],
  reference: ['tensor', 'checkpoint', 'hooks'], // it gives its activations by hook name
  hooks: ['tensor'],
  capture: ['hooks', 'gpu', 'tensor'],
  model: ['checkpoint', 'capture', 'hooks', 'kernels', 'gpu', 'tensor'],
  analysis: ['capture', 'hooks', 'kernels', 'gpu', 'tensor'],
  experiment: ['[^/]+'],
};

/** Who may import types alone. Token and the worker's messages are plain data, the agreement between the sides. */
const TYPES_ONLY = {
  session: ['tokenizer/token'],
};

/** Which packages a folder may import. The engine has none; ONNX Runtime has one importer. */
const PACKAGES = {
  sources: ['@huggingface/hub', 'hash-wasm'], // the hub's API; git's sha1 and sha256 by pieces, which WebCrypto cannot
  tokenizer: ['@huggingface/tokenizers'],
  onnx: ['onnxruntime-web', 'onnxruntime-common', '@bufbuild/protobuf'],
  captures: ['fflate'],
  share: ['valibot'],
  session: ['zustand', 'valibot'],
  views: [
    'react',
    'react-dom',
    'react-aria-components',
    'd3-[a-z-]+',
    '@types/d3-[a-z-]+',
    '@types/react',
    '@types/react-dom',
  ],
  serviceWorker: ['workbox-[a-z]+'],
  app: [
    'react',
    'react-dom',
    'react-aria-components',
    'react-resizable-panels',
    'workbox-window', // the page's end of the service worker
    'zustand',
    '@types/react',
    '@types/react-dom',
  ],
  cli: ['webgpu'],
};

const TEST = '\\.test\\.tsx?$';
const anyOf = (paths) => `(${paths.join('|')})`;
const packages = (names) => `(^|/)node_modules/${anyOf(names)}/`;
const entries = (table, rule) =>
  Object.entries(table).flatMap(([folder, targets]) => (targets.length > 0 ? [rule(folder, targets)] : []));

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Data goes one way; a circle has no way. Move what both need to the side that knows less.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\?(raw|url|worker|inline)' },
    },
  ],
  allowedSeverity: 'error',
  allowed: [
    // A folder may import itself.
    { from: { path: '^src/(?!engine/)([^/]+)/' }, to: { path: '^src/$1/' } },
    { from: { path: '^src/engine/([^/]+)/' }, to: { path: '^src/engine/$1/' } },

    // The two tables.
    ...entries(FOLDERS, (folder, targets) => ({
      from: { path: `^src/${folder}/` },
      to: { path: `^src/${anyOf(targets)}` },
    })),
    ...entries(ENGINE_FOLDERS, (folder, targets) => ({
      from: { path: `^src/engine/${folder}/` },
      to: { path: `^src/engine/${anyOf(targets)}/` },
    })),
    { from: { path: '^src/engine/index\\.ts$' }, to: { path: '^src/engine/' } },
    ...entries(TYPES_ONLY, (folder, targets) => ({
      from: { path: `^src/${folder}/` },
      to: { path: `^src/${anyOf(targets)}`, dependencyTypes: ['type-only'] },
    })),
    { from: { path: '^src/main\\.tsx$' }, to: { path: '^src/app/' } },

    // Packages.
    ...entries(PACKAGES, (folder, names) => ({ from: { path: `^src/${folder}/` }, to: { path: packages(names) } })),
    {
      from: { path: '^src/main\\.tsx$' },
      to: { path: packages(['react', 'react-dom', '@types/react', '@types/react-dom']) },
    },
    { from: { path: ['^src/cli/', '^src/.*\\.node\\.ts$'] }, to: { dependencyTypes: ['core'] } },
    { from: { path: '^src/.*\\.node\\.ts$' }, to: { path: packages(['fast-check', 'webgpu']) } },

    // Tests may look further; the journeys look at nothing but the page.
    { from: { path: [TEST, '^test/'] }, to: {} },
    {
      from: { path: '^e2e/' },
      // the hub's stand-in is a server of its own, and Python another's reader: they import nothing of ours
      to: {
        path: [
          '^e2e/',
          '^test/support/(hubServer|python)\\.ts$',
          packages(['@playwright/test', 'playwright', 'playwright-core', '@axe-core/playwright']),
        ],
      },
    },
    { from: { path: '^e2e/' }, to: { dependencyTypes: ['core'] } },
    // Scripts run in plain Node, before anything is installed.
    { from: { path: '^scripts/' }, to: { path: ['^scripts/'] } },
    { from: { path: '^scripts/' }, to: { dependencyTypes: ['core'] } },
    {
      from: { path: '^bench/' },
      to: {
        path: [
          '^bench/',
          '^src/(engine/index|onnx/|sources/|tokenizer/|cli/geometry/)',
          '^test/support/hubServer\\.ts$', // the load row's local server
          packages(['webgpu']),
        ],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify', // sees `import type` as well, and tells it apart
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
