import { chmodSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FolderModes } from '../../src/node/sandbox/folderModes.ts';
import { ordinaryAccount, type OrdinaryAccount } from '../support/ordinaryAccount.ts';
import { processesWith, within } from '../support/processes.ts';
import { caged } from '../support/sandboxRun.ts';
import { temporaryFolder } from '../support/tree.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

/** A workspace with a repository, a protected folder below another one, and a plain one. */
function fill(work: string): void {
  for (const folder of ['.git', '.git/objects', '.git/refs', 'below/.vscode', 'plain'])
    mkdirSync(join(work, folder), { recursive: true });
  writeFileSync(join(work, '.git/HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(work, '.git/config'), '[core]\n\trepositoryformatversion = 0\n');
  for (const folder of ['', '.git', 'below', 'below/.vscode', 'plain']) chmodSync(join(work, folder), 0o755);
}

let account: OrdinaryAccount;
beforeAll(async () => {
  account = await ordinaryAccount('oversign-modes');
});
afterAll(() => account.close());

test.each(['777', '000', '1777', '500'])('chmod %s of what is not the command’s own is set back', async (mode) => {
  const cage = await caged(await temporaryFolder());
  fill(cage.folder);
  const result = await cage.run(
    `chmod ${mode} plain; chmod ${mode} .git; chmod ${mode} below; chmod ${mode} .; kill -9 $$`,
  );
  expect(result.ending).toEqual({ kind: 'exited', code: 137 });
  for (const folder of ['.', '.git', 'below', 'below/.vscode']) expect(modeOf(join(cage.folder, folder))).toBe('755');
  expect(result.notes.filter((note) => note.includes('was set back'))).toHaveLength(3);
  // What is the command's own stays as it made it: the attack works where nothing protects.
  expect(modeOf(join(cage.folder, 'plain'))).toBe(String(Number(mode)));
});

test('the same holds for an ordinary account, and when the command is ended', async () => {
  const work = join(account.folder, 'work');
  mkdirSync(work, { recursive: true });
  fill(work);
  account.own();
  const [first, second] = await account.run(
    ['chmod 000 .git below .; sleep 20', 'stat -c %a . .git below; touch here below/here'],
    { timeoutMs: 1500 },
  );
  expect(first?.ending.kind).toBe('timeout');
  expect(second).toMatchObject({ ending: { kind: 'exited', code: 0 }, output: '755\n755\n755\n' });
});

test('a command that changes nothing is told nothing', async () => {
  const cage = await caged(await temporaryFolder());
  fill(cage.folder);
  expect((await cage.run('chmod 700 plain; touch .git/x')).notes).toEqual([]);
});

test('of two commands at once, neither takes for the mode before what the other made of it', async () => {
  const [folder, data] = [await temporaryFolder(), await temporaryFolder()];
  chmodSync(folder, 0o750);
  // In two processes: nothing is shared but the data folder.
  const [modes, others] = [new FolderModes(data), new FolderModes(data)];
  const first = await modes.keep([folder]);
  chmodSync(folder, 0o777);
  const second = await others.keep([folder]);
  expect(first.restore()).toHaveLength(1);
  expect(modeOf(folder)).toBe('750');
  chmodSync(folder, 0o777);
  expect(second.restore()).toHaveLength(1);
  expect(modeOf(folder)).toBe('750');
  // Later the person's own change stands.
  chmodSync(folder, 0o770);
  expect((await modes.keep([folder])).restore()).toEqual([]);
  expect(modeOf(folder)).toBe('770');
  expect(readdirSync(join(data, 'modes'))).toEqual([]);
});

test('another folder in its place is left alone', async () => {
  const base = await temporaryFolder();
  mkdirSync(join(base, 'one'), { mode: 0o755 });
  const kept = await new FolderModes(join(base, 'data')).keep([join(base, 'one')]);
  renameSync(join(base, 'one'), join(base, 'two'));
  mkdirSync(join(base, 'one'), { mode: 0o700 });
  expect(kept.restore()).toEqual([]);
  expect(modeOf(join(base, 'one'))).toBe('700');
});

test('after kill -9 the next command sets back what the killed one closed, and says so', async () => {
  const work = join(account.folder, 'work');
  mkdirSync(work, { recursive: true });
  fill(work);
  account.own();
  // The command's parent outside is the account's own process: it is killed as soon as the folders are closed.
  const running = account.run(['chmod 000 .git below .; sleep 60']).catch(() => undefined);
  expect(await within(20_000, () => modeOf(work) === '0')).toBe(true);
  for (const pid of processesWith(join(account.folder, '../child.mjs'))) process.kill(pid, 'SIGKILL');
  await running;
  expect(modeOf(work)).toBe('0');
  const [next] = await account.run(['stat -c %a . .git below']);
  expect(next?.output).toBe('755\n755\n755\n');
  expect(next?.notes.filter((note) => note.includes('by a command that was cut off, and was set back'))).toHaveLength(
    3,
  );
});

test('a workspace folder that lies in another one keeps its mode as well', async () => {
  const cage = await caged(await temporaryFolder());
  const inner = join(cage.folder, 'inner');
  mkdirSync(inner, { mode: 0o755 });
  const spec = await cage.spec(['/bin/bash', '-c', 'chmod 777 inner; stat -c %a inner']);
  const result = await cage.sandbox.run({ ...spec, folders: [cage.folder, inner] }, new AbortController().signal);
  expect(result.output).toBe('777\n');
  expect(modeOf(inner)).toBe('755');
  expect(result.notes).toHaveLength(1);
});
