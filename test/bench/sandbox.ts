import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { startProcess } from '../../src/node/process/spawn.ts';
import { makeRepository } from '../support/repository.ts';
import { caged } from '../support/sandboxRun.ts';
import { Bare } from './bareBubblewrap.ts';

type Pair = (name: string, ours: () => unknown, other: () => unknown, each: number, breathMs: number) => Promise<void>;
const BREATH_MS = 40;

const TRUE = ['/bin/sh', '-c', 'true'];
const LIMITS = { memoryBytes: 1 << 30, cpuSeconds: 60, diskBytes: 1 << 30, processes: 256 };

/**
 * Starting a command that does nothing: in the sandbox, in a bare bubblewrap with the same mounts, in no sandbox, and in
 * others' sandboxes where they are installed. Between two commands there is a breath, as there is in a run.
 */
export async function benchSandbox(base: string, pair: Pair): Promise<void> {
  const cage = await caged(join(base, 'caged'));
  const spec = await cage.spec(TRUE, { limits: LIMITS });
  const inCage =
    (mode: 'writable' | 'read-only', { sandbox } = cage, { launch, ...rest } = spec) =>
    async (): Promise<void> => {
      const { ending, output } = await sandbox.run(
        { ...rest, launch: { ...launch, workspace: mode } },
        new AbortController().signal,
      );
      if (ending.kind !== 'exited' || ending.code !== 0) throw new Error(`${ending.kind}: ${output}`);
    };
  const plain = async (file: string, args: readonly string[]): Promise<void> => {
    const { cwd, environment } = spec.launch;
    const child = await startProcess({ file, args, cwd, environment, outputCap: 1000 });
    const { code, output } = await child.ended;
    if (code !== 0) throw new Error(`${file}: ${output.toString()}`);
  };
  const repository = await caged(join(base, 'repository'));
  makeRepository(repository.folder);
  const inRepository = await repository.spec(TRUE, { limits: LIMITS });
  const bare = await Bare.prepare(base);
  await pair(
    'sandboxed command that only looks / bare bubblewrap, same mounts',
    inCage('read-only'),
    bare.start({ shown: [cage.folder] }, spec),
    1,
    BREATH_MS,
  );
  await pair(
    'sandboxed command / bare bubblewrap, same mounts',
    inCage('writable'),
    bare.start(await bare.mountsOf(await caged(join(base, 'bare'))), spec),
    1,
    BREATH_MS,
  );
  const connecting = {
    connects: () => Promise.resolve({ refused: 'nothing is reached here' }),
    ways: () => Promise.resolve([]),
    looked: () => undefined,
    onAsking: () => undefined,
  };
  await pair(
    'sandboxed command with a way out (which it does not use) / without',
    inCage('writable', cage, { ...spec, network: { kind: 'door', connecting } }),
    inCage('writable'),
    1,
    BREATH_MS,
  );
  const other = await caged(join(base, 'bareRepository'));
  makeRepository(other.folder);
  await pair(
    'sandboxed command in a git repository / bare bubblewrap, same mounts',
    inCage('writable', repository, inRepository),
    bare.start(await bare.mountsOf(other), inRepository),
    1,
    BREATH_MS,
  );
  await bare.end();
  const inView =
    ({ sandbox }: typeof cage, one: typeof spec) =>
    async (): Promise<void> => {
      const ran = await sandbox.dryRuns.run({ ...one, view: { kind: 'copy-on-write' } }, new AbortController().signal);
      await ran.dispose();
    };
  await pair(
    'effects first: a dry run / the same in the sandbox',
    inView(cage, spec),
    inCage('writable'),
    1,
    BREATH_MS,
  );
  await pair(
    'effects first in a git repository: a dry run / the same in the sandbox',
    inView(repository, inRepository),
    inCage('writable', repository, inRepository),
    1,
    BREATH_MS,
  );
  await pair(
    'sandboxed command / plain spawn',
    inCage('writable'),
    () => plain('/bin/sh', ['-c', 'true']),
    1,
    BREATH_MS,
  );
  for (const [name, file, args] of others()) {
    await pair(`sandboxed command / ${name}`, inCage('writable'), () => plain(file, args), 1, BREATH_MS);
  }
  for (const { sandbox } of [cage, repository]) await sandbox.close();
}

/** Sandboxes of others, where the bench finds them installed. */
function others(): [name: string, file: string, args: string[]][] {
  const found: [string, string, string[]][] = [];
  const require = createRequire(import.meta.url);
  const programOf = (name: string, path: string): string | undefined => {
    try {
      const file = join(
        require.resolve.paths(name)?.find((folder) => existsSync(join(folder, name))) ?? '',
        name,
        path,
      );
      return existsSync(file) ? file : undefined;
    } catch {
      return undefined;
    }
  };
  const runtime = programOf('@anthropic-ai/sandbox-runtime', 'dist/cli.js');
  if (runtime !== undefined && existsSync('/usr/bin/rg') && existsSync('/usr/bin/socat'))
    found.push(['sandbox-runtime (its command)', process.execPath, [runtime, '-c', 'true']]);
  const codex = programOf('@openai/codex', 'bin/codex.js');
  if (codex !== undefined)
    found.push(['codex sandbox (its command)', process.execPath, [codex, 'sandbox', 'linux', '--', 'true']]);
  if (found.length < 2)
    console.log('(not every other sandbox is installed: sandbox-runtime wants rg and socat, codex is optional)');
  return found;
}
