import type { Sandbox } from '../../core/sandbox/port.ts';
import type { VersionControl } from '../../core/scope/files.ts';
import { askGit, type QuestionRules } from './gitQuestions.ts';
import { HeldFiles } from './heldFiles.ts';
import { heldInIndex } from './indexEntries.ts';

/** Asks git what it holds (see gitQuestions.ts). */
export function gitInSandbox(
  sandbox: Sandbox,
  rules: QuestionRules & { signsCommits(folder: string): boolean },
): VersionControl {
  const held = new HeldFiles(sandbox);
  return {
    async trackedFiles(root, path) {
      const result = await askGit({
        sandbox,
        rules,
        top: root,
        args: ['ls-files', '-z', '--', path],
        most: 4 * 1024 * 1024,
      });
      if (result?.ending.kind !== 'exited' || result.ending.code !== 0) return undefined;
      return result.output.split('\0').length - 1;
    },
    async isUncommitted(root, path) {
      const args = ['diff', '--quiet', '--no-renames', '--no-ext-diff', '--no-textconv', 'HEAD', '--', path];
      const result = await askGit({ sandbox, rules, top: root, args, most: 1000 });
      return result?.ending.kind !== 'exited' || result.ending.code !== 0;
    },
    staged: heldInIndex,
    everHeld: (top, wanted) => held.find(top, wanted, rules),
    signsCommits: (folder) => Promise.resolve(rules.signsCommits(folder)),
    async changedBetween(top, between) {
      const args = ['diff', '--name-only', '-z', '--no-renames', '--no-ext-diff', ...between, '--'];
      const result = await askGit({ sandbox, rules, top, args, most: 4 * 1024 * 1024 });
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
