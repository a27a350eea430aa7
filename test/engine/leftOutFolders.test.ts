import { mkdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { NO_EDITOR } from '../../src/core/editor/port.ts';
import { Session } from '../../src/extension/session.ts';
import { folderNotes } from '../../src/extension/folderNotes.ts';
import { partsUnder } from '../support/partsUnder.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { scripted } from '../support/workbench.ts';

/** Windows of one account. */
async function account(): Promise<{ base: string; open: (folders: string[]) => Promise<Session> }> {
  const base = await temporaryFolder();
  for (const name of ['data', 'config', 'home']) mkdirSync(join(base, name));
  return {
    base,
    async open(folders) {
      const session = await Session.open({
        folders,
        environment: {
          PATH: process.env['PATH'],
          XDG_DATA_HOME: join(base, 'data'),
          XDG_CONFIG_HOME: join(base, 'config'),
        },
        version: 'test',
        editor: NO_EDITOR,
        home: join(base, 'home'),
      });
      onTestFinished(() => session[Symbol.asyncDispose]());
      return session;
    },
  };
}

const READS = [{ calls: [{ name: 'read_file', args: { path: 'a.txt' } }] }];

test('folders that cannot be worked in are left out and named, each with its reason; the others work', async () => {
  const { base, open } = await account();
  await plant(join(base, 'front'), { 'a.txt': 'front\n' });
  await plant(base, { 'a-file': 'x\n' });
  const [front, gone, file] = [join(base, 'front'), join(base, 'not-cloned'), join(base, 'a-file')];
  const session = await open([gone, front, file, join(base, 'home')]);
  expect(session.roots).toEqual([front]);
  expect(session.leftOut.map(({ why }) => why)).toEqual([
    `The workspace ${gone} does not exist.`,
    `The workspace ${file} is not a folder.`,
    expect.stringMatching(/home/) as string,
  ]);
  expect(folderNotes(session, session.named)).toEqual({
    notes: session.leftOut.map(({ why }) => `Left out: ${why}`),
    leftOut: true,
  });
  await session.send('read it', scripted(READS));
  expect(session.engine.view().run).toMatchObject({ state: 'finished', folder: front });
});

test('past runs and their reports are read where no folder is there at all, and where all are missing', async () => {
  const { base, open } = await account();
  await plant(join(base, 'front'), { 'a.txt': 'front\n' });
  const first = await open([join(base, 'front')]);
  await first.send('read it', scripted(READS));
  const run = first.engine.view().run?.id ?? '';
  await first[Symbol.asyncDispose]();
  for (const folders of [[], [join(base, 'not-cloned')]]) {
    const session = await open(folders);
    expect(session.folder).toBeUndefined();
    const { runs } = await session.log.page({}, 10);
    expect(runs.map((one) => one.run)).toEqual([run]);
    expect(await session.log.turns(run, {})).toHaveLength(1);
    if (runs[0]) expect(await session.log.report(runs[0])).toContain('a.txt');
    expect(await session.log.verify(new AbortController().signal, () => undefined)).toMatchObject({ state: 'whole' });
    expect((await session.look()).standing.ok).toBe(true);
    expect(session.panel().interrupted).toEqual([]);
    await expect(session.send('do it', scripted([]))).rejects.toThrow('There is no workspace folder. Open one first.');
    await session[Symbol.asyncDispose](); // its self-test is signed when it closes
  }
});

test('one folder under two names is one, and paths of both names mean it', async () => {
  const { base, open } = await account();
  await plant(join(base, 'front'), { 'a.txt': 'front\n' });
  symlinkSync(join(base, 'front'), join(base, 'link'));
  const session = await open([join(base, 'front'), join(base, 'link')]);
  expect(session.roots).toEqual([join(base, 'front')]);
  expect(session.spelled(session.roots)).toEqual([join(base, 'link')]);
});

test('control: whoever names one folder, and it is not there, is told and gets no other', async () => {
  const { base } = await account();
  await expect(partsUnder(base, { folders: [join(base, 'not-cloned')] })).rejects.toThrow('does not exist');
});

test('a run of two folders, one of which is gone: it goes on in the other once that is agreed to', async () => {
  const { base, open } = await account();
  const [front, back] = [join(base, 'front'), join(base, 'back')];
  await plant(front, { 'a.txt': 'front\n' });
  await plant(back, { 'a.txt': 'back\n' });
  const window = await open([front, back]);
  const working = window.send(
    'write',
    scripted([{ calls: [{ name: 'write_file', args: { path: 'back/x', content: 'x' } }] }]),
  );
  await expect.poll(() => window.engine.view().approvals.length, { timeout: 90_000 }).toBe(1);
  renameSync(front, join(base, 'elsewhere'));
  await window.engine.interrupt('The window went away.');
  await working;
  const run = window.engine.view().run?.id ?? '';
  await window[Symbol.asyncDispose]();
  const second = await open([front, back]); // the window still names it
  const [offered] = second.panel().interrupted;
  expect(offered).toMatchObject({ run, reason: 'The window went away.' });
  expect(offered?.question?.words).toEqual([
    `It goes on without ${front}, which is not there any more.`,
    `It works in ${back} from here on.`,
  ]);
  await expect(second.resume(run, scripted(READS))).rejects.toThrow('It does not go on unasked.');
  const seen: string[] = [];
  const model = scripted((request, turn) => {
    seen.splice(
      0,
      seen.length,
      ...request.messages.flatMap(({ role, ...one }) => (role === 'tool' && 'text' in one ? [one.text] : [])),
    );
    return READS[turn] ?? {};
  });
  const from = { by: 'person', at: 'editor' } as const;
  await second.resume(run, model, { folders: { key: offered?.question?.key ?? '', from } });
  expect(seen.at(-1)).toBe('1\tback\n');
  expect(readFileSync(join(base, 'elsewhere/a.txt'), 'utf8')).toBe('front\n');
});

test('a run keeps to its own folders: with others open too it is not taken up as it is', async () => {
  const { base, open } = await account();
  const [front, back] = [join(base, 'front'), join(base, 'back')];
  await plant(front, { 'a.txt': 'front\n' });
  await plant(back, { 'a.txt': 'back\n' });
  const window = await open([front]);
  await window.send('read', scripted(READS));
  const run = window.engine.view().run?.id ?? '';
  await window[Symbol.asyncDispose]();
  const second = await open([front, back]);
  expect((await second.engine.binding(run)).roots).toEqual([front]);
  await expect(second.resume(run, scripted([]))).rejects.toThrow(`This run has other folders than are open: ${front}.`);
  await second[Symbol.asyncDispose]();
  const own = await open([front]); // what the window does then
  await own.resume(run, scripted(READS));
  expect(own.engine.view().run).toMatchObject({ id: run, state: 'finished' });
});

test('a folder that was left out is taken in once it is there, and one that is gone is left out', async () => {
  const { base, open } = await account();
  const [front, later] = [join(base, 'front'), join(base, 'later')];
  await plant(front, { 'a.txt': 'front\n' });
  const session = await open([front, later, join(base, 'home')]);
  expect(await session.isOutdated()).toBe(false); // the control
  mkdirSync(later);
  expect(await session.isOutdated()).toBe(true);
  expect((await open(session.named.slice())).roots).toEqual([front, later]);
});
