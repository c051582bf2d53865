// `npm run accuracy`: portable arithmetic's functions over every f32 for which they do anything, minutes long; `npm test` has a sample.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'accuracy',
    include: ['test/accuracy/*.accuracy.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 3_600_000,
    disableConsoleIntercept: true, // what was measured is the result
  },
});
