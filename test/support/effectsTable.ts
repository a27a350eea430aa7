import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DryRun } from '../../src/core/sandbox/port.ts';
import { sha256 } from '../../src/node/files/hash.ts';
import { bytesOfPath, textOfName } from '../../src/node/files/rawPath.ts';
import { HostSandbox } from '../../src/node/sandbox/hostSandbox.ts';
import { makeRepository } from './repository.ts';
import { caged, type Caged } from './sandboxRun.ts';
import { plant } from './tree.ts';

/** Commands that write, each with what the ones before it left. What they do must not depend on the time. */
export const WRITING: readonly string[] = [
  'echo one > new.txt',
  'echo two >> src/a.txt',
  'printf "" > empty',
  ': > src/b.txt',
  'rm src/c.txt',
  'rm -r deep',
  'mkdir made',
  'mkdir -p x/y/z && echo z > x/y/z/file',
  'mkdir -p empty1/empty2/empty3',
  'cp src/a.txt src/copy.txt',
  'cp -r src copied',
  'cp -p src/script.sh kept-times.sh',
  'mv src/d.txt src/renamed.txt',
  'mv src/e.txt made/e.txt',
  'sed -i s/one/ONE/ src/f.txt',
  'chmod 600 src/g.txt',
  'chmod +x src/h.txt',
  'chmod 4755 src/i.txt',
  'chmod -R go-rwx copied',
  'ln -s src/a.txt link',
  'ln -s /nowhere/at/all dangling',
  'ln -sfn made link',
  'ln src/j.txt hard',
  'rm oldlink',
  'rm oldlink2 && mkdir oldlink2',
  'rm -r folder && echo file > folder',
  'rm src/k.txt && mkdir src/k.txt && echo in > src/k.txt/in',
  'rm -r again && mkdir again && echo new > again/only',
  'rm -r again2 && mkdir again2',
  'rm -r again3 && mkdir -p again3/inner/inner',
  'truncate -s 1M sparse',
  'truncate -s 3 src/l.txt',
  'dd if=/dev/zero of=blob bs=1k count=300 2>/dev/null',
  'printf x | dd of=src/m.txt conv=notrunc bs=1 seek=2 2>/dev/null',
  'touch -d 2001-01-01 src/n.txt',
  'touch later',
  "printf a > $'new\\nline'",
  "printf a > $'tab\\tname'",
  "printf a > $'\\377\\376bytes'",
  'printf a > -- ; printf a > ./-rf',
  "printf a > 'star*' ; printf a > 'quote\"s' ; printf a > \"it's\"",
  'printf a > ünïcode-名前',
  'mkdir ro && echo x > ro/x && chmod 555 ro',
  'chmod 755 closed && echo y > closed/y && chmod 555 closed',
  'mkdir zero && chmod 000 zero',
  'echo secret > src/o.txt && chmod 000 src/o.txt',
  'install -m 640 src/a.txt installed',
  'tar cf all.tar src/a.txt src/b.txt --mtime=@0 && tar xf all.tar -C made',
  'gzip -n -k src/a.txt',
  'find src -name "p*.txt" -delete',
  'for i in $(seq 1 60); do echo $i > made/n$i; done',
  "python3 -c \"open('py.txt', 'w').write('p' * 70000)\"",
  "python3 -c \"import os; os.rename('src/q.txt', 'src/a.txt')\"",
  'tee one two three < src/a.txt > /dev/null',
  'rsync_like() { rm -rf mirror && cp -r src mirror; }; rsync_like && rsync_like',
  'echo partial > partial; exit 3',
  'chmod 755 zero && chmod 644 src/o.txt mirror/o.txt; git add -A',
  'git commit -q -m second',
  'git branch topic && git checkout -q topic',
  'git mv src/r.txt src/moved.txt',
  'git rm -q src/s.txt',
  'git stash -q',
  'git tag v1',
  'git config --local user.name other; true',
  'git reset -q --hard HEAD~1',
  'echo "*.log" > .gitignore && echo l > x.log',
  'git clean -fdq',
  'echo later > .vscode/tasks.json; true',
  'echo hook > .git/hooks/pre-commit; true',
];

/** Several lines as one command, none of which stops the others. */
export function together(lines: readonly string[]): string {
  return lines.map((line) => `(${line})`).join('\n');
}

const FIXED = {
  GIT_AUTHOR_NAME: 't',
  GIT_AUTHOR_EMAIL: 't@example.org',
  GIT_COMMITTER_NAME: 't',
  GIT_COMMITTER_EMAIL: 't@example.org',
  GIT_AUTHOR_DATE: '2020-01-01T00:00:00Z',
  GIT_COMMITTER_DATE: '2020-01-01T00:00:00Z',
  LC_ALL: 'C',
};

/** Two workspaces that are the same: in one commands run, in the other their effects are applied. */
export interface Twins {
  real: Caged;
  other: Caged;
  command(line: string): Promise<Outcome>;
}

export interface Outcome {
  /** What differs afterwards; nothing where applying equals running. */
  differs: string[];
  /** What was on disk, beside the lists of the sandbox itself, although nothing was applied yet. */
  early: string[];
  means: DryRun['means'];
  /** Exit code and output, both ways. */
  ran: [unknown, string];
  dry: [unknown, string];
}

export async function twins(base: string, means?: readonly DryRun['means'][]): Promise<Twins> {
  const real = await caged(join(base, 'real'));
  const plain = await caged(join(base, 'other'));
  const { data, home, folder } = plain;
  const config = join(base, 'other', 'config');
  const other = means
    ? {
        ...plain,
        sandbox: new HostSandbox({ data, config, home }, { PATH: process.env['PATH'] }, [folder], { means }),
      }
    : plain;
  await plantWorkspace(real.folder);
  // A repository that is made anew has its own time in it.
  execFileSync('cp', ['-a', `${real.folder}/.`, folder]);
  return {
    real,
    other,
    async command(line) {
      const signal = new AbortController().signal;
      const ran = await real.run(line, { environment: FIXED });
      const spec = await other.spec(['/bin/bash', '-c', line], { environment: FIXED });
      const before = stateOf(folder);
      const dry = await other.sandbox.dryRuns.run({ ...spec, view: { kind: 'copy-on-write' } }, signal);
      const early = differing(before, stateOf(folder));
      try {
        if (dry.obstacle !== undefined) throw new Error(dry.obstacle);
        const applied = await dry.apply(spec, signal);
        const trouble = applied.ending.kind === 'exited' && applied.ending.code === 0 ? [] : [applied.output];
        return {
          differs: [...trouble, ...differing(comparable(real.folder), comparable(folder))],
          early,
          means: dry.means,
          ran: [ran.ending, ran.output.replaceAll(real.folder, 'W')],
          dry: [dry.result.ending, dry.result.output.replaceAll(folder, 'W')],
        };
      } finally {
        await dry.dispose();
      }
    },
  };
}

/** What is in git's index of times and inodes is of each tree's own; what it says stands in its objects and in the tree. */
function comparable(folder: string): Record<string, string> {
  const state = stateOf(folder);
  return Object.fromEntries(Object.entries(state).filter(([path]) => path !== '.git/index'));
}

/** Everything below a folder, byte for byte, mode for mode, also under names that are no UTF-8. */
export function stateOf(root: string): Record<string, string> {
  const state: Record<string, string> = {};
  const pending = [''];
  for (let below = pending.pop(); below !== undefined; below = pending.pop())
    for (const name of namesIn(`${root}/${below}`)) {
      const path = below === '' ? name : `${below}/${name}`;
      const at = bytesOfPath(`${root}/${path}`);
      const info = lstatSync(at);
      const mode = (info.mode & 0o7777).toString(8);
      if (info.isSymbolicLink()) state[path] = `link to ${readlinkSync(at)}`;
      else if (info.isDirectory()) {
        state[path] = `folder ${mode}`;
        pending.push(path);
      } else if (info.isFile()) state[path] = `file ${mode} ${info.size} ${contentOf(at)}`;
      else state[path] = 'other';
    }
  return state;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(bytesOfPath(folder), { encoding: 'buffer' }).map(textOfName);
  } catch {
    return []; // closed to this account; its mode is compared
  }
}

function contentOf(at: Buffer): string {
  try {
    return sha256(readFileSync(at));
  } catch {
    return 'closed';
  }
}

export function differing(one: Record<string, string>, other: Record<string, string>): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((path) => one[path] !== other[path])
    .map((path) => `${JSON.stringify(path)}: ${one[path] ?? 'nothing'}, not ${other[path] ?? 'nothing'}`)
    .sort();
}

async function plantWorkspace(folder: string): Promise<void> {
  const letters = [...'abcdefghijklmnopqrs'];
  const files = Object.fromEntries(letters.map((name) => [`src/${name}.txt`, `one ${name}\nline\n`]));
  await plant(folder, {
    ...files,
    'src/script.sh': 'echo hi\n',
    'deep/a/b/c/d.txt': 'deep\n',
    'deep/a/e.txt': 'e\n',
    'folder/in.txt': 'in\n',
    'again/old.txt': 'old\n',
    'again2/old/older.txt': 'old\n',
    'again3/inner/old.txt': 'old\n',
    'closed/x': 'x\n',
    'package.json': '{}\n',
  });
  symlinkSync('src/a.txt', join(folder, 'oldlink'));
  symlinkSync('src', join(folder, 'oldlink2'));
  writeFileSync(join(folder, 'twin1'), 'twin\n');
  linkSync(join(folder, 'twin1'), join(folder, 'twin2'));
  chmodSync(join(folder, 'closed'), 0o555);
  makeRepository(folder);
}
