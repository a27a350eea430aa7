import { defineConfig } from 'vitest/config';

// Tests start real processes and real databases on machines that may be slow: the limits are there to end a hang.
export default defineConfig({
  test: {
    include: ['test/{unit,invariants,node,sandbox,architecture}/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default'],
  },
});
