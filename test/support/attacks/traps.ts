import type { Hostile } from './kinds.ts';

/**
 * Something left in the workspace that makes the user's editor or git run it later. The code works in a repository
 * with one file. `spring` is what the user does afterwards, outside: exit code 0 when the trap works.
 */
export interface Trap extends Hostile {
  spring: string;
  denied?: string[];
  /** The data folder lies on another file system than the workspace. */
  apart?: boolean;
}

const bash = (name: string, code: string, spring: string, more: Partial<Trap> = {}): Trap => ({
  name,
  language: 'bash',
  code,
  spring,
  ...more,
});
const python = (name: string, code: string, spring: string, more: Partial<Trap> = {}): Trap => ({
  ...bash(name, code, spring, more),
  language: 'python',
});

const TASKS = (folder: string): string => `mkdir -p '${folder}' && echo '{"tasks":[]}' > '${folder}/tasks.json'`;
const isThere = (path: string): string => `[ -e '${path}' ]`;
/** `SPRUNG` is what the trap makes; git is run as a user would run it. */
const MONITOR = '[core]\\n\\trepositoryformatversion = 0\\n\\tfsmonitor = "touch $SPRUNG; false"\\n';
const evil = (folder: string): string =>
  `mkdir -p '${folder}/objects' '${folder}/refs' && echo 'ref: refs/heads/main' > '${folder}/HEAD' && printf '${MONITOR}' > '${folder}/config'`;
const status = (folder: string): string => `cd '${folder}' && git status >/dev/null 2>&1; [ -e "$SPRUNG" ]`;
const commit = (options = ''): string =>
  `echo more >> file; git ${options} commit -qam trap >/dev/null 2>&1; [ -e "$SPRUNG" ]`;

export const TRAPS: Trap[] = [
  bash('the editor’s tasks', TASKS('.vscode'), isThere('.vscode/tasks.json')),
  bash('the editor’s tasks, below', TASKS('sub/.vscode'), isThere('sub/.vscode/tasks.json')),
  bash(
    'the editor’s tasks, in a folder that cannot be read',
    `${TASKS('sub/.vscode')}; chmod 000 sub`,
    'chmod 700 sub; [ -e sub/.vscode/tasks.json ]',
  ),
  bash(
    'the editor’s tasks, in a folder with a strange name',
    TASKS('a\n-b\t$c/.vscode'),
    isThere('a\n-b\t$c/.vscode/tasks.json'),
  ),
  python(
    'the editor’s tasks, in a folder whose name is no text',
    'os.makedirs(b"\\xff\\xfe/.vscode"); open(b"\\xff\\xfe/.vscode/tasks.json", "w").close()',
    "[ -e $'\\xff\\xfe/.vscode/tasks.json' ]",
  ),
  bash(
    'the editor’s tasks, by a link',
    'mkdir real && echo x > real/tasks.json; ln -s real sub; mkdir two; ln -s ../real two/.vscode',
    isThere('two/.vscode/tasks.json'),
  ),
  bash(
    'the editor’s tasks, beside many others',
    `for i in $(seq 300); do mkdir -p "d$i/.vscode"; done; ${TASKS('zzz/.vscode')}`,
    isThere('zzz/.vscode/tasks.json'),
  ),
  bash('the editor’s tasks, in a denied folder', TASKS('x.key/.vscode'), isThere('x.key/.vscode/tasks.json'), {
    denied: ['*.key'],
  }),
  python(
    'the editor’s tasks, deeper than a path can say',
    'for i in range(23): os.mkdir("d" * 200); os.chdir("d" * 200)\nos.mkdir(".vscode"); open(".vscode/tasks.json", "w").close()',
    'python3 -c \'import os\nfor i in range(23): os.chdir("d" * 200)\nos.stat(".vscode/tasks.json")\'',
  ),
  python(
    'a repository, behind one that cannot be moved',
    `os.makedirs("a/.vscode"); home = os.getcwd(); os.chdir("a/.vscode")
for i in range(30): os.mkdir("d" * 200); os.chdir("d" * 200)
os.chdir(home); os.makedirs("b/.vscode"); open("b/.vscode/tasks.json", "w").close()`,
    isThere('b/.vscode/tasks.json'),
    { apart: true },
  ),
  bash('another editor', 'mkdir -p .idea && echo x > .idea/workspace.xml', isThere('.idea/workspace.xml')),
  bash(
    'a container’s settings',
    'mkdir -p .devcontainer && echo {} > .devcontainer/devcontainer.json',
    isThere('.devcontainer/devcontainer.json'),
  ),
  bash('a workspace file', 'echo {} > new.code-workspace', isThere('new.code-workspace')),
  bash('a list of submodules', 'echo "[submodule \\"x\\"]" > .gitmodules', isThere('.gitmodules')),
  bash('a policy', 'mkdir -p .oversign && echo x > .oversign/policy.yaml', isThere('.oversign/policy.yaml')),
  bash('a program in git’s settings', 'git config core.fsmonitor "touch $SPRUNG; false"', status('.')),
  bash(
    'a hook',
    'printf "#!/bin/sh\\ntouch $SPRUNG\\n" > .git/hooks/post-commit; chmod +x .git/hooks/post-commit',
    commit(),
  ),
  bash(
    'hooks elsewhere',
    'mkdir h && printf "#!/bin/sh\\ntouch $SPRUNG\\n" > h/post-commit && chmod +x h/post-commit && git config core.hooksPath h',
    commit(),
  ),
  bash(
    'git’s settings of one worktree',
    `git config extensions.worktreeConfig true; printf '${MONITOR}' > .git/config.worktree`,
    status('.'),
  ),
  bash(
    'git’s settings, moved elsewhere',
    `${evil('e')}; cp -r .git/objects .git/refs e/; echo ../e > .git/commondir`,
    status('.'),
  ),
  bash('a repository below', evil('sub/.git'), status('sub')),
  bash('a repository below, by a file', `${evil('e')}; mkdir sub && echo 'gitdir: ../e' > sub/.git`, status('sub')),
  bash('a repository below, by a link', `${evil('e')}; mkdir sub && ln -s ../e sub/.git`, status('sub')),
  bash(
    'a repository without a folder for files',
    `${evil('bare')}; printf '\\tbare = false\\n\\tworktree = ..\\n' >> bare/config`,
    status('bare'),
  ),
  bash(
    'a repository in place of the real one',
    `rm -f .git/HEAD; ${evil('.')}; printf '\\tbare = false\\n\\tworktree = .\\n' >> config`,
    status('.'),
  ),
  bash('a repository in a denied folder', evil('x.key/.git'), status('x.key'), { denied: ['*.key'] }),
  bash(
    'a rebase that goes on',
    'mkdir -p .git/rebase-merge && cd .git/rebase-merge && git rev-parse HEAD | tee onto > orig-head && echo refs/heads/main > head-name && echo "exec touch $SPRUNG" > git-rebase-todo && touch interactive done && echo 1 > end && echo 0 > msgnum',
    'git rebase --continue >/dev/null 2>&1; [ -e "$SPRUNG" ]',
  ),
  bash('a link that git writes a message through', 'ln -sf "$SPRUNG" .git/COMMIT_EDITMSG', commit()),
  bash(
    'a link that git keeps its records through',
    'rm -f .git/logs/HEAD; mkdir -p .git/logs; ln -s "$SPRUNG" .git/logs/HEAD',
    commit('-c core.logAllRefUpdates=true'),
  ),
];
