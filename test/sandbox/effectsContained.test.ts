import { execFileSync, spawn } from 'node:child_process';
import { existsSync, linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DryRun, Means } from '../../src/core/sandbox/port.ts';
import { HostSandbox } from '../../src/node/sandbox/hostSandbox.ts';
import { stateOf } from '../support/effectsTable.ts';
import { processesWith } from '../support/processes.ts';
import { makeRepository } from '../support/repository.ts';
import { caged, type Caged, type RunOptions } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const OPEN = new AbortController().signal;
const SECRET = 'SECRET-7f3a';
const DENIED: RunOptions = { denied: ['secret.txt', 'vault', '*.key'] };

/** Runs a line in a view, and throws it away after a look. */
async function dry<T>(
  cage: Caged,
  line: string,
  options: RunOptions,
  look: (ran: DryRun) => T | Promise<T>,
): Promise<T> {
  const spec = await cage.spec(['/bin/bash', '-c', line], options);
  const ran = await cage.sandbox.dryRuns.run({ ...spec, view: { kind: 'copy-on-write' } }, OPEN);
  try {
    return await look(ran);
  } finally {
    await ran.dispose();
  }
}

describe.each<Means>(['overlay', 'copy'])('in a view made as %s', (means) => {
  let cage: Caged;
  beforeAll(async () => {
    const base = await temporaryFolder(() => undefined);
    const plain = await caged(base);
    const { data, home, folder } = plain;
    const config = join(base, 'config');
    const sandbox = new HostSandbox({ data, config, home }, { PATH: process.env['PATH'] }, [folder], {
      means: [means],
    });
    cage = { ...plain, sandbox };
    // The spec's environment is that of the other one, which is the same.
    await plant(folder, {
      'a.txt': 'one\n',
      'secret.txt': SECRET,
      'vault/in/deep.txt': SECRET,
      'open/deep.txt': 'OPEN-1c\n',
      '.vscode/settings.json': '{}\n',
      'package.json': '{}\n',
    });
    linkSync(join(folder, 'secret.txt'), join(folder, 'other-name.txt'));
    linkSync(join(folder, 'a.txt'), join(folder, 'a-twin.txt'));
    makeRepository(folder);
  });

  test('what is denied is not there to be read, under no name and in no way', async () => {
    const before = stateOf(cage.folder);
    const reads = [
      'cat secret.txt other-name.txt vault/in/deep.txt',
      'cp -r . /tmp/all; grep -r SECRET /tmp/all',
      'mv vault moved; cat moved/in/deep.txt',
      'rm -rf vault; ls -R vault; mkdir vault; cat vault/in/deep.txt',
      'ln secret.txt named; cat named; ln -s secret.txt soft; cat soft',
      `cat /proc/self/root${cage.folder}/secret.txt /proc/1/root${cage.folder}/secret.txt`,
      `grep -rs SECRET ${cage.data} / --include=secret.txt --include=deep.txt -m1`,
      'git cat-file -p HEAD:a.txt; tar cf - . | grep -a SECRET',
      "python3 -c \"import os; os.rename('vault', 'w')\"; cat w/in/deep.txt",
      'umount secret.txt; cat secret.txt; mount -t overlay overlay -o lowerdir=. /tmp; cat /tmp/secret.txt',
    ];
    const output = await dry(cage, reads.join('\n'), DENIED, ({ result }) => result.output);
    expect(output).not.toContain(SECRET);
    // The same words read what nobody denied.
    const control = await dry(
      cage,
      'cat a.txt open/deep.txt; cp -r . /tmp/all; grep -r OPEN /tmp/all',
      DENIED,
      (one) => one.result.output,
    );
    expect(control).toContain('one\nOPEN-1c\n');
    expect(control).toContain('/tmp/all/open/deep.txt:OPEN-1c');
    expect(stateOf(cage.folder)).toEqual(before);
  });

  test('what is protected is as it was, in the view as well, and nothing of it would be applied', async () => {
    const before = stateOf(cage.folder);
    const writes = [
      'echo hook > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit',
      'echo x >> .git/config; rm -rf .git/hooks; mv .git moved-git; mv .vscode v; rm -rf .vscode',
      'echo x > .vscode/tasks.json; echo x > .vscode/settings.json; mkdir .idea; echo x > .idea/x; echo x > .oversign/policy.yaml',
      'python3 -c "import os; os.mknod(\'.idea\', 0o20000, 0)"; mknod wh c 0 0',
      'ln -sfn /tmp .vscode; ln .vscode/settings.json hard-settings; echo x > hard-settings',
      'echo done > marker',
    ];
    await dry(cage, writes.join('\n'), {}, (ran) => {
      const changed = ran.changes.map(({ path }) => path.slice(cage.folder.length + 1));
      expect(changed).toContain('marker');
      expect(
        changed.filter((path) =>
          /^(\.vscode|\.idea|\.oversign|\.devcontainer|\.git\/(hooks|config)|moved-git)/.test(path),
        ),
      ).toEqual([]);
      expect(ran.obstacle).toBeUndefined();
    });
    expect(stateOf(cage.folder)).toEqual(before);
  });

  test('a nested repository with hooks is not live until it is applied, and then it is set aside as ever', async () => {
    const line =
      'git init -q nested && printf "#!/bin/sh\\n" > nested/.git/hooks/post-checkout && chmod +x nested/.git/hooks/post-checkout && echo kept > kept.txt';
    const spec = await cage.spec(['/bin/bash', '-c', line]);
    const ran = await cage.sandbox.dryRuns.run({ ...spec, view: { kind: 'copy-on-write' } }, OPEN);
    expect(existsSync(join(cage.folder, 'nested'))).toBe(false);
    const { quarantined, ending } = await ran.apply(spec, OPEN);
    await ran.dispose();
    expect(ending).toEqual({ kind: 'exited', code: 0 });
    expect(quarantined.join('\n')).toContain('nested/.git');
    expect(existsSync(join(cage.folder, 'nested/.git'))).toBe(false);
    expect(readFileSync(join(cage.folder, 'kept.txt'), 'utf8')).toBe('kept\n');
  });

  test('what makes something denied cannot be applied', async () => {
    const line = 'echo key > new.key; mkdir -p deep; echo x > deep/secret.txt';
    await dry(cage, line, DENIED, async (ran) => {
      expect(ran.obstacle).toContain('which your policy denies');
      const spec = await cage.spec(['/bin/true'], DENIED);
      await expect(ran.apply(spec, OPEN)).rejects.toThrow('which your policy denies');
    });
    expect(existsSync(join(cage.folder, 'new.key'))).toBe(false);
  });

  test('pipes, sockets and devices are named and not made', async () => {
    const line = 'mkfifo p; python3 -c "import socket; socket.socket(socket.AF_UNIX).bind(\'s\')"; echo f > f';
    await dry(cage, line, {}, (ran) => {
      expect(ran.leftOut.filter((words) => words.includes('is a pipe, a socket or a device'))).toHaveLength(2);
      expect(ran.changes.map(({ path }) => path)).toEqual([join(cage.folder, 'f')]);
    });
  });

  test('attributes by which an overlay speaks to itself lead nowhere else', async () => {
    const set = [
      'import os',
      "for name, to in (('open', b'/vault'), ('marked.txt', b'/secret.txt')):",
      "  for key, value in (('opaque', b'y'), ('redirect', to), ('whiteout', b'y'), ('metacopy', b''), ('origin', b'x')):",
      '    try:',
      "      os.setxattr(name, 'user.overlay.' + key, value)",
      '    except OSError:',
      '      pass',
      '',
    ].join('\n');
    await plant(cage.folder, { 'marked.txt': 'marked\n' });
    execFileSync('python3', ['-c', set], { cwd: cage.folder });
    const line = 'ls open; rm open/deep.txt; ls open; cat marked.txt open/in/deep.txt';
    const [output, changed] = await dry(cage, line, DENIED, (one) => [one.result.output, one.changes]);
    expect(output).not.toContain(SECRET);
    // The kernel refuses to read a file that says so of itself, or reads the file.
    expect(output).toMatch(/^deep\.txt\n(marked|cat: marked\.txt: (Input\/output error|Operation not permitted))\n/);
    expect(changed.map(({ path }) => path)).toEqual([join(cage.folder, 'open/deep.txt')]);
    const inView = await dry(
      cage,
      `python3 - <<'END'\n${set}END\necho hi > open/new`,
      DENIED,
      ({ changes }) => changes,
    );
    expect(inView.map(({ path }) => path)).toEqual([join(cage.folder, 'open/new')]);
    expect(readdirSync(join(cage.folder, 'open'))).toEqual(['deep.txt']);
  });

  test('it reaches nothing, and nothing of it goes on', async () => {
    let calls = 0;
    const server = createServer((socket) => {
      calls += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const mark = `effects-${process.pid}-${means}`;
    const line = `(exec -a ${mark} sleep 1000) & python3 -c "import socket; socket.create_connection(('127.0.0.1', ${port}), 2)"; echo after`;
    const output = await dry(cage, line, {}, ({ result }) => result.output);
    server.close();
    expect(output).toContain('after');
    expect(calls).toBe(0);
    expect(processesWith(mark)).toEqual([]);
  });

  test('it is ended at its limits, and then nothing of it can be applied', async () => {
    const fills = 'for i in 1 2 3 4 5 6 7 8; do head -c 30M /dev/zero > big$i; sync; sleep 0.2; done';
    await dry(cage, fills, { limits: { diskBytes: 40 << 20 } }, (ran) => {
      expect(ran.obstacle).toBeDefined();
      expect(ran.result.ending.kind).not.toBe('exited');
    });
    await dry(cage, 'sleep 30', { timeoutMs: 500 }, (ran) => {
      expect(ran.obstacle).toContain('ran longer than');
    });
  });

  test('one name of a file with several is said to change alone', async () => {
    await dry(cage, 'sed -i s/one/two/ a.txt', {}, ({ leftOut }) => {
      expect(leftOut.join()).toContain('a.txt` is one file under several names');
    });
  });

  test('thrown away, it leaves nothing, in the workspace and in the data folder', async () => {
    await dry(cage, 'true', {}, () => undefined);
    const [work, data] = [stateOf(cage.folder), stateOf(cage.data)];
    await dry(cage, 'rm -rf *; mkdir -p x/y; chmod 000 x; echo hi > new; chmod 000 new', {}, ({ changes }) => {
      expect(changes.length).toBeGreaterThan(3);
      expect(stateOf(cage.folder)).toEqual(work);
      expect(stateOf(cage.data)).not.toEqual(data);
    });
    expect(stateOf(cage.folder)).toEqual(work);
    expect(stateOf(cage.data)).toEqual(data);
  });

  test('what changed underneath is found, whatever a program does to the times', async () => {
    const line = 'echo mine > new.txt';
    for (const change of [
      'printf ONE > open/deep.txt; touch -r package.json open/deep.txt',
      'rm open/deep.txt',
      'echo > open/other',
    ]) {
      const spec = await cage.spec(['/bin/bash', '-c', line]);
      const ran = await cage.sandbox.dryRuns.run({ ...spec, view: { kind: 'copy-on-write' } }, OPEN);
      expect(await ran.changedUnderneath()).toEqual([]);
      execFileSync('bash', ['-c', change], { cwd: cage.folder });
      expect(await ran.changedUnderneath()).toHaveLength(1);
      await expect(ran.apply(spec, OPEN)).rejects.toThrow('changed since the effects were shown');
      await ran.dispose();
    }
    expect(existsSync(join(cage.folder, 'new.txt'))).toBe(false);
  });
});

test('a process that is killed leaves a view that the next start takes away, and no other', async () => {
  const base = await temporaryFolder();
  await plant(join(base, 'work'), { 'a.txt': 'one\n' });
  const child = spawn(process.execPath, [join(import.meta.dirname, '../support/effectsKilled.ts'), base], {
    stdio: 'ignore',
  });
  const views = join(base, 'data', 'effects');
  const isAtWork = (): boolean =>
    existsSync(views) && readdirSync(views).some((one) => existsSync(join(views, one, 'upper-0', 'b.txt')));
  while (!isAtWork()) await pause(50);
  const cage = await caged(base);
  await cage.sandbox.recover();
  expect(isAtWork()).toBe(true); // its process is alive
  child.kill('SIGKILL');
  while (child.exitCode === null && child.signalCode === null) await pause(20);
  await cage.sandbox.recover();
  expect(readdirSync(views)).toEqual([]);
  expect(readFileSync(join(base, 'work', 'a.txt'), 'utf8')).toBe('one\n');
  writeFileSync(join(base, 'work', 'still-writable'), '');
});
