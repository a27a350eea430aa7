import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { plantManyEntries } from '../support/manyEntries.ts';
import { ordinaryAccount } from '../support/ordinaryAccount.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';
import { temporaryFolder } from '../support/tree.ts';

const DENIED = { denied: ['*.key', 'secrets'] };
let cage: Caged;

/** A large workspace after two commands: it is watched, and not looked through again. */
beforeEach(async () => {
  cage = await caged(await temporaryFolder());
  plantManyEntries(cage.folder);
  mkdirSync(at('secrets'));
  writeFileSync(at('secrets/a.key'), 'SECRET\n');
  await run('true');
  await run('true');
  expect(existsSync(join(cage.data, 'marks'))).toBe(true);
});

afterEach(() => cage.sandbox.close());

const at = (path: string): string => join(cage.folder, path);

async function run(command: string): Promise<{ output: string; quarantined: string[] }> {
  const { output, quarantined, ending } = await cage.run(command, DENIED);
  expect(ending.kind, output).toBe('exited');
  return { output, quarantined };
}

test('what others bring between two commands is hidden from the second one', async () => {
  const brought: Record<string, () => void> = {
    'src/inner/late.key': () => {
      writeFileSync(at('src/inner/late.key'), 'SECRET\n');
    },
    // Another folder with the old one's name and times.
    'src/inner/swapped.key': () => {
      const times = [at('src/inner'), at('src')].map((path) => statSync(path));
      mkdirSync(at('../other'));
      writeFileSync(at('../other/swapped.key'), 'SECRET\n');
      renameSync(at('src/inner'), at('../before'));
      renameSync(at('../other'), at('src/inner'));
      for (const [index, path] of [at('src/inner'), at('src')].entries())
        utimesSync(path, times[index]?.atime ?? 0, times[index]?.mtime ?? 0);
    },
    'src/second.txt': () => {
      linkSync(at('secrets/a.key'), at('src/second.txt'));
    },
    'node_modules/package-7/lib/other.key': () => {
      execFileSync('cp', [at('secrets/a.key'), at('node_modules/package-7/lib/other.key')]);
    },
  };
  for (const [path, bring] of Object.entries(brought)) {
    bring();
    expect((await run(`cat ${path}; ls $(dirname ${path})`)).output, path).not.toContain('SECRET');
  }
  // Control: what no rule denies is there.
  writeFileSync(at('src/plain.txt'), 'PLAIN\n');
  expect((await run('cat src/plain.txt')).output).toBe('PLAIN\n');
});

test('what a command leaves that would run later is set aside, wherever it is', async () => {
  const { quarantined } = await run(
    [
      'mkdir -p node_modules/package-3/lib/.git/hooks src/deep/er/.vscode',
      'echo x > node_modules/package-3/lib/.git/hooks/pre-commit; echo {} > src/deep/er/.vscode/tasks.json',
      'mv src/inner src/moved && mkdir -p src/moved/.husky && echo x > src/moved/.husky/pre-commit',
      'mkdir -p bare/objects bare/refs && echo ref: x > bare/HEAD',
    ].join('; '),
  );
  expect(quarantined).toHaveLength(4);
  for (const path of ['node_modules/package-3/lib/.git', 'src/deep/er/.vscode', 'src/moved/.husky', 'bare/HEAD'])
    expect(existsSync(at(path)), path).toBe(false);
  // The next one looks again at what this one changed, and it is as it was left.
  expect(await run('mkdir -p src/moved/.husky && ls src')).toMatchObject({ output: 'deep\nmoved\n' });
  expect(existsSync(at('src/moved/.husky'))).toBe(false);
});

test('nor does it go unseen in more changes than can be told', async () => {
  const { quarantined } = await run(
    'cd src; for i in {1..20000}; do : > "f$((i % 40))"; [ $i = 10000 ] && mkdir -p late/.git/hooks; done; :',
  );
  expect(quarantined).toHaveLength(1);
  expect(existsSync(at('src/late/.git'))).toBe(false);
});

test('two commands at once: neither vouches for what the other one makes', async () => {
  const [one, two] = await Promise.all([
    run('sleep 0.5; mkdir -p src/one/.git/hooks; echo x > src/one/.git/hooks/x'),
    run('mkdir -p src/two/.git/hooks; echo x > src/two/.git/hooks/x; sleep 0.5'),
  ]);
  expect([...one.quarantined, ...two.quarantined].length).toBeGreaterThanOrEqual(2);
  for (const path of ['src/one/.git', 'src/two/.git']) expect(existsSync(at(path)), path).toBe(false);
});

test('the same holds for an ordinary account', async () => {
  const account = await ordinaryAccount('oversign-known', () => process.env['PATH'] ?? '');
  try {
    const work = join(account.folder, 'work');
    plantManyEntries(work);
    writeFileSync(join(work, 'src/a.key'), 'SECRET\n');
    account.own();
    const results = await account.run(
      [
        'true',
        'true',
        'cat src/a.key; mkdir -p src/x node_modules/package-3/lib/.git/hooks; echo x > node_modules/package-3/lib/.git/hooks/x',
        'ls -d node_modules/package-3/lib/.git; mkdir -p src/y/.vscode; chmod 000 src/y',
        'ls -d src/y/.vscode; chmod 300 src/inner',
        'chmod 700 src/inner; mkdir -p src/inner/.git/hooks; echo x > src/inner/.git/hooks/x; chmod 300 src/inner',
        'cat src/a.key; echo over',
      ],
      { denied: ['*.key'] },
    );
    expect(existsSync(join(account.folder, 'data/marks'))).toBe(true);
    expect(results.map(({ quarantined }) => quarantined.length)).toEqual([0, 0, 1, 1, 0, 1, 0]);
    for (const { output } of results) expect(output).not.toContain('SECRET');
    for (const path of ['node_modules/package-3/lib/.git', 'src/y/.vscode', 'src/inner/.git'])
      expect(existsSync(join(work, path)), path).toBe(false);
    expect(results.at(-1)?.output).toMatch(/over\n$/);
  } finally {
    await account.close();
  }
});
