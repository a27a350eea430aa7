import type { SandboxLife } from './port.ts';

/** Does the work of a run while the sandbox is up for it; what was prepared ends with it, however it ends. */
export async function duringRun(
  sandbox: Pick<SandboxLife, 'begin'>,
  run: string,
  work: () => Promise<void>,
): Promise<void> {
  const end = await sandbox.begin(run);
  try {
    await work();
  } finally {
    await end().catch(() => undefined); // what it leaves, the next `begin` takes away
  }
}
