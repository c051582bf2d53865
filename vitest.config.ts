// Unit tests: beside their code in src/, in Node, one process a file (Dawn likes no worker threads), GPU tests among them.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { __APP_VERSION__: JSON.stringify('0.0.0-test') },
  test: {
    name: 'unit',
    include: [
      'src/**/*.test.ts',
      'src/**/*.test.tsx',
      'test/**/*.test.ts',
      'scripts/**/*.test.ts',
      'bench/**/*.test.ts',
    ],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000, // the software adapter compiles a large kernel in seconds
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
  },
});
