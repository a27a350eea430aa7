import { defineConfig } from 'vitest/config';

// A real VS Code server with the packaged extension, and a real browser: one at a time, with generous limits.
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts', 'test/panel/**/*.test.ts'],
    testTimeout: 480_000,
    hookTimeout: 480_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    globalSetup: ['test/e2e/package.setup.ts'],
    reporters: ['default'],
  },
});
