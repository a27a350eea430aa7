import {
  cpSync,
  existsSync,
  lstatSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
} from 'node:fs';
import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Sandbox, SandboxSpec } from '../../src/core/sandbox/port.ts';
import { attempt as attacked } from '../support/attacks.ts';
import { attempt, unseen } from '../support/attempt.ts';
import { COMMAND_POLICY, commandWorld } from '../support/commandWorld.ts';
import { TRIES } from '../support/lookingTries.ts';
import { git } from '../support/repository.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';
import { snapshot } from '../support/snapshot.ts';
import { plant, removeWhole, temporaryFolder } from '../support/tree.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

// A command that is allowed without a question runs with the workspace read-only, likely secrets and what is denied
// hidden, and no network: that holds also where the classifier was wrong about what the command does.

/** A snapshot that also tells of a change that left no trace in content, mode and names: inode and time of change. */
function stamped(folder: string): Record<string, string> {
  const stamp = (name: string): string => {
    const { ino, ctimeNs, mtimeNs, nlink } = lstatSync(join(folder, name), { bigint: true });
    return `${ino} ${ctimeNs} ${mtimeNs} ${nlink}`;
  };
  return Object.fromEntries(
    Object.entries(snapshot(folder)).map(([name, what]) => [name, `${what} ${stamp(name)}`] as const),
  );
}

function allowedIn(table: string): string[] {
  const text = readFileSync(new URL(`../golden/commands/${table}.jsonl`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { command: string; expect: string })
    .flatMap((line) => (line.expect === 'allow' ? [line.command] : []));
}

describe('every command of the tables that is allowed without a question', () => {
  test.each(['readonly', 'everyday', 'hostile'])(
    'runs, changes nothing and shows no secret: %s.jsonl',
    { timeout: 240_000 },
    async (table) => {
      const world = await commandWorld();
      const bench = await workbench({
        userPolicy: `${COMMAND_POLICY}  code_execution:\n    timeout: 4\n`,
        answer: () => ({ choice: 'deny' }),
      });
      cpSync(world.folder, bench.folder, { recursive: true, verbatimSymlinks: true, force: true });
      const commands = [...new Set(allowedIn(table))];
      expect(commands.length).toBeGreaterThan(30);
      const before = stamped(bench.folder);
      const calls = commands.map((command) => ({ name: 'run_command', args: { command } }));
      const attempts = await attempt(bench, calls);

      expect(bench.asked.map(({ title, decision }) => `${title}: ${decision.reason}`)).toEqual([]);
      expect(stamped(bench.folder)).toEqual(before);
      const shown = commands.filter((_, index) => attempts[index]?.text.includes('hush-hush'));
      expect(shown).toEqual([]);
      // Each really ran, read-only; what it said and how it ended is its own affair.
      const notRun = commands.filter((_, index) => !/\[(exit code|stopped|ended by)/.test(attempts[index]?.text ?? ''));
      expect(notRun).toEqual([]);
      const finished = attempts.events.filter(({ type }) => type === 'finished').map(({ data }) => data['facts']);
      expect(finished).toHaveLength(commands.length);
      for (const facts of finished) expect(facts).toMatchObject({ workspace: 'read-only', quarantined: 0 });
      expect(finished.filter((facts) => (facts as { exit?: number }).exit === 0).length).toBeGreaterThan(20);
    },
  );
});

/** The sandbox of all attempts, over the workspace that each gets a copy of. */
let original: Caged;

beforeAll(async () => {
  original = await caged(realpathSync(mkdtempSync(join(tmpdir(), 'oversign-looking-'))));
  const { folder } = original;
  await plant(folder, { 'README.md': 'hello\n', 'src/a': 'a\n', 'new-for-git': 'x\n' });
  mkdirSync(join(folder, 'empty'));
  symlinkSync('README.md', join(folder, 'link'));
  git(folder, 'init', '-q');
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'one');
});
afterAll(async () => {
  await original.sandbox.close();
  await removeWhole(dirname(original.folder));
});

async function place(): Promise<Caged> {
  const folder = join(await temporaryFolder(), 'work');
  cpSync(original.folder, folder, { recursive: true, verbatimSymlinks: true });
  return original.over(folder);
}

/** Without a sandbox, in the same folder. Not spawnSync: what listens lives in this process. */
async function outside(argv: string[], cwd: string, environment: Record<string, string>): Promise<string> {
  const [file = '', ...args] = argv;
  const child = spawn(file, args, {
    env: { ...process.env, ...environment },
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await new Promise((resolve) => child.once('close', resolve));
  return output;
}

describe('a command that was taken for one that only looks', () => {
  test.each(TRIES)('cannot do it: $language, $name', async (one) => {
    const { name, language, code, control } = one;
    const server = createServer((socket) => socket.end('SECRET'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const environment = { W_TCP: String((server.address() as AddressInfo).port) };
    const cage = await place();
    const argv = attacked({ name, language, code, control: 'none' });
    const before = stamped(cage.folder);
    const held = await cage.run(argv, { workspace: 'read-only', environment });
    expect(held).toMatchObject({ output: 'HELD\n', ending: { kind: 'exited', code: 0 }, quarantined: [] });
    expect(stamped(cage.folder)).toEqual(before);

    if (control === 'writable')
      expect((await cage.run(argv, { workspace: 'writable', environment })).output, 'control').toBe('ESCAPED\n');
    if (control === 'outside') expect(await outside(argv, cage.folder, environment), 'control').toBe('ESCAPED\n');
  });

  test('most of these are shown to work where the workspace is writable', () => {
    expect(TRIES.length).toBeGreaterThanOrEqual(70);
    expect(TRIES.filter(({ control }) => control === 'writable').length).toBeGreaterThanOrEqual(55);
  });
});

const POLICY = 'tools:\n  file_system:\n    denied_paths: ["private/", "*.secret"]\n';
const FILES = {
  '.env': 'hush-secret\n',
  'keys/server.pem': 'hush-secret\n',
  'deep/er/id_rsa': 'hush-secret\n',
  'private/plan.txt': 'hush-denied\n',
  'notes.secret': 'hush-denied\n',
};

/** Some secrets have further names: links, and hard links that are called something harmless. */
function otherNames(folder: string): void {
  symlinkSync('.env', join(folder, 'link-env'));
  symlinkSync('private', join(folder, 'link-private'));
  linkSync(join(folder, '.env'), join(folder, 'hard-env.txt'));
  linkSync(join(folder, 'notes.secret'), join(folder, 'hard-notes.txt'));
}

/** What Oversign itself asks at the beginning of a run (core/briefing/surroundings.ts). */
const isLookAround = ({ launch }: SandboxSpec): boolean => launch.argv[3] === 'look';

/** Its `run` runs something else than the call is about, as if the classifier had been wrong; `isOpen`: nothing hidden. */
async function misled(): Promise<{ bench: Workbench; run: (argv: string[], isOpen: boolean) => Promise<string> }> {
  const now = { argv: [''], isOpen: false };
  const bench = await workbench({
    files: FILES,
    userPolicy: POLICY,
    change: ({ parts }) => {
      const real = parts.sandbox.chosen('auto');
      const misleading: Sandbox = {
        status: (limits) => real.status(limits),
        environment: (names) => real.environment(names),
        run: (spec: SandboxSpec, signal) => {
          if (isLookAround(spec)) return real.run(spec, signal);
          expect(spec.launch).toMatchObject({ workspace: 'read-only', secrets: 'hidden' });
          const launch = { ...spec.launch, argv: now.argv };
          return real.run(
            {
              ...spec,
              launch,
              ...(now.isOpen && { isHidden: () => false, isDenied: () => false, deniesInside: false }),
            },
            signal,
          );
        },
      };
      parts.sandbox = { chosen: () => misleading };
    },
  });
  otherNames(bench.folder);
  return {
    bench,
    async run(argv, isOpen) {
      Object.assign(now, { argv, isOpen });
      const [got] = await attempt(bench, [{ name: 'run_command', args: { command: 'cat README.md' } }]);
      expect(bench.asked).toEqual([]);
      return got?.text ?? '';
    },
  };
}

const READERS: [string, string][] = [
  ['grep -r', 'grep -rh hush .'],
  ['grep -R', 'grep -Rh hush .'],
  ['cat', 'cat .env'],
  ['cat of a link', 'cat link-env'],
  ['cat below a link', 'cat link-private/plan.txt'],
  ['cat of a hard link to a secret', 'cat hard-env.txt'],
  ['cat of a hard link to a denied file', 'cat hard-notes.txt'],
  ['a redirection', 'read -r line < .env; echo "$line"'],
  ['going there', 'cd private && cat plan.txt'],
  ['going through there', 'cat private/../.env'],
  ['a glob', 'cat k*/*'],
  ['tar', 'tar cf - . | tar xOf -'],
  ['find -exec', 'find . -type f -exec cat {} +'],
  ['find -L -exec', 'find -L . -type f -exec cat {} +'],
  ['a copy', 'cp -rL . /tmp/copy; cat /tmp/copy/.env /tmp/copy/notes.secret'],
  ['the current folder of the process', 'cat /proc/self/cwd/.env'],
  ['the root of the process', 'cat "/proc/self/root$PWD/notes.secret"'],
  ['the root of process 1', 'cat "/proc/1/root$PWD/.env" || cat "/proc/1/cwd/.env"'],
  ['a name for it elsewhere', 'ln -s "$PWD/.env" /tmp/x && cat /tmp/x'],
  ['what hides it taken off', 'umount .env; umount -l private; cat .env private/plan.txt'],
  ['a mode that lets one in', 'chmod 777 private .env; cat private/plan.txt .env'],
  ['sed', 'sed -n p deep/er/id_rsa'],
  ['awk', "awk '{ print }' keys/server.pem"],
  ['base64', 'base64 .env | base64 -d'],
  ['diff', 'diff .env README.md'],
  ['python', '/usr/bin/python3 -c "print(open(\'.env\').read())"'],
  [
    'python by an open folder',
    "/usr/bin/python3 -c \"import os; d = os.open('keys', 0); print(os.read(os.open('server.pem', 0, dir_fd=d), 99))\"",
  ],
  ['node', `node -e 'console.log(require("fs").readFileSync("notes.secret", "utf8"))'`],
];

describe('what is hidden from a command that only looks', () => {
  // One after another in one workspace, which none of them changes.
  test('is not found by any way to read', { timeout: 240_000 }, async () => {
    const { bench, run } = await misled();
    const before = stamped(bench.folder);
    expect(READERS.length).toBeGreaterThanOrEqual(28);
    for (const [name, command] of READERS) {
      expect.soft(await run(['/bin/bash', '-c', command], false), name).not.toContain('hush-');
      expect.soft(stamped(bench.folder), name).toEqual(before);
      expect.soft(await run(['/bin/bash', '-c', command], true), `control: ${name}`).toContain('hush-');
    }
  });

  test('is not found by what the classifier itself lets through', async () => {
    const bench = await workbench({ files: FILES, userPolicy: POLICY, answer: () => ({ choice: 'deny' }) });
    otherNames(bench.folder);
    const commands = [
      'grep -rh hush .',
      'grep -Rh hush .',
      'rg -uuu hush',
      'find . -type f -exec cat {} +',
      'cat k*',
      'cat h*',
    ];
    const attempts = await attempt(
      bench,
      [...commands, ...READERS.map(([, command]) => command)].map((command) => ({
        name: 'run_command',
        args: { command },
      })),
    );
    for (const { text } of attempts) expect(text).not.toContain('hush-');
  });

  test.each(['cat .env', 'cat link-env', 'cat ./deep/../.env', 'head -1 < .env'])(
    'asks before it is shown, and is shown to whoever approves: %s',
    async (command) => {
      let choice: 'approve' | 'deny' = 'deny';
      const bench = await workbench({ files: FILES, userPolicy: POLICY, answer: () => ({ choice }) });
      otherNames(bench.folder);
      const call = { name: 'run_command', args: { command } };
      const [denied] = await attempt(bench, [call]);
      expect(denied).toMatchObject({ outcome: 'denied:person' });
      expect(denied?.text).not.toContain('hush-');
      expect(bench.asked.map(({ decision }) => decision.rule)).toEqual(['likely-secret']);
      choice = 'approve';
      expect((await attempt(bench, [call]))[0]?.text).toContain('hush-secret');
    },
  );

  test('stays hidden where it is denied, although the command was approved and may see likely secrets', async () => {
    const bench = await workbench({ files: FILES, userPolicy: POLICY });
    otherNames(bench.folder);
    const command = unseen('cat .env; cat notes.secret hard-notes.txt private/plan.txt link-private/plan.txt');
    const [got] = await attempt(bench, [{ name: 'run_command', args: { command } }]);
    expect(bench.asked).toHaveLength(1);
    expect(got?.text).toContain('hush-secret');
    expect(got?.text).not.toContain('hush-denied');
  });
});

describe('nothing is left behind', () => {
  test('nor there while it runs: a command that only looks needs no stand-ins', async () => {
    const cage = await caged(await temporaryFolder());
    await plant(cage.folder, { 'README.md': 'hello\n' });
    const before = stamped(cage.folder);
    const during = async (workspace: 'read-only' | 'writable'): Promise<Set<string>> => {
      const seen = new Set<string>();
      const watch = setInterval(() => {
        for (const name of readdirSync(cage.folder)) seen.add(name);
      }, 2);
      await cage.run('sleep 0.3', { workspace });
      clearInterval(watch);
      return seen;
    };
    expect([...(await during('read-only'))]).toEqual(['README.md']);
    expect(stamped(cage.folder)).toEqual(before);
    expect(readdirSync(cage.data).filter((name) => name !== 'sandbox-etc')).toEqual([]);
    expect((await during('writable')).size, 'control').toBeGreaterThan(1);
  });

  test('nor by one that looks while another one works', async () => {
    const cage = await caged(await temporaryFolder());
    await plant(cage.folder, { 'README.md': 'hello\n' });
    const before = snapshot(cage.folder);
    const works = cage.run('sleep 0.5; echo x > made', { workspace: 'writable' });
    const looks = Array.from({ length: 4 }, () =>
      cage.run('find . -type f; echo x > README.md', { workspace: 'read-only' }),
    );
    for (const { quarantined } of await Promise.all(looks)) expect(quarantined).toEqual([]);
    expect((await works).ending).toEqual({ kind: 'exited', code: 0 });
    expect(existsSync(join(cage.folder, 'made'))).toBe(true);
    expect(snapshot(cage.folder)).toEqual({ ...before, made: expect.any(String) as string });
  });
});
