import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { DemoScenario } from '../../core/models/demo.ts';
import type { Sandbox } from '../../core/sandbox/port.ts';
import { NO_RULES, sandboxSpec } from '../../core/sandbox/spec.ts';

type Runtime = 'node' | 'python3' | 'sh';

const STORIES: Record<Runtime, DemoScenario> = {
  node: {
    runtime: 'Node',
    testCommand: 'node test/total.test.mjs',
    file: 'src/total.mjs',
    oldText: 'i < items.length - 1;',
    newText: 'i < items.length;',
  },
  python3: {
    runtime: 'Python',
    testCommand: 'python3 test/test_total.py',
    file: 'src/total.py',
    oldText: 'in items[:-1])',
    newText: 'in items)',
  },
  sh: {
    runtime: 'sh',
    testCommand: 'sh test/total.test.sh',
    file: 'src/total.sh',
    oldText: 'sum + price))',
    newText: 'sum + price * count))',
  },
};

/** The demo's story for a workspace; undefined where the workspace is not the sample. */
export async function demoScenario(folder: string, sandbox: Sandbox): Promise<DemoScenario | undefined> {
  try {
    for (const { file } of Object.values(STORIES)) await access(join(folder, file));
  } catch {
    return undefined;
  }
  const status = await sandbox.status(LIMITS);
  if (!status.works) return { ...STORIES.sh, noSandbox: { cause: status.cause, fix: status.fix } };
  return STORIES[await runtimeInside(sandbox)];
}

const LIMITS = { memoryBytes: 2 * 1024 ** 3, cpuSeconds: 10, diskBytes: 64 * 1024 ** 2, processes: 64 };

/** Which runtime a command would really find: asked inside the sandbox, not outside. */
async function runtimeInside(sandbox: Sandbox): Promise<Runtime> {
  const probe =
    'node -e 1 2>/dev/null && echo node || { python3 -c "import unittest" 2>/dev/null && echo python3; } || echo sh';
  const result = await sandbox.run(
    sandboxSpec({
      launch: {
        argv: ['/bin/bash', '-c', probe],
        cwd: '/',
        environment: await sandbox.environment([]),
        workspace: 'read-only',
        secrets: 'hidden',
      },
      rules: NO_RULES,
      bounds: { limits: LIMITS, timeoutMs: 10_000 },
      streams: { outputCap: 1000 },
    }),
    AbortSignal.timeout(12_000),
  );
  const said = result.output.trim();
  return said === 'node' || said === 'python3' ? said : 'sh';
}
