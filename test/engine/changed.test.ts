import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { changedBy, changedLine } from '../../src/core/audit/changed.ts';
import { runReport } from '../../src/core/audit/report.ts';
import { pathsOf } from '../../src/core/audit/searchWords.ts';
import { turnsOf, type ActionNode } from '../../src/core/audit/tree.ts';
import { ToolFailure } from '../../src/core/outcome.ts';
import type { Files } from '../../src/core/scope/files.ts';
import { LogDesk } from '../../src/extension/logDesk.ts';
import { BlobCheckpoints } from '../../src/node/checkpoint/blobCheckpoints.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import type { ChangedPath } from '../../src/shared/change.ts';
import { outcomes, workbench, type Workbench, type WorkbenchOptions } from '../support/workbench.ts';

const FILES = { 'a.txt': 'one\n', 'b.txt': 'two\n', 'd/c.txt': 'three\n', 'look.sh': 'true\n' };
const CALLS = [
  { name: 'write_file', args: { path: 'new.txt', content: 'new\n' } },
  { name: 'write_file', args: { path: 'a.txt', content: 'other\n' } },
  { name: 'edit_file', args: { path: 'b.txt', old_text: 'two', new_text: '2' } },
  { name: 'move_path', args: { from: 'b.txt', to: 'moved/b.txt' } },
  { name: 'delete_path', args: { path: 'd' } },
  { name: 'read_file', args: { path: 'a.txt' } },
  { name: 'run_command', args: { command: 'cat a.txt' } },
  { name: 'run_command', args: { command: 'bash look.sh' } },
];

function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function fileOf(text: string): ChangedPath['before'] {
  return { kind: 'file', digest: sha(text), size: text.length };
}

function actionsOf(events: readonly AuditRecord[]): ActionNode[] {
  return turnsOf(events).flatMap(({ actions }) => actions);
}

function runOf(bench: Workbench): string {
  return bench.engine.view().run?.id ?? '';
}

test('every action that could change something says what it changed, before and after, and nothing else does', async () => {
  const bench = await workbench({ files: FILES });
  const events = await bench.run([{ calls: CALLS }]);
  expect(outcomes(events)).toEqual(CALLS.map(() => 'done'));
  const at = (name: string): string => join(bench.folder, name);
  const absent = { kind: 'absent' };
  const said = actionsOf(events).map(({ changed }) => changed?.paths);
  expect(said).toEqual([
    [{ path: at('new.txt'), before: absent, after: fileOf('new\n') }],
    [{ path: at('a.txt'), before: fileOf('one\n'), after: fileOf('other\n') }],
    [{ path: at('b.txt'), before: fileOf('two\n'), after: fileOf('2\n') }],
    [
      { path: at('moved'), before: absent, after: { kind: 'directory' } },
      { path: at('b.txt'), before: fileOf('2\n'), after: absent },
      { path: at('moved/b.txt'), before: absent, after: fileOf('2\n'), from: at('b.txt') },
    ],
    [
      expect.objectContaining({
        path: at('d'),
        before: expect.objectContaining({ kind: 'directory' }) as object,
        after: absent,
      }),
    ],
    undefined,
    undefined,
    [],
  ]);
  expect(sha(readFileSync(at('moved/b.txt'), 'utf8'))).toBe(said[3]?.[2]?.after?.digest);
  // Around a command somebody looked: what is said of it is what was seen, and whose doing it was nobody knows.
  expect(actionsOf(events).at(-1)?.changed).toMatchObject({ unknown: 0, seen: 1, isWhole: true });
  for (const { changed, events: own } of actionsOf(events)) {
    const types = own.map(({ type }) => type);
    if (changed) expect(types.slice(types.indexOf('started'))).toEqual(['started', 'changed', 'finished']);
  }
  const [run] = await bench.node.audit.runs(1);
  if (!run) throw new Error('no run');
  const report = runReport(run, events);
  expect(report).toContain(`Changed: \`${at('new.txt')}\` (new), `);
  expect(report).toContain(`\`${at('moved/b.txt')}\` (moved from \`${at('b.txt')}\`)`);
  expect(report).not.toContain('which is not known');
  expect(events.flatMap(({ type, payload }) => (type === 'changed' ? pathsOf(payload) : []))).toContain(
    at('moved/b.txt'),
  );
});

test('a run’s changes are one for each path: what stood there before the first, and after the last', async () => {
  const bench = await workbench({ files: FILES });
  const write = (content: string) => ({ name: 'write_file', args: { path: 'a.txt', content } });
  const events = await bench.run([
    { calls: [write('x'), write('y'), { name: 'delete_path', args: { path: 'b.txt' } }] },
  ]);
  expect(changedBy(events)?.paths).toEqual([
    { path: join(bench.folder, 'a.txt'), before: fileOf('one\n'), after: fileOf('y') },
    { path: join(bench.folder, 'b.txt'), before: fileOf('two\n'), after: { kind: 'absent' } },
  ]);
});

/** Files in which a change goes wrong: when it is done, or before. */
function failing(files: Files, isDone: boolean): Files {
  const within = files.within.bind(files);
  for (const name of ['write', 'remove', 'move'] as const) {
    const change = files[name].bind(files) as (...given: unknown[]) => Promise<void>;
    files[name] = async (...given: unknown[]) => {
      if (isDone) await change(...given);
      throw new ToolFailure('the disk went away');
    };
  }
  files.within = (effort) => failing(within(effort), isDone);
  return files;
}

test.each([true, false])(
  'what a failing tool did all the same is recorded as changed (%s), and only that',
  async (isDone) => {
    const bench = await workbench({
      files: FILES,
      change: ({ parts }) => {
        const files = parts.files.bind(parts);
        parts.files = (scope) => failing(files(scope), isDone);
      },
    });
    const events = await bench.run([{ calls: CALLS.slice(0, 5) }]);
    const changing = actionsOf(events).filter(({ changed }) => changed);
    expect(changing.map(({ outcome }) => outcome)).toEqual(changing.map(() => 'failed'));
    expect(changing).toHaveLength(5);
    const paths = changing.map(({ changed }) => changed?.paths.map(({ path }) => path.slice(bench.folder.length + 1)));
    if (isDone) expect(paths).toEqual([['new.txt'], ['a.txt'], ['b.txt'], ['b.txt', 'moved/b.txt'], ['d']]);
    else expect(paths).toEqual(paths.map(() => []));
    expect(existsSync(join(bench.folder, 'new.txt'))).toBe(isDone);
  },
);

const DIFFERENCES: [calls: typeof CALLS, sides: Record<string, [before: string, after: string]>][] = [
  [CALLS.slice(0, 1), { 'new.txt': ['', 'new\n'] }],
  [CALLS.slice(1, 2), { 'a.txt': ['one\n', 'other\n'] }],
  [CALLS.slice(2, 3), { 'b.txt': ['two\n', '2\n'] }],
  [[{ name: 'delete_path', args: { path: 'a.txt' } as never }], { 'a.txt': ['one\n', ''] }],
];

test.each(DIFFERENCES)(
  'before and after are laid side by side, whatever became of the file since: %j',
  async (calls, sides) => {
    const bench = await workbench({ files: FILES });
    const [action] = actionsOf(await bench.run([{ calls }]));
    expect(action?.changedFile).toBe(true);
    for (const name of Object.keys(sides)) {
      rmSync(join(bench.folder, name), { force: true });
      writeFileSync(join(bench.folder, name), 'what a person wrote since\n');
    }
    const shown = await new LogDesk(bench.node).changes(runOf(bench), action?.id ?? '');
    expect(
      Object.fromEntries(
        shown.map(({ path, before, after }) => [path.slice(bench.folder.length + 1), [before, after]]),
      ),
    ).toEqual(sides);
  },
);

test('what a command changed is laid side by side like what a tool changed', async () => {
  const bench = await workbench({ files: FILES });
  const calls = [{ name: 'run_command', args: { command: 'echo more >> a.txt; rm b.txt; echo new > n.txt' } }];
  const [action] = actionsOf(await bench.run([{ calls }]));
  expect(action?.changedFile).toBe(true);
  const shown = await new LogDesk(bench.node).changes(runOf(bench), action?.id ?? '');
  expect(shown.map(({ path, before, after }) => [path.slice(bench.folder.length + 1), before, after])).toEqual([
    ['a.txt', 'one\n', 'one\nmore\n'],
    ['b.txt', 'two\n', ''],
    ['n.txt', '', 'new\n'],
  ]);
});

test('a move is no difference between texts; a command that changed nothing has none to show', async () => {
  const bench = await workbench({ files: FILES });
  const actions = actionsOf(await bench.run([{ calls: [...CALLS.slice(3, 4), ...CALLS.slice(7)] }]));
  expect(actions.map(({ changedFile }) => changedFile)).toEqual([false, false]);
  for (const { id } of actions)
    await expect(new LogDesk(bench.node).changes(runOf(bench), id)).rejects.toThrow(
      'changed no file that could be shown',
    );
});

test('what files were given takes no room from what stood there before', async () => {
  const options: WorkbenchOptions = {
    change: ({ parts, folders }) => {
      parts.checkpoints = new BlobCheckpoints(folders.data, 1000);
    },
  };
  const bench = await workbench(options);
  const content = (from: string): string => from.repeat(400);
  const calls = ['a', 'b', 'c'].map((name) => ({
    name: 'write_file',
    args: { path: `${name}.txt`, content: content(name) },
  }));
  const actions = actionsOf(await bench.run([{ calls }]));
  const desk = new LogDesk(bench.node);
  const shown = await Promise.allSettled(actions.map(({ id }) => desk.changes(runOf(bench), id)));
  expect(shown.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(await bench.node.parts.checkpoints.foresee(runOf(bench), [join(bench.folder, 'a.txt')])).toEqual({
    kind: 'whole',
  });
});

test('a list that was cut, or is none, is said not to be whole, and no path of it is half of one', () => {
  const event = (data: object, payload?: object): AuditRecord =>
    ({ seq: 1, type: 'changed', run: 'r', time: '', hash: '', data, payload }) as unknown as AuditRecord;
  const one = (path: string): object => ({ path, before: { kind: 'absent' }, after: { kind: 'file' } });
  const whole = event({ extent: 'exact', paths: 2 }, { paths: [one('/w/a'), one('/w/b')] });
  expect(changedBy([whole])).toMatchObject({ isWhole: true, paths: [{ path: '/w/a' }, { path: '/w/b' }] });
  const cut = event({ extent: 'exact', paths: 3 }, { paths: [one('/w/a'), one('/w/b')], cut: { paths: {} } });
  expect(changedBy([cut])).toMatchObject({ isWhole: false, paths: [{ path: '/w/a' }] });
  for (const payload of [undefined, {}, { paths: 'x' }, { paths: [null, 5, {}] }]) {
    const erased = changedBy([event({ extent: 'exact', paths: 1 }, payload)]);
    expect(erased).toMatchObject({ isWhole: false, paths: [] });
    expect(changedLine(erased)).toContain('more that the log does not list');
  }
  expect(changedBy([])).toBeUndefined();
});
