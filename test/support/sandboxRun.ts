import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PROTECTED } from '../../src/core/policy/controlFiles.ts';
import type { Limits, OpenSandbox, SandboxResult, SandboxSpec } from '../../src/core/sandbox/port.ts';
import { sandboxSpec } from '../../src/core/sandbox/spec.ts';
import { Scope } from '../../src/core/scope/scope.ts';
import type { OwnFolders } from '../../src/node/folders.ts';
import { HostSandbox } from '../../src/node/sandbox/hostSandbox.ts';

export const LIMITS: Limits = { memoryBytes: 1024 ** 3, cpuSeconds: 30, diskBytes: 256 * 1024 ** 2, processes: 256 };

export interface RunOptions {
  limits?: Partial<Limits>;
  timeoutMs?: number;
  outputCap?: number;
  environment?: Record<string, string>;
  /** Paths or names that are denied, as a policy writes them. */
  denied?: readonly string[];
  cwd?: string;
  workspace?: 'writable' | 'read-only';
  signal?: AbortSignal;
  /** As by default in a policy. */
  repositoryAbove?: boolean;
}

export interface Caged<Box extends OpenSandbox = HostSandbox> {
  folder: string;
  data: string;
  home: string;
  sandbox: Box;
  spec(argv: readonly string[], options?: RunOptions): Promise<SandboxSpec>;
  /** Runs a bash command line, or an argv, in the real sandbox with the default protected paths. */
  run(command: string | readonly string[], options?: RunOptions): Promise<SandboxResult>;
  /** The same sandbox, proven once, over another workspace folder. */
  over(folder: string): Caged<Box>;
}

/** A sandbox over `base`/work, or the folder of that name, with data, configuration and home folders beside it. Needs nothing from vitest. */
export async function caged(base: string, path = process.env['PATH'] ?? '', work = 'work'): Promise<Caged> {
  return cagedBy(base, work, (folders, folder) => new HostSandbox(folders, { PATH: path }, [folder]));
}

/** The same of any backend. */
export async function cagedBy<Box extends OpenSandbox>(
  base: string,
  work: string,
  open: (folders: OwnFolders, folder: string) => Box,
): Promise<Caged<Box>> {
  const [folder, data, config, home] = [work, 'data', 'config', 'home'].map((name) => join(base, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const one of [folder, data, config, home]) await mkdir(one, { recursive: true });
  const sandbox = open({ data, config, home }, folder);
  return cagedIn({ sandbox, folder, data, home });
}

function cagedIn<Box extends OpenSandbox>(place: Pick<Caged<Box>, 'sandbox' | 'folder' | 'data' | 'home'>): Caged<Box> {
  const { sandbox, folder, home } = place;
  const spec = async (argv: readonly string[], options: RunOptions = {}): Promise<SandboxSpec> => {
    const scope = new Scope({
      roots: [folder],
      home,
      allowed: [],
      denied: (options.denied ?? []).map((written) => ({ written, origin: { layer: 'user' } })),
      protected: PROTECTED,
      secrets: [],
    });
    return sandboxSpec({
      launch: {
        argv: [...argv],
        cwd: options.cwd ?? folder,
        environment: { ...(await sandbox.environment([])), ...options.environment },
        workspace: options.workspace ?? 'writable',
        secrets: 'visible',
      },
      rules: scope,
      bounds: {
        limits: { ...LIMITS, ...options.limits },
        timeoutMs: options.timeoutMs ?? 30_000,
        repositoryAbove: options.repositoryAbove ?? true,
      },
      streams: { outputCap: options.outputCap ?? 200_000 },
    });
  };
  return {
    ...place,
    spec,
    over: (another) => cagedIn({ ...place, folder: another }),
    async run(command, options = {}) {
      const argv = typeof command === 'string' ? ['/bin/bash', '-c', command] : command;
      return sandbox.run(await spec(argv, options), options.signal ?? new AbortController().signal);
    },
  };
}
