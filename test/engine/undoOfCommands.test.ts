import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { turnsOf, type ActionNode } from '../../src/core/audit/tree.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { treeState } from '../support/treeState.ts';
import { workbench, type Workbench, type WorkbenchOptions } from '../support/workbench.ts';

const FILES = {
  'a.txt': 'one\n',
  'b.txt': 'two\n',
  'run.sh': 'true\n',
  'd/c.txt': 'three\n',
  'd/e/f.txt': 'four\n',
};

function actionsOf(events: readonly AuditRecord[]): ActionNode[] {
  return turnsOf(events).flatMap(({ actions }) => actions);
}

/** A workspace in which links, modes and an empty folder stand too. */
async function scene(options: WorkbenchOptions = {}): Promise<Workbench> {
  const bench = await workbench({ ...options, files: { ...FILES, ...options.files } });
  chmodSync(join(bench.folder, 'run.sh'), 0o755);
  symlinkSync('a.txt', join(bench.folder, 'link'));
  mkdirSync(join(bench.folder, 'empty'));
  return bench;
}

async function ran(bench: Workbench, ...commands: string[]): Promise<{ run: string; actions: ActionNode[] }> {
  const events = await bench.run([{ calls: commands.map((command) => ({ name: 'run_command', args: { command } })) }]);
  return { run: bench.engine.view().run?.id ?? '', actions: actionsOf(events) };
}

const COMMANDS: [what: string, command: string][] = [
  ['a file that is written over', 'echo x > a.txt'],
  ['one that is written in place', 'printf X | dd of=a.txt conv=notrunc'],
  ['one that is made', 'mkdir -p n/m; echo x > n/m/new.txt'],
  ['one that is removed', 'rm a.txt'],
  ['a folder that is removed', 'rm -r d empty'],
  ['a folder that is renamed', 'mv d g'],
  ['modes', 'chmod 600 a.txt; chmod 700 d; chmod 644 run.sh'],
  ['a link that is turned', 'ln -sfn b.txt link'],
  ['a link that becomes a file', 'rm link; echo x > link'],
  ['a file that becomes a folder', 'rm a.txt; mkdir a.txt; echo x > a.txt/in'],
  ['a folder that becomes a file', 'rm -r d; echo x > d'],
  ['a folder that becomes a link', 'rm -r d; ln -s empty d'],
  ['what is removed and made again', 'rm -r d; mkdir d; echo other > d/c.txt'],
  ['a time that is set back', 'touch -r a.txt t; echo xyz > a.txt; touch -r t a.txt; rm t'],
  ['names with newlines and spaces', "printf x > $'new\\nline'; mv b.txt ' b '"],
  ['a sparse file', 'truncate -s 3M sparse; truncate -s 2M a.txt'],
  ['an editor in place', 'sed -i s/one/ONE/ a.txt; sed -i s/three/3/ d/c.txt'],
  ['a hard link', 'ln a.txt hard; echo more >> hard'],
  ['a file that becomes another name of one', 'ln -f a.txt b.txt'],
  ['a folder that nobody may enter', 'mkdir shut; echo x > shut/in; chmod 500 shut'],
];

/** Does it, takes it back, and takes that back: what stands there is compared byte for byte, mode for mode. */
async function thereAndBack(bench: Workbench, what: string, command: string): Promise<void> {
  const before = treeState(bench.folder);
  const { run, actions } = await ran(bench, command);
  const after = treeState(bench.folder);
  expect(after, what).not.toEqual(before);
  const [action] = actions;
  expect(action, what).toMatchObject({ canRevert: true, changed: { seen: 1, unknown: 0, isWhole: true } });
  const done = { status: 'done', text: 'Reverted.' };
  expect(await bench.engine.revert({ run, action: action?.id ?? '' }), what).toMatchObject(done);
  expect(treeState(bench.folder), what).toEqual(before);
  const [own] = await bench.node.audit.runs(1);
  const [reverted] = actionsOf(await bench.node.audit.events(own?.run ?? ''));
  const again = { run: own?.run ?? '', action: reverted?.id ?? '' };
  expect(await bench.engine.revert(again), what).toMatchObject(done);
  expect(treeState(bench.folder), what).toEqual(after);
}

test.each([0, 1, 2, 3])(
  'what a command does comes back, and undo of the undo brings it about again (part %i)',
  async (part) => {
    // Without a sandbox, so that each takes no time; in one is what follows.
    for (const [what, command] of COMMANDS.filter((_, index) => index % 4 === part)) {
      const bench = await scene({ userPolicy: 'sandbox: false\n' });
      await thereAndBack(bench, what, command);
    }
  },
);

test('the same in the sandbox, where the card says so beforehand', async () => {
  const bench = await scene();
  await thereAndBack(bench, 'all at once', 'rm -r d; ln -sfn b.txt link; chmod 600 b.txt; mkdir -p n/m; mv a.txt n/m');
  expect(bench.asked[0]).toMatchObject({
    undoState: 'whole',
    undo: 'Can be undone: puts back what it changes in the workspace.',
  });
});

test('the log says of each path what it was and is; a command that changes nothing changed nothing', async () => {
  const bench = await scene();
  const { actions } = await ran(bench, 'bash run.sh', 'chmod 600 a.txt; rm b.txt; touch d/c.txt');
  expect(
    actions.map(({ changed }) => changed?.paths.map(({ path, before, after }) => [path, before.kind, after?.kind])),
  ).toEqual([
    [],
    [
      [join(bench.folder, 'a.txt'), 'file', 'file'],
      [join(bench.folder, 'b.txt'), 'file', 'absent'],
    ],
  ]);
  expect(actions[1]?.changed?.paths[0]).toMatchObject({ before: { mode: 0o644 }, after: { mode: 0o600 } });
});

test('restore touches nothing that is not in the action’s own change list', async () => {
  const bench = await scene();
  const { run, actions } = await ran(bench, 'mkdir out; echo x > out/made.txt; rm a.txt');
  writeFileSync(join(bench.folder, 'out/mine.txt'), 'a person’s\n');
  writeFileSync(join(bench.folder, 'other.txt'), 'a person’s\n');
  const result = await bench.engine.revert({ run, action: actions[0]?.id ?? '' });
  expect(result.text).toContain('out stays');
  expect(existsSync(join(bench.folder, 'out/made.txt'))).toBe(false);
  for (const name of ['out/mine.txt', 'other.txt'])
    expect(readFileSync(join(bench.folder, name), 'utf8')).toBe('a person’s\n');
  expect(readFileSync(join(bench.folder, 'a.txt'), 'utf8')).toBe('one\n');
});

test('what is not covered is named on the card beforehand, and in the log', async () => {
  const bench = await scene({ files: { 'node_modules/x/index.js': '1\n' } });
  const { actions } = await ran(bench, 'rm -r node_modules; echo x > a.txt');
  expect(bench.asked[0]).toMatchObject({ undoState: 'partly', undo: 'Can be undone, but not `node_modules`.' });
  expect(actions[0]?.changed?.paths.map(({ path }) => path)).toContain(join(bench.folder, 'node_modules'));
});

test('of likely secrets no copy is made: the card says so, and what a command does to one is told and stays', async () => {
  const secret = 'DB_PASSWORD=correct-horse-battery-staple';
  const bench = await scene({ files: { '.env': `${secret}\n` } });
  const { run, actions } = await ran(bench, 'sed -i s/correct/wrong/ .env; echo two > a.txt');
  expect(bench.asked[0]).toMatchObject({ undoState: 'partly', undo: 'Can be undone, but not `.env`.' });
  expect(readFileSync(join(bench.folder, '.env'), 'utf8')).toContain('wrong-horse'); // it could change it
  expect(actions[0]?.changed?.paths.map(({ path }) => path)).toContain(join(bench.folder, '.env'));
  await bench.engine.revert({ run, action: actions[0]?.id ?? '' });
  expect(readFileSync(join(bench.folder, 'a.txt'), 'utf8')).toBe('one\n');
  expect(readFileSync(join(bench.folder, '.env'), 'utf8')).toContain('wrong-horse');
  const packs = readdirSync(bench.data, { recursive: true, encoding: 'utf8' }).filter((name) => /pack$/.test(name));
  expect(packs.length).toBeGreaterThan(0);
  // So short that it would stand there as it is.
  for (const pack of packs) expect(readFileSync(join(bench.data, pack), 'latin1')).not.toContain('horse');
});
