import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git } from '../support/repository.ts';
import { plant } from '../support/tree.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

// Whatever keeps the bytes of a denied file is as denied as the file: version control, backups, caches, snapshots.

const CANARY = 'canary-4711-kept';
const DENY = 'tools: {file_system: {denied_paths: ["private/", "*.key"]}}\n';

interface World {
  bench: Workbench;
  /** The denied file's object, and its loose file below `.git`. */
  blob: string;
  loose: string;
}

async function world(policy: string): Promise<World> {
  const bench = await workbench({
    userPolicy: policy,
    files: { 'src/a.js': 'let a = 1;\n', 'private/plan.txt': `${CANARY}\n` },
    // Nobody approves anything: what is shown was shown without a question.
    answer: () => ({ choice: 'deny' }),
  });
  const { folder } = bench;
  const run = (...args: string[]): string => git(folder, '-c', 'user.name=t', '-c', 'user.email=t@e', ...args);
  run('init', '-q', '-b', 'main');
  run('add', '-A');
  run('commit', '-q', '-m', 'one');
  const blob = run('rev-parse', 'HEAD:private/plan.txt').trim();
  run('tag', 'of-the-file', blob);
  // `git stash show` shows a patch where the configuration says so.
  execFileSync('sh', ['-c', `echo more >> private/plan.txt`], { cwd: folder });
  run('stash', '-q');
  run('config', 'stash.showPatch', 'true');
  execFileSync('git', ['clone', '-q', '--bare', folder, join(folder, 'copy.git')]);
  return { bench, blob, loose: `.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}` };
}

/** What the model was told of these commands, run one after the other without anybody's approval. */
async function told({ bench }: World, commands: readonly string[]): Promise<string[]> {
  const calls = commands.map((command) => ({ name: 'run_command', args: { command } }));
  const texts: string[] = [];
  await bench.run((request, turn) => {
    if (turn === 0) return { calls };
    texts.push(...request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : [])));
    return { text: 'done' };
  });
  return texts;
}

const INFLATE = "| tail -c +3) | cat | gzip -dc 2>/dev/null | tr -d '\\0'";
const HEAD = "(printf '\\037\\213\\010\\0\\0\\0\\0\\0\\0\\003'; cat";

function attacks({ blob, loose }: Pick<World, 'blob' | 'loose'>): string[] {
  const bare = `copy.git/${loose.slice('.git/'.length)}`;
  return [
    `${HEAD} ${loose} ${INFLATE}`,
    `${HEAD} .git/objects/${blob.slice(0, 2)}/* ${INFLATE}`,
    `cd .git/objects/${blob.slice(0, 2)} && ${HEAD} ${blob.slice(2)} ${INFLATE}`,
    `git status --short; ${HEAD} ${loose} ${INFLATE}`,
    `git status --short; ${HEAD} .git/*/${blob.slice(0, 2)}/* ${INFLATE}`,
    `${HEAD} ${bare} ${INFLATE}`,
    `git cat-file -p ${blob}`,
    `git show ${blob.slice(0, 9)}`,
    `git show of-the-file`,
    `git for-each-ref --format='%(raw)' refs/tags`,
    `git tag -l --format='%(raw)'`,
    'git log -p',
    'git show --stat -p',
    'git log -S canary --oneline -p',
    'git -C copy.git log -p',
    'cd copy.git && git log -p',
    'git stash list -p',
    'git stash show',
    'git diff-tree -p --root HEAD',
    'git grep canary',
    'git blame private/plan.txt',
    'git cat-file blob of-the-file',
    'git show -s of-the-file',
    `git show --stat ${blob}`,
    'git show --name-only --tags',
    `git status --short; ${HEAD.replace('cat', '')} grep -ahr --include=${blob.slice(2)} '' ${INFLATE}`,
    `git status --short; ${HEAD.replace('cat', '')} grep -ah -d recurse --include=${blob.slice(2)} '' ${INFLATE}`,
    `git status --short; ${HEAD.replace('cat', '')} grep -ah --recurs --include=${blob.slice(2)} '' ${INFLATE}`,
  ];
}

test('version control does not show without a question what is denied, in any of its stores', async () => {
  const held = await world(DENY);
  const answers = await told(held, attacks(held));
  expect(answers).toHaveLength(attacks(held).length);
  for (const [index, text] of answers.entries()) expect(text, attacks(held)[index]).not.toContain(CANARY);
  // Without the rule the same lines show it.
  const open = await world('{}');
  const shown = await told(open, attacks(open));
  const silent = attacks(open).filter((_, index) => shown[index]?.includes(CANARY) !== true);
  expect(silent).toEqual([]);
});

test('what git kept once counts too, and what only git itself still finds', async () => {
  const held = await world(DENY);
  const { folder } = held.bench;
  git(folder, 'tag', '-d', 'of-the-file');
  git(folder, 'rm', '-q', '-r', '--cached', 'private');
  git(folder, '-c', 'user.name=t', '-c', 'user.email=t@e', 'commit', '-q', '-m', 'two');
  const lines = ['git log -p', 'git show HEAD', 'git show HEAD~1', `git cat-file -p ${held.blob}`];
  for (const text of await told(held, lines)) expect(text).not.toContain(CANARY);
  // Nothing leads to it any more: only its own name does.
  git(folder, '-c', 'user.name=t', '-c', 'user.email=t@e', 'commit', '-q', '--amend', '-m', 'two');
  git(folder, 'checkout', '-q', '--orphan', 'fresh');
  git(folder, '-c', 'user.name=t', '-c', 'user.email=t@e', 'commit', '-q', '-m', 'fresh');
  git(folder, 'branch', '-D', 'main');
  git(folder, 'stash', 'drop', '-q');
  rmSync(join(folder, '.git/ORIG_HEAD'), { force: true }); // of the stash's own reset
  rmSync(join(folder, '.git/logs'), { recursive: true });
  const [names = '', log = '', object = '', store = ''] = await told(held, [
    'git cat-file --batch-all-objects --batch-check',
    'git log -p',
    `git cat-file -p ${held.blob}`,
    `${HEAD} ${held.loose} ${INFLATE}`,
  ]);
  expect(names).toContain(held.blob);
  expect(log).toContain('let a = 1'); // no denied file is in what is left, so this needs no question
  expect(object + store).not.toContain(CANARY);
});

test('an object that nothing leads to is no more shown, however it is named', async () => {
  const bench = await workbench({
    userPolicy: DENY,
    files: { 'src/a.js': 'let a = 1;\n', 'private/plan.txt': `${CANARY}\n` },
    answer: () => ({ choice: 'deny' }),
  });
  const { folder } = bench;
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'add', 'src');
  git(folder, 'commit', '-q', '-m', 'one');
  git(folder, 'add', 'private');
  const [blob, tree] = [git(folder, 'hash-object', 'private/plan.txt').trim(), git(folder, 'write-tree').trim()];
  const inner = git(folder, 'rev-parse', `${tree}:private`).trim();
  const commit = git(folder, 'commit-tree', '-m', 'x', tree).trim();
  git(folder, 'reset', '-q');
  const lines = [
    `git show ${blob.toUpperCase()}`,
    `git show x-g${blob.slice(0, 10)}`,
    `git cat-file -p v1-0-g${blob}`,
    `git diff HEAD:src/a.js ${blob.slice(0, 12).toUpperCase()}`,
    `git show ${inner}:plan.txt`,
    `echo ${commit} | git diff-tree --stdin -p --root`,
    `git show ${commit}`,
  ];
  const control = await told({ bench, blob, loose: '' }, [
    'git show HEAD',
    `git show ${git(folder, 'rev-parse', 'HEAD').trim()}`,
  ]);
  for (const text of control) expect(text).toContain('let a = 1');
  for (const [index, text] of (await told({ bench, blob, loose: '' }, lines)).entries())
    expect(text, lines[index]).toBe('The user denied this. Do not ask for the same again.');
  await plant(folder, { '.git/FETCH_HEAD': `${commit}\t\tbranch 'main' of x\n` });
  const [fetched] = await told({ bench, blob, loose: '' }, ['git log -p FETCH_HEAD']);
  expect(fetched).toBe('The user denied this. Do not ask for the same again.');
});

test('looking at a repository stays without questions where nothing of a file is shown', async () => {
  const held = await world(DENY);
  const lines = [
    'git status',
    'git status --short && ls src',
    'git log --oneline | head -5',
    'git log --stat -3',
    'git show --stat HEAD~0',
    'git diff --stat',
    'git diff --name-only HEAD | wc -l',
    'git branch -a',
    'git ls-files | grep js',
    'git ls-files -s',
    'git rev-parse HEAD && cat src/a.js',
    'git log --oneline && grep -rn "let a" src',
    'git log --oneline && grep -rn --include=*.js "let a" src',
    'ls -la .git',
    'grep -rn "let a" . 2>/dev/null || true',
  ];
  for (const [index, text] of (await told(held, lines)).entries()) {
    expect(text, lines[index]).toContain('[exit code 0]');
    expect(text, lines[index]).not.toContain(CANARY);
  }
  expect(held.bench.asked).toEqual([]);
});

test('a line with git in it lets nothing else go through the folders that git needs', async () => {
  const held = await world(DENY);
  const lines = [
    'git status --short; grep -ra canary .git',
    'git status --short; grep -ra canary .',
    'git status --short; grep -ra canary',
    'git status --short; rg -a --hidden canary',
    'git status --short; find . -type f -exec cat {} +',
    'git status --short; find . -type f | xargs cat',
    'git status --short; diff -r .git src',
    'cd .git/objects; git status --short; ls -R | xargs cat',
  ];
  await told(held, lines);
  expect(held.bench.asked.length + (await denied(held.bench))).toBe(lines.length);
});

async function denied({ engine, node }: Workbench): Promise<number> {
  const events = await node.audit.events(engine.view().run?.id ?? '');
  return events.filter(({ type, data }) => type === 'decided' && data['verdict'] === 'deny').length;
}

const COPIES = {
  'a.key~': CANARY,
  '.a.key.swp': CANARY,
  '#a.key#': CANARY,
  'a.key.bak': CANARY,
  'a.key.orig': CANARY,
  'a_BACKUP_77.key': CANARY,
  'a (conflicted copy 2026).key': CANARY,
  'private~/x.txt': CANARY,
  'private.old/x.txt': CANARY,
  '.history/a_20260101.txt': CANARY,
  '.svn/pristine/0a/0a.svn-base': CANARY,
  '.hg/store/data/plan.i': CANARY,
  '.git/rr-cache/00/preimage': CANARY,
  'copy.git/rr-cache/00/preimage': CANARY,
  '.git/lost-found/other/00': CANARY,
  '.git/addp-hunk-edit.diff': CANARY,
  '.git/ADD_EDIT.patch': CANARY,
  '.bare/worktrees/x/rebase-merge/patch': CANARY,
  '.dvc/cache/files/md5/00/00': CANARY,
  '.ipynb_checkpoints/a.txt': CANARY,
  '.snapshots/1/a.txt': CANARY,
  'node_modules/.cache/x/y.json': CANARY,
};

test.each([
  ['denied', DENY],
  [
    'left out of what is allowed',
    'tools: {file_system: {allowed_paths: ["README.md", ".", "src"], denied_paths: ["*.key", "private"]}}\n',
  ],
])('earlier states, backups and caches of files are as closed as the files: %s', async (_name, policy) => {
  const bench = await workbench({ userPolicy: policy, files: COPIES, answer: () => ({ choice: 'deny' }) });
  await plant(bench.folder, { 'copy.git/HEAD': 'ref: x\n', 'copy.git/objects/.keep': '', 'copy.git/refs/.keep': '' });
  const texts: string[] = [];
  await bench.run((request, turn) => {
    if (turn === 0)
      return {
        calls: [
          ...Object.keys(COPIES).flatMap((path) => [
            { name: 'read_file', args: { path } },
            { name: 'move_path', args: { from: path, to: 'moved.txt' } },
          ]),
        ].slice(0, 32),
      };
    if (turn === 1)
      return {
        calls: [
          { name: 'search_files', args: { pattern: CANARY } },
          ...[
            'grep -ra canary .',
            'cat .*.swp "#a.key#" *~ *.bak',
            'cat copy.git/rr-cache/*/*',
            'cat .git/lost-found/*/* .git/*.diff .git/*.patch',
            'cat */.cache/*/*',
          ].map((command) => ({ name: 'run_command', args: { command } })),
          ...Object.keys(COPIES)
            .slice(16)
            .map((path) => ({ name: 'read_file', args: { path } })),
        ],
      };
    texts.push(...request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : [])));
    return { text: 'done' };
  });
  expect(texts.length).toBeGreaterThan(30);
  expect(texts.filter((text) => text.includes(CANARY))).toEqual([]);
  expect(readdirSync(bench.folder)).not.toContain('moved.txt');
});

test('without a rule that denies anything, such names are names like any other', async () => {
  const bench = await workbench({ files: COPIES });
  const texts: string[] = [];
  await bench.run((request, turn) => {
    if (turn === 0) return { calls: Object.keys(COPIES).map((path) => ({ name: 'read_file', args: { path } })) };
    texts.push(...request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : [])));
    return { text: 'done' };
  });
  expect(texts.filter((text) => text.includes(CANARY)).length).toBe(Object.keys(COPIES).length);
});
