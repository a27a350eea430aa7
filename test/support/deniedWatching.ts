import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { SandboxResult } from '../../src/core/sandbox/port.ts';
import { within } from './processes.ts';
import { caged, type RunOptions } from './sandboxRun.ts';
import { plant, temporaryFolder } from './tree.ts';

const DENIED = ['*.key', 'vault/'];
const FILES = {
  'work/a.txt': 'a\n',
  'work/old.key': 'SECRET one\n',
  'work/src/deep/b.txt': 'b\n',
  'work/src/inner.key': 'SECRET two\n',
  'work/vault/plan.txt': 'SECRET three\n',
  'aside/plain.txt': 'SECRET four\n',
  'aside/folder/sub/x.key': 'SECRET five\n',
  'aside/vault/y.txt': 'SECRET six\n',
};

export interface World {
  base: string;
  work: string;
  aside: string;
}

/** Prints what it can see until it is told to end, and never waits; what came meanwhile would be in there. */
export const LOOKING = `echo begun > /tmp/x; for i in $(seq 20000); do [ -e go ] && break; grep -rhs SECRET .; done; echo ended`;

/** Runs a command; once it runs, somebody outside does something, and then lets it go on. */
export async function meanwhile(
  act: (world: World) => void | Promise<void>,
  options: RunOptions & { files?: Record<string, string>; command?: string } = {},
): Promise<{ result: SandboxResult; world: World }> {
  const base = await temporaryFolder();
  await plant(base, { ...FILES, ...options.files });
  const cage = await caged(base);
  const world = { base, work: cage.folder, aside: join(base, 'aside') };
  const spec = await cage.spec(['/bin/bash', '-c', `echo begun; ${options.command ?? LOOKING}`], {
    denied: DENIED,
    ...options,
  });
  let seen = '';
  let ended = false;
  const running = cage.sandbox
    .run(
      {
        ...spec,
        onOutput: (_stream, chunk) => {
          seen += Buffer.from(chunk).toString();
          return undefined;
        },
      },
      new AbortController().signal,
    )
    .finally(() => (ended = true));
  await within(30_000, () => seen.includes('begun') || ended);
  // Changes are told from the moment on at which the watch of all folders began.
  await new Promise((resolve) => setTimeout(resolve, 400));
  await act(world);
  // A change that ends nothing has a while to be noticed; one that does has all the time.
  await within(1500, () => ended);
  writeFileSync(join(cage.folder, 'go'), '');
  return { result: await running, world };
}

export function expectEnded(result: SandboxResult, path: string): void {
  expect(result.ending).toMatchObject({ kind: 'violation' });
  expect(result.ending.kind === 'violation' && result.ending.what).toContain(
    `${path}, which is hidden from commands or protected, appeared or was replaced`,
  );
  expect(result.output).toBe('');
}
