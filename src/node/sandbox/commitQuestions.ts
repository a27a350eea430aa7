import type { Sandbox, SandboxSpec } from '../../core/sandbox/port.ts';
import type { CommitQuestions } from './committedControls.ts';
import { askGit } from './gitQuestions.ts';

/** Asks git, in a cage of its own, which protected files commits hold and held. */
export function commitQuestions(
  sandbox: Sandbox,
  spec: Pick<SandboxSpec, 'isDenied' | 'isProtected'>,
): CommitQuestions {
  const rules = {
    isDenied: (path: string): boolean => spec.isDenied(path),
    isProtected: (path: string): boolean => spec.isProtected(path),
  };
  return {
    async protectedIn({ worktree }, commit) {
      const entries = new Set<string>();
      const result = await askGit({
        sandbox,
        rules,
        top: worktree,
        args: ['ls-tree', '-r', '--full-tree', commit],
        most: 4096,
        onLine: (line) => {
          const [, mode = '', id = '', name = ''] = /^(\d+) \w+ ([0-9a-f]+)\t"?(.*?)"?$/.exec(line) ?? [];
          if (name !== '' && spec.isProtected(`${worktree}/${name}`)) entries.add(`${mode} ${id} ${name}`);
          return false;
        },
      });
      return result?.ending.kind === 'exited' && result.ending.code === 0 ? entries : undefined;
    },
    async everAt({ worktree }, commits, path) {
      const found = new Set<string>();
      await askGit({
        sandbox,
        rules,
        top: worktree,
        args: ['log', '-m', '--raw', '--no-abbrev', '--no-renames', '--format=', ...commits, '--', path],
        most: 4096,
        onLine: (line) => {
          const [, id] = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) /.exec(line) ?? [];
          if (id !== undefined) found.add(id);
          return false;
        },
      });
      return found;
    },
  };
}
