import { expect, test } from 'vitest';
import { bashParser } from '../../src/core/command/bash.ts';
import { gitTakesAway } from '../../src/core/command/gitTakesAway.ts';
import { understand } from '../../src/core/command/understand.ts';

test('of git what does not come back is said of the lines that take it away, and of no others', async () => {
  const parser = await bashParser();
  const of = (line: string): string[] => gitTakesAway(understand(line, parser, { folder: '/w', isTop: true }));
  for (const line of [
    'git gc',
    'git -C sub prune',
    'x=1; (cd a && git repack -ad)',
    'git reflog expire --all',
    'git push',
    'git config a.b c',
    'git rebase --continue',
  ])
    expect(of(line), line).toHaveLength(1);
  for (const line of [
    'git commit -m x',
    'git reset --hard',
    'git rebase main',
    'git reflog',
    'git stash drop',
    'echo git gc',
    'git branch -D x',
  ])
    expect(of(line), line).toEqual([]);
});
