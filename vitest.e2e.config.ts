import { defineConfig } from 'vitest/config';

// A real VS Code server with the packaged extension, and a real browser: one at a time, with generous limits.
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts', 'test/panel/**/*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 20_000 } },
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    globalSetup: ['test/e2e/package.setup.ts'],
    reporters: ['default'],
  },
});
