import type { Sandbox, SandboxResult, SandboxSpec } from '../../core/sandbox/port.ts';
import type { CommitQuestions } from './committedControls.ts';
import { ControlsInTree, type TreeRules } from './controlsInTree.ts';
import { askGit } from './gitQuestions.ts';

const HISTORY = ['log', '-m', '--root', '--raw', '--no-abbrev', '--no-renames', '--no-color', '--format='];

/** Asks git, in a cage of its own, which protected files commits hold and held. */
export function commitQuestions(sandbox: Sandbox, spec: Pick<SandboxSpec, 'isDenied'> & TreeRules): CommitQuestions {
  const rules = {
    isDenied: (path: string): boolean => spec.isDenied(path),
    isProtected: (path: string): boolean => spec.isProtected(path),
  };
  return {
    async protectedIn({ worktree }, commit) {
      const controls = new ControlsInTree(worktree, spec);
      const result = await askGit({
        sandbox,
        rules,
        top: worktree,
        args: ['ls-tree', '-r', '--full-tree', commit],
        most: 4096,
        onLine: (line) => {
          const [, mode = '', object = '', name = ''] = /^(\d+) \w+ ([0-9a-f]+)\t"?(.*?)"?$/.exec(line) ?? [];
          if (name !== '') controls.add({ mode, object, name });
          return false;
        },
      });
      // With 128 git says that this is no commit, or is missing: it cannot be checked out either.
      const code = exitCode(result);
      return code === 0 || code === 128 ? controls.entries : undefined;
    },
    async protectedSince({ worktree }, { fresh, known }) {
      const controls = new ControlsInTree(worktree, spec);
      const result = await askGit({
        sandbox,
        rules,
        top: worktree,
        args: [...HISTORY, '--ignore-missing', ...fresh, '--not', ...known],
        most: 4096,
        onLine: (line) => {
          const [, mode = '', object = '', name = ''] =
            /^:\d+ (\d+) [0-9a-f]+ ([0-9a-f]+) [AMT]\t"?(.*?)"?$/.exec(line) ?? [];
          if (name !== '') controls.add({ mode, object, name });
          return false;
        },
      });
      // What is missing, or no commit, does not end it; what does may have hidden the rest.
      return exitCode(result) === 0 ? controls.entries : undefined;
    },
    async everAt({ worktree }, commits, path) {
      const found = new Set<string>();
      await askGit({
        sandbox,
        rules,
        top: worktree,
        args: [...HISTORY, ...commits, '--', path],
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

function exitCode(result: SandboxResult | undefined): number | undefined {
  return result?.ending.kind === 'exited' ? result.ending.code : undefined;
}
