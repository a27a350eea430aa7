import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { processesWith, within } from '../support/processes.ts';
import { makeRepository } from '../support/repository.ts';
import { caged } from '../support/sandboxRun.ts';
import { snapshot } from '../support/snapshot.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const STAND_INS = ['.oversign', '.vscode', '.idea', '.devcontainer', '.git/config.worktree', '.git/commondir'];

test.each([
  ['a plain end', 'true', {}],
  ['an error', 'exit 3', {}],
  ['a timeout', 'sleep 60', { timeoutMs: 300 }],
  ['a cage that cannot be built', 'true', { cwd: '/not/there' }],
])('after %s the folder is as it was', async (_name, command, options) => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'README.md': 'hello\n' });
  makeRepository(cage.folder);
  const before = snapshot(cage.folder);
  await cage.run(command, options);
  expect(snapshot(cage.folder)).toEqual(before);
  expect(readdirSync(join(cage.data, 'placeholders'))).toEqual([]);
});

test('a stand-in that the user fills meanwhile is the user’s', async () => {
  const cage = await caged(await temporaryFolder());
  const running = cage.run('until [ -e go ]; do sleep 0.05; done; ls .vscode; echo evil > .vscode/tasks.json');
  expect(await within(10_000, () => existsSync(join(cage.folder, '.vscode')))).toBe(true);
  writeFileSync(join(cage.folder, '.vscode/mine.json'), '{}');
  writeFileSync(join(cage.folder, 'go'), '');
  expect((await running).output).toContain('mine.json');
  expect(readdirSync(join(cage.folder, '.vscode'))).toEqual(['mine.json']);
  expect(readdirSync(cage.folder).sort()).toEqual(['.vscode', 'go']);
});

test('after kill -9 of the process that ran it the command is gone, and the next start clears up', async () => {
  const base = await temporaryFolder();
  const cage = await caged(base);
  await plant(cage.folder, { 'README.md': 'hello\n' });
  makeRepository(cage.folder);
  const before = snapshot(cage.folder);
  const mark = `mark-${randomUUID()}`;
  writeFileSync(
    join(base, 'job.json'),
    JSON.stringify({ base, commands: ['setsid sleep 987 & sleep 987'], options: { environment: { MARK: mark } } }),
  );
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../support/sandboxChild.ts'), join(base, 'job.json')],
    { stdio: 'ignore' },
  );
  expect(await within(20_000, () => processesWith(mark).length >= 3)).toBe(true);
  await cage.sandbox.recover();
  for (const name of STAND_INS)
    expect(existsSync(join(cage.folder, name)), `${name} stays while its owner lives`).toBe(true);

  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  expect(await within(5000, () => processesWith(mark).length === 0)).toBe(true);
  expect(snapshot(cage.folder)).not.toEqual(before);
  const next = await caged(base);
  await next.sandbox.recover();
  expect(snapshot(cage.folder)).toEqual(before);
  expect(readdirSync(join(cage.data, 'placeholders'))).toEqual([]);
});

test('after kill -9 at any moment of the start the command does not run either', async () => {
  const base = await temporaryFolder();
  const cage = await caged(base);
  const [inArguments, inEnvironment] = [`mark-${randomUUID()}`, `mark-${randomUUID()}`];
  const commands = Array<string>(400).fill(`: ${inArguments}; sleep 0.02`);
  writeFileSync(
    join(base, 'job.json'),
    JSON.stringify({ base, commands, options: { environment: { MARK: inEnvironment } } }),
  );
  for (let i = 0; i < 20; i += 1) {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, '../support/sandboxChild.ts'), join(base, 'job.json')],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const said = text(child.stderr);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const began = await within(60_000, () => processesWith(inEnvironment).length > 0 || child.exitCode !== null);
    expect(child.exitCode, child.exitCode === null ? '' : await said).toBe(null);
    expect(
      began,
      began ? '' : `start ${i}: ${spawnSync('ps', ['-eo', 'pid,ppid,stat,wchan:20,args']).stdout.toString()}`,
    ).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, i * 2));
    child.kill('SIGKILL');
    await ended;
    expect(await within(5000, () => processesWith(inEnvironment).length === 0)).toBe(true);
  }
  // bubblewrap's own half-built child may stay, asleep and empty, if its parent ends before it lets it go on.
  for (const pid of processesWith(inArguments)) process.kill(pid, 'SIGKILL');
  await cage.sandbox.recover();
  expect(readdirSync(cage.folder)).toEqual([]);
}, 240_000);

test('calls at the same time do not pull the stand-ins from under each other', async () => {
  const cage = await caged(await temporaryFolder());
  makeRepository(cage.folder);
  const before = snapshot(cage.folder);
  const attack =
    'for n in .vscode .idea .oversign .devcontainer; do mkdir -p $n; echo evil > $n/x; done; echo evil > .git/commondir; echo evil > .git/config.worktree';
  const long = cage.run(`touch started; until [ -e go ]; do sleep 0.02; done; ${attack}; rm -f go started`);
  expect(await within(10_000, () => existsSync(join(cage.folder, 'started')))).toBe(true);
  // The second comes later and ends later than the first; a third ends in between.
  const second = cage.run(`touch second; until [ -e go2 ]; do sleep 0.02; done; ${attack}; rm -f go2 second`);
  expect(await within(10_000, () => existsSync(join(cage.folder, 'second')))).toBe(true);
  await cage.run('true');
  writeFileSync(join(cage.folder, 'go'), '');
  expect((await long).quarantined).toEqual([]);
  for (const name of STAND_INS) expect(existsSync(join(cage.folder, name)), name).toBe(true);
  writeFileSync(join(cage.folder, 'go2'), '');
  expect((await second).quarantined).toEqual([]);
  expect(snapshot(cage.folder)).toEqual(before);

  for (let round = 0; round < 5; round += 1)
    await Promise.all(Array.from({ length: 4 }, (_, i) => cage.run(`sleep 0.0${i * round}; ${attack}`)));
  expect(snapshot(cage.folder)).toEqual(before);
});

test('two calls at the same time cannot vouch for each other', async () => {
  const cage = await caged(await temporaryFolder());
  const first = cage.run('mkdir -p new/.git/hooks; touch made; until [ -e go ]; do sleep 0.02; done');
  expect(await within(10_000, () => existsSync(join(cage.folder, 'made')))).toBe(true);
  const second = cage.run(
    'touch up; until [ -e go2 ]; do sleep 0.02; done; rm -rf new; mkdir -p new/.git/hooks; echo evil > new/.git/hooks/x',
  );
  expect(await within(10_000, () => existsSync(join(cage.folder, 'up')))).toBe(true);
  writeFileSync(join(cage.folder, 'go'), '');
  expect((await first).quarantined).toHaveLength(1);
  writeFileSync(join(cage.folder, 'go2'), '');
  await second;
  expect(existsSync(join(cage.folder, 'new/.git'))).toBe(false);
});

test('denied names of every kind stay hidden: odd bytes, inside protected folders, hard links', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, {
    '.vscode/a.key': 'SECRET',
    'closed/b.key': 'SECRET',
    'denied/c': 'SECRET',
    'a\nb/c.key': 'SECRET',
  });
  mkdirSync(join(cage.folder, 'denied/inner'));
  linkSync(join(cage.folder, 'denied/c'), join(cage.folder, 'denied/inner/again'));
  linkSync(join(cage.folder, 'denied/c'), join(cage.folder, 'harmless'));
  const odd = Buffer.concat([Buffer.from(`${cage.folder}/odd`), Buffer.of(0xff)]);
  mkdirSync(odd);
  writeFileSync(Buffer.concat([odd, Buffer.from('/x'), Buffer.of(0xe9), Buffer.from('.key')]), 'SECRET');
  const before = readdirSync(cage.folder, { encoding: 'latin1' }).sort();
  const look = `grep -rs SECRET . && echo FOUND; chmod -R u+rwX . 2>/dev/null; cat */*.key denied/* harmless 2>/dev/null`;
  expect((await cage.run(look)).output).toContain('FOUND');
  const result = await cage.run(look, { denied: ['*.key', 'denied', '/**/*.key'] });
  expect(result).toMatchObject({ output: '', ending: { kind: 'exited' } });
  expect(readdirSync(cage.folder, { encoding: 'latin1' }).sort()).toEqual(before);
  expect(statSync(join(cage.folder, 'harmless')).nlink).toBe(3);
});
