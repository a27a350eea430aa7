import type { Sandbox } from '../../core/sandbox/port.ts';
import type { VersionControl } from '../../core/scope/files.ts';

/**
 * Asks git which files it holds, inside the sandbox: a repository's own configuration can make git run programs
 * (core.fsmonitor and its kind), and a question must not.
 */
export function gitInSandbox(
  sandbox: Sandbox,
  rules: { isDenied(path: string): boolean; isProtected(path: string): boolean },
): VersionControl {
  const limits = { memoryBytes: 1024 ** 3, cpuSeconds: 10, diskBytes: 64 * 1024 ** 2, processes: 64 };
  return {
    async trackedFiles(root, path) {
      const status = await sandbox.status(limits);
      if (!status.works) return undefined;
      const argv = [
        'git',
        '-c',
        'core.fsmonitor=false',
        '-c',
        `safe.directory=${root}`,
        '--literal-pathspecs',
        'ls-files',
        '-z',
        '--',
        path,
      ];
      try {
        const result = await sandbox.run(
          {
            launch: {
              argv,
              cwd: root,
              environment: await sandbox.environment([]),
              workspace: 'read-only',
              secrets: 'hidden',
            },
            folders: [root],
            ...rules,
            isHidden: (path) => rules.isDenied(path),
            deniesInside: false, // it only lists names
            deniedOutside: [],
            limits,
            timeoutMs: 10_000,
            outputCap: 4 * 1024 * 1024,
          },
          AbortSignal.timeout(12_000),
        );
        if (result.ending.kind !== 'exited' || result.ending.code !== 0) return undefined;
        return result.output.split('\0').length - 1;
      } catch {
        return undefined; // a count for a card; not knowing is an answer
      }
    },
  };
}
