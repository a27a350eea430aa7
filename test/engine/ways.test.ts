import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import type { ModelRequest } from '../../src/core/models/port.ts';
import { outcomes, workbench, type Workbench } from '../support/workbench.ts';

const FROM = { at: 'editor', place: 'app' } as const;
const FILES = { 'a.txt': 'one\n', 'b.txt': 'two\n' };
const EDIT = { name: 'edit_file', args: { path: 'a.txt', old_text: 'one', new_text: 'ONE' } };
const COMMAND = { name: 'run_command', args: { command: 'echo made > c.txt; rm b.txt' } };
const LOOK = { name: 'run_command', args: { command: 'cat a.txt' } };

/** Rule and verdict of every decision. */
function decided(events: readonly AuditRecord[]): string[] {
  return events.flatMap(({ type, data }) =>
    type === 'decided' ? [`${String(data['verdict'])} ${String(data['rule'])}`] : [],
  );
}

const text = (bench: Workbench, name: string): Promise<string> => readFile(join(bench.folder, name), 'utf8');

describe('Look only', () => {
  test('denies what changes, offers no tool that only changes, and says so to the model', async () => {
    const bench = await workbench({ files: FILES });
    await bench.engine.chooseWay('look', FROM);
    const asked: ModelRequest[] = [];
    const events = await bench.run((request, turn) => {
      asked.push(request);
      return turn === 0 ? { calls: [EDIT, COMMAND, LOOK, { name: 'read_file', args: { path: 'a.txt' } }] } : {};
    });
    expect(decided(events)).toEqual([
      'deny way: look',
      'deny way: look',
      'allow read-only-command',
      'allow workspace-read',
    ]);
    expect(bench.asked).toEqual([]);
    expect(await text(bench, 'a.txt')).toBe('one\n');
    const offered = asked[0]?.tools.map(({ name }) => name) ?? [];
    expect(offered).toContain('run_command');
    expect(offered).toContain('update_plan');
    for (const changing of ['edit_file', 'write_file', 'delete_path', 'move_path'])
      expect(offered).not.toContain(changing);
    expect(JSON.stringify(asked[0]?.messages[0])).toContain('This run only looks');
    expect(JSON.stringify(asked[1]?.messages)).toContain('Put the change into your plan instead');
    expect(events.find(({ type }) => type === 'run_started')?.data['way']).toBe('look');
  });

  test('no rule, no grant and no approval passes it', async () => {
    const bench = await workbench({
      files: FILES,
      userPolicy:
        'rules:\n  - {decision: allow, tools: [edit_file], why: all}\n  - {decision: allow, commands: ["echo **", "rm **"], why: all}\n',
    });
    const control = await bench.run([{ calls: [EDIT] }]);
    expect(outcomes(control)).toEqual(['done']);
    await bench.engine.chooseWay('look', FROM);
    const events = await bench.run([
      { calls: [{ ...EDIT, args: { path: 'a.txt', old_text: 'ONE', new_text: 'x' } }, COMMAND] },
    ]);
    expect(decided(events)).toEqual(['deny way: look', 'deny way: look']);
  });
});

describe('Review afterwards', () => {
  test('what can be undone whole is done without a question, and the log says why; the rest asks as ever', async () => {
    const bench = await workbench({
      files: {
        ...FILES,
        '.oversign/policy.yaml': 'rules: [{decision: ask, paths: [b.txt], tools: [edit_file], why: mine}]\n',
      },
    });
    await bench.engine.chooseWay('review', FROM);
    const calls = [
      EDIT,
      COMMAND,
      { name: 'delete_path', args: { path: 'a.txt' } },
      { name: 'write_file', args: { path: '.oversign/policy.yaml', content: '' } },
      { name: 'read_file', args: { path: '/etc/passwd' } },
    ];
    const events = await bench.run([{ calls }]);
    expect(decided(events)).toEqual([
      'allow way: review',
      'allow way: review',
      'allow way: review',
      'deny protected_paths',
      expect.stringMatching(/^deny /),
    ]);
    expect(bench.asked).toEqual([]);
    const { run } = bench.engine.view();
    expect(run).toMatchObject({ way: 'review', questions: 0 });
    // All of it can be put back.
    const { status } = await bench.engine.revertRun(run?.id ?? '');
    expect(status).toBe('done');
    expect([await text(bench, 'a.txt'), await text(bench, 'b.txt')]).toEqual(['one\n', 'two\n']);
    await expect(text(bench, 'c.txt')).rejects.toThrow(/ENOENT/);
  });

  test('a rule that asks, asks', async () => {
    const bench = await workbench({
      files: FILES,
      userPolicy: 'rules: [{decision: ask, paths: [b.txt], tools: [edit_file], why: mine}]\n',
    });
    await bench.engine.chooseWay('review', FROM);
    const events = await bench.run([
      { calls: [EDIT, { name: 'edit_file', args: { path: 'b.txt', old_text: 'two', new_text: 'x' } }] },
    ]);
    expect(decided(events)).toEqual(['allow way: review', expect.stringMatching(/^ask rules/)]);
    expect(bench.asked).toHaveLength(1);
  });
});
