import type { Sandbox } from '../../core/sandbox/port.ts';
import type { VersionControl } from '../../core/scope/files.ts';
import { askGit, type QuestionRules } from './gitQuestions.ts';
import { HeldFiles } from './heldFiles.ts';
import { heldAt } from './heldAt.ts';
import { heldInIndex } from './indexEntries.ts';

const MOST_NAMES = 4 * 1024 * 1024;

/** Asks git what it holds (see gitQuestions.ts). */
export function gitInSandbox(
  sandbox: Sandbox,
  rules: QuestionRules & { signsCommits(folder: string): boolean },
): VersionControl {
  const held = new HeldFiles(sandbox);
  return {
    held: (root, paths) => heldAt(root, paths, (args) => askGit({ sandbox, rules, top: root, args, most: MOST_NAMES })),
    staged: heldInIndex,
    everHeld: (top, wanted) => held.find(top, wanted, rules),
    signsCommits: (folder) => Promise.resolve(rules.signsCommits(folder)),
    async changedBetween(top, between) {
      const args = ['diff', '--name-only', '-z', '--no-renames', '--no-ext-diff', ...between, '--'];
      const result = await askGit({ sandbox, rules, top, args, most: MOST_NAMES });
      if (result?.ending.kind !== 'exited' || result.ending.code !== 0) return undefined;
      return result.output.split('\0').filter((name) => name !== '');
    },
    async areCommits(top, digests) {
      if (digests.length === 0 || digests.length > 8) return digests.length === 0;
      for (const digest of digests) {
        const result = await askGit({ sandbox, rules, top, args: ['cat-file', '-t', `${digest}^{}`], most: 1000 });
        if (result?.ending.kind !== 'exited' || result.output !== 'commit\n') return false;
        // One that nothing leads to was not looked through.
        const args = ['rev-list', '-1', `${digest}^{commit}`, '--not', '--all', '--reflog'];
        const reached = await askGit({ sandbox, rules, top, args, most: 1000 });
        if (reached?.ending.kind !== 'exited' || reached.ending.code !== 0 || reached.output !== '') return false;
      }
      return true;
    },
  };
}
