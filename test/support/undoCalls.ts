import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from './logWorldRandom.ts';

/** A call of a tool, as a model makes it. */
export interface UndoCall {
  name: string;
  args: Record<string, unknown>;
}

const NAMES = ['a', 'b.txt', 'c d', 'e\nf', '-g', 'ü.md', "h'i", '*'];

/** Paths as there may be some; every command takes it calmly where there is none. */
function somePath(random: Random): string {
  const parts = Array.from({ length: random.int(1, 3) }, () => random.pick(NAMES));
  return parts.join('/');
}

/** A small tree of every kind of thing, at random. */
export function plantTree(root: string, random: Random, files: number): void {
  mkdirSync(root, { recursive: true });
  for (let number = 0; number < files; number += 1) {
    const path = join(root, somePath(random));
    tried(() => {
      mkdirSync(join(path, '..'), { recursive: true });
    });
    const kind = random.int(0, 9);
    tried(() => {
      if (kind === 0) symlinkSync(somePath(random), path);
      else if (kind === 1) mkdirSync(path, { mode: random.pick([0o755, 0o700, 0o500]) });
      else if (kind === 2) linkSync(join(root, somePath(random)), path);
      else writeFileSync(path, contentOf(random), { mode: random.pick([0o644, 0o600, 0o755, 0o400]) });
    });
  }
}

function contentOf(random: Random): string {
  return `${random.int(0, 1_000_000)}\n`.repeat(random.pick([0, 1, 3, 500]));
}

function tried(work: () => void): void {
  try {
    work();
  } catch {
    // something else stands there
  }
}

/** A call at random: of a file tool, or of one of all commands that change a tree in a way of their own. */
export function undoCall(random: Random): UndoCall {
  const [one, other] = [somePath(random), somePath(random)];
  const number = random.int(0, 30);
  if (number === 0) return { name: 'write_file', args: { path: one, content: contentOf(random) } };
  if (number === 1) return { name: 'delete_path', args: { path: one } };
  if (number === 2) return { name: 'move_path', args: { from: one, to: other } };
  const command = random.pick(COMMANDS)(quoted(one), quoted(other), random);
  return { name: 'run_command', args: { command } };
}

type Line = (one: string, other: string, random: Random) => string;

const COMMANDS: readonly Line[] = [
  (one) => `echo over > ${one}`,
  (one) => `printf in-place | dd of=${one} conv=notrunc`,
  (one) => `echo more >> ${one}`,
  (one) => `sed -i s/1/one/ -- ${one}`,
  (one, other) => `mv -- ${one} ${other}`,
  (one, other) => `mkdir -p -- ${other}; mv -- ${one} ${other}/`,
  (one, other) => `cp -a -- ${one} ${other}`,
  (one) => `rm -rf -- ${one}`,
  (one) => `rm -rf -- ${one}; mkdir -p -- ${one}; echo again > ${one}/again`,
  (one, _other, random) => `chmod ${random.pick(['600', '755', '444', '700', '000'])} -- ${one}`,
  (_one, _other, random) => `chmod -R ${random.pick(['u+x', 'go-rwx', 'a-w'])} .`,
  (one, other) => `ln -sfn -- ${other} ${one}`,
  (one, other) => `ln -f -- ${other} ${one}`,
  (one) => `truncate -s 3M -- ${one}`,
  (one) => `touch -r . stamp; echo set-back > ${one}; touch -r stamp -- ${one}; rm stamp`,
  (one) => `cp -- ${one} kept; rm -- ${one}; mv kept ${one}`,
  () => 'git init -q .; git add -A; git -c user.name=n -c user.email=e commit -qm one',
  () => 'git checkout -q -- .; git clean -qfd',
  () => 'git stash -q -u; git stash drop -q',
  (one) => `git rm -qf -- ${one}`,
  () => 'find . -name "a*" -not -path "./.git/*" -delete',
  () => 'for n in 1 2 3 4 5 6 7 8 9; do echo $n > many$n; done; rm many3; mkdir -p deep/er/est; echo x > deep/er/est/x',
  (one) => `mkfifo -- ${one}.pipe; rm -f -- ${one}.pipe`,
  (one) => `tar cf t.tar -- ${one}; rm -rf -- ${one}; tar xf t.tar; rm t.tar`,
];

function quoted(path: string): string {
  return `./'${path.replaceAll("'", String.raw`'\''`)}'`;
}
