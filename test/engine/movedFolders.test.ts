import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { runReport } from '../../src/core/audit/report.ts';
import type { RunOffer } from '../../src/core/engine/storedRuns.ts';
import type { Model, ModelRequest } from '../../src/core/models/port.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import { movedWorld, type Opened } from '../support/movedWorld.ts';
import { scripted } from '../support/workbench.ts';

const WRITES = [{ calls: [{ name: 'write_file', args: { path: 'new.txt', content: 'new\n' } }] }];

/** A run that asks to write `new.txt` and is interrupted while it waits. */
async function interruptedIn({ engine, close }: Opened): Promise<string> {
  const working = engine.send('write it', scripted(WRITES));
  await expect.poll(() => engine.view().approvals.length, { timeout: 90_000 }).toBe(1);
  await engine.interrupt('The window went away.');
  await working;
  const id = engine.view().run?.id ?? '';
  await close();
  return id;
}

async function offer({ engine }: Opened): Promise<RunOffer | undefined> {
  return (await engine.interrupted())[0];
}

const agreed = ({ question }: RunOffer, named?: string) => ({ key: question?.key ?? '', named, from: IN_EDITOR });

/** Says what it was told first, in `seen`, and does what the script says. */
function heard(seen: ModelRequest[]): Model {
  return scripted((request, turn) => {
    seen.push(request);
    return WRITES[turn] ?? {};
  });
}

function git(folder: string, ...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { cwd: folder, stdio: 'ignore' });
}

test('a renamed folder: offered with what shows that it is the same, bound only once that is agreed to, and recorded', async () => {
  const { at, open } = await movedWorld({ 'proj/a.txt': 'a\n' });
  const run = await interruptedIn(await open([at('proj')], { answers: false }));
  renameSync(at('proj'), at('renamed'));
  mkdirSync(at('proj')); // one that merely has the name
  const window = await open([at('renamed')]);
  const found = await offer(window);
  expect(found).toMatchObject({ run, roots: [at('renamed')], reason: 'The window went away.' });
  expect(found?.question?.words[0]).toBe(`${at('proj')} is now ${at('renamed')}: the same folder on the disk.`);
  await expect(window.engine.resume(run, scripted([]))).rejects.toThrow('It does not go on unasked.');
  await expect(
    window.engine.resume(run, scripted([]), { folders: { key: 'another question', from: IN_EDITOR } }),
  ).rejects.toThrow('It does not go on unasked.');
  expect((await window.node.audit.events(run)).some(({ type }) => type === 'folders_bound')).toBe(false);

  const seen: ModelRequest[] = [];
  if (found) await window.engine.resume(run, heard(seen), { folders: agreed(found) });
  expect(window.engine.view().run).toMatchObject({ id: run, state: 'finished', folder: at('renamed') });
  expect(window.asked).toHaveLength(1); // what had been asked there is asked again
  expect(readFileSync(at('renamed/new.txt'), 'utf8')).toBe('new\n');
  expect(existsSync(at('proj/new.txt'))).toBe(false);
  const [system] = seen[0]?.messages ?? [];
  expect(system?.text).toContain(`what was ${at('proj')} is now ${at('renamed')}`);
  expect(system?.text).toContain(`The workspace folder is \`${at('renamed')}\``);
  const events = await window.node.audit.events(run);
  expect(events.find(({ type }) => type === 'folders_bound')).toMatchObject({
    data: { moved: 1, leftOut: 0, by: 'person', at: 'editor' },
    payload: { folders: [{ from: at('proj'), to: at('renamed'), shownBy: 'file' }] },
  });
  const [summary] = await window.node.audit.summaries([run]);
  expect(summary && runReport(summary, events)).toContain(`${at('proj')} is now ${at('renamed')}`);
});

test('a folder that merely has the same name is not it: in its place, or anywhere else', async () => {
  const { at, open } = await movedWorld({ 'proj/a.txt': 'a\n', 'other/proj/a.txt': 'a\n' });
  const run = await interruptedIn(await open([at('proj')], { answers: false }));
  rmSync(at('proj'), { recursive: true });
  expect(await offer(await open([at('other/proj')]))).toBeUndefined();
  cpSync(at('other/proj'), at('proj'), { recursive: true });
  const window = await open([at('proj')]);
  const found = await offer(window);
  expect(found?.question?.words).toEqual([
    `Another folder stands at ${at('proj')} than when it began.`,
    'Nothing shows that it is the same.',
  ]);
  await expect(window.engine.resume(run, scripted([]))).rejects.toThrow('It does not go on unasked.');
});

test('neither a remembered approval nor a kept version comes along: asked anew, and nothing is put back from elsewhere', async () => {
  const { at, open } = await movedWorld({ 'proj/a.txt': 'a\n' });
  const first = await open([at('proj')], { answers: false });
  const edits = ['one', 'two'].map((content) => ({
    calls: [{ name: 'write_file', args: { path: 'a.txt', content } }],
  }));
  const working = first.engine.send(
    'write it',
    scripted([...edits, { calls: [{ name: 'delete_path', args: { path: 'a.txt' } }] }]),
  );
  await expect.poll(() => first.asked.length, { timeout: 90_000 }).toBe(1);
  const [edit] = first.asked;
  const grant = { offer: edit?.grantOffers[0]?.id ?? '', until: { kind: 'run' as const } };
  if (edit) first.engine.answer(edit.id, edit.digest, { choice: 'approve-and-grant', grant }, IN_EDITOR);
  await expect.poll(() => first.asked.length, { timeout: 90_000 }).toBe(2);
  expect(first.asked[1]?.title).toContain('Delete'); // the control: the second edit was covered
  await first.engine.interrupt('The window went away.');
  await working;
  const run = first.engine.view().run?.id ?? '';
  const action = (await first.node.audit.events(run)).find(({ type }) => type === 'finished')?.action ?? '';
  await first.close();
  renameSync(at('proj'), at('renamed'));
  const window = await open([at('renamed')], { answers: false });
  const found = await offer(window);
  expect(found?.question?.words[1]).toBe(
    'Kept earlier versions stay with the old place: what it changed there cannot be reverted here.',
  );
  const resumed = found && window.engine.resume(run, scripted([edits[0] ?? {}]), { folders: agreed(found) });
  await expect.poll(() => window.asked.length, { timeout: 90_000 }).toBe(1);
  expect(window.engine.view().run?.grants).toEqual([]);
  await window.engine.stop('enough');
  await resumed;
  const reverted = window.engine.revert({ run, action });
  expect((await reverted.catch(() => undefined))?.status).not.toBe('done');
  expect(window.asked).toHaveLength(1);
  expect(readFileSync(at('renamed/a.txt'), 'utf8')).toBe('two');
  expect(existsSync(at('proj'))).toBe(false);
});

test('a copy with the same git history is offered as what it is; a repository without it is not', async () => {
  const { at, open } = await movedWorld({ 'proj/a.txt': 'a\n', 'foreign/a.txt': 'a\n' });
  for (const name of ['proj', 'foreign']) {
    git(at(name), 'init', '--quiet');
    git(at(name), 'add', '--all');
    git(at(name), 'commit', '--quiet', `--message=${name}`);
  }
  await interruptedIn(await open([at('proj')], { answers: false }));
  cpSync(at('proj'), at('copy'), { recursive: true }); // as onto another disk
  rmSync(at('proj'), { recursive: true });
  git(at('copy'), 'commit', '--quiet', '--allow-empty', '--message=later');
  expect(await offer(await open([at('foreign')]))).toBeUndefined();
  expect((await offer(await open([at('copy')])))?.question?.words.slice(0, 2)).toEqual([
    `${at('proj')} is not there any more.`,
    `${at('copy')} has the same git history, as any copy would.`,
  ]);
});

test('a lost folder: a person may say which one it is, and that is said to be shown by nothing', async () => {
  const { at, open } = await movedWorld({ 'proj/a.txt': 'a\n', 'restored/a.txt': 'a\n' });
  const run = await interruptedIn(await open([at('proj')], { answers: false }));
  rmSync(at('proj'), { recursive: true });
  const window = await open([at('restored')]);
  const [lost] = await window.engine.resumable(await window.node.audit.runs(20));
  expect(lost).toMatchObject({ run, isLost: true, roots: [] });
  await expect(window.engine.resume(run, scripted([]))).rejects.toThrow('Say which one it is now.');
  const binding = await window.engine.binding(run, at('restored'));
  expect(binding.words).toContain(`Nothing shows that ${at('restored')} is the same.`);
  await window.engine.resume(run, scripted(WRITES), {
    folders: { key: binding.key, named: at('restored'), from: IN_EDITOR },
  });
  expect(existsSync(at('restored/new.txt'))).toBe(true);
});

test('where the folder is still there, no other one is it, whatever anybody says', async () => {
  const { at, open } = await movedWorld({ 'proj/a.txt': 'a\n', 'other/a.txt': 'a\n' });
  const run = await interruptedIn(await open([at('proj')], { answers: false }));
  const window = await open([at('other')]);
  expect(await window.engine.resumable(await window.node.audit.runs(20))).toEqual([]);
  const { key } = await window.engine.binding(run, at('other'));
  await expect(
    window.engine.resume(run, scripted([]), { folders: { key, named: at('other'), from: IN_EDITOR } }),
  ).rejects.toThrow(`This run belongs to ${at('proj')}; resume it there.`);
});

test('a folder that became a link is found where it really is', async () => {
  const { at, open } = await movedWorld({ 'proj/a.txt': 'a\n' });
  await interruptedIn(await open([at('proj')], { answers: false }));
  renameSync(at('proj'), at('real'));
  symlinkSync(at('real'), at('proj'));
  expect((await offer(await open([at('proj')])))?.question?.words[0]).toBe(
    `${at('proj')} is now ${at('real')}: the same folder on the disk.`,
  );
});

test('renamed while a question waits: what was approved is not done, in the new place or in one that took the old', async () => {
  const { at, open } = await movedWorld({ 'proj/a.txt': 'a\n' });
  const window = await open([at('proj')], { answers: false });
  const working = window.engine.send('write it', scripted(WRITES));
  await expect.poll(() => window.engine.view().approvals.length, { timeout: 90_000 }).toBe(1);
  renameSync(at('proj'), at('renamed'));
  mkdirSync(at('proj'));
  const [waits] = window.engine.view().approvals;
  if (waits) window.engine.answer(waits.id, waits.digest, { choice: 'approve' }, IN_EDITOR);
  await working;
  const reason = `Another folder stands at ${at('proj')} than when the run began.`;
  expect(window.engine.view().run).toMatchObject({ state: 'interrupted', reason });
  for (const name of ['proj', 'renamed']) expect(existsSync(at(`${name}/new.txt`))).toBe(false);
  const run = window.engine.view().run?.id ?? '';
  const events = await window.node.audit.events(run);
  expect(events.some(({ type }) => type === 'started')).toBe(false);
  expect((await window.node.audit.runs(1))[0]).toMatchObject({ state: 'interrupted', reason });
  await window.engine.send('go on', scripted(WRITES), { run });
  expect(existsSync(at('proj/new.txt'))).toBe(false);
  await window.close();
  expect(await offer(await open([at('renamed')]))).toMatchObject({ run });
});

test('renamed while a command runs: what it left is looked through where it is now, and the new folder there is left alone', async () => {
  const script =
    'mkdir -p sub/.vscode\necho {} > sub/.vscode/tasks.json\nrm .claude\ntouch begun\nwhile [ ! -e go ]; do sleep 0.1; done\n';
  const { at, open } = await movedWorld({ 'proj/a.txt': 'a\n', 'proj/work.sh': script, 'proj/shared/x': '' });
  symlinkSync('shared', at('proj/.claude'));
  git(at('proj'), 'init', '--quiet');
  const window = await open([at('proj')]);
  const command = 'bash work.sh';
  const working = window.engine.send(
    'run it',
    scripted([{ calls: [{ name: 'run_command', args: { command } }] }, ...WRITES]),
  );
  await expect.poll(() => existsSync(at('proj/begun')), { timeout: 90_000 }).toBe(true);
  renameSync(at('proj'), at('renamed'));
  mkdirSync(at('proj'));
  git(at('proj'), 'init', '--quiet');
  const hook = at('proj/.git/hooks/pre-commit');
  mkdirSync(at('proj/.git/hooks'), { recursive: true });
  writeFileSync(hook, '#!/bin/sh\n');
  const [head, config] = ['HEAD', 'config'].map((name) => readFileSync(at(`proj/.git/${name}`), 'utf8'));
  writeFileSync(at('renamed/go'), '');
  await working;
  expect(window.engine.view().run).toMatchObject({ state: 'interrupted' });
  const events = await window.node.audit.events(window.engine.view().run?.id ?? '');
  expect(events.filter(({ type }) => type === 'started')).toHaveLength(1);
  const output = String(events.find(({ type }) => type === 'finished')?.payload?.['output']);
  expect(output).toContain(`${at('proj')} was moved to ${at('renamed')} while the command ran`);
  expect(readFileSync(hook, 'utf8')).toBe('#!/bin/sh\n');
  expect(['HEAD', 'config'].map((name) => readFileSync(at(`proj/.git/${name}`), 'utf8'))).toEqual([head, config]);
  expect(readdirSync(at('proj'))).toEqual(['.git']);
  expect(output).toMatch(/sub\/\.vscode\S* appeared while the command ran; it is protected and was moved/);
  expect(existsSync(at('renamed/sub/.vscode/tasks.json'))).toBe(false);
  expect(output).toContain('.claude, which is a link at a protected place, was taken away, and is there again');
  await window.close();
  expect(readdirSync(at('renamed')).sort()).toEqual([
    ...['.claude', '.git', 'a.txt', 'begun', 'go', 'shared', 'sub', 'work.sh'],
  ]); // no stand-in is left
});

test('control: a folder that was moved and came back is the one it was', async () => {
  const { at, open } = await movedWorld({ 'proj/a.txt': 'a\n' });
  const run = await interruptedIn(await open([at('proj')], { answers: false }));
  renameSync(at('proj'), at('away'));
  renameSync(at('away'), at('proj'));
  const window = await open([at('proj')]);
  expect((await offer(window))?.question).toBeUndefined();
  await window.engine.resume(run, scripted(WRITES));
  expect(existsSync(at('proj/new.txt'))).toBe(true);
});
