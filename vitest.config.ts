import { defineConfig } from 'vitest/config';
import { builtWorkers } from './test/support/builtWorkers.ts';
import { LongestFirst } from './test/support/longestFirst.ts';
import { testPath } from './test/support/testPath.ts';

// Tests start real processes and real databases on machines that may be slow: the limits are there to end a hang.
export default defineConfig({
  plugins: [builtWorkers],
  test: {
    include: ['test/{unit,engine,invariants,node,sandbox,architecture}/**/*.test.{ts,tsx}'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    maxWorkers: 2,
    // Node 24 now and then aborts where it frees compiled WebAssembly (nodejs/node#64500).
    execArgv: ['--no-wasm-code-gc'],
    env: { PATH: testPath(process.env['PATH'] ?? '') },
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/support/built.setup.ts'],
    reporters: ['default'],
  },
});
