import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ApprovalDesk } from '../../src/core/approval/desk.ts';
import { offersFor } from '../../src/core/approval/grants.ts';
import { readCard } from '../../src/core/tools/files/looking.ts';
import type { Action, Launch } from '../../src/shared/action.ts';
import type { Answer, Approval } from '../../src/shared/approval.ts';
import { attempt, rememberFirst, type Call } from '../support/attempt.ts';
import { diffOn } from '../support/cards.ts';
import { actionOn, commandOn } from '../support/policies.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';
import { workbench } from '../support/workbench.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';

const PLACE = { shown: (path: string) => path, roots: ['/w'] };

const EDIT: Call = { name: 'edit_file', args: { path: 'a.txt', old_text: 'one', new_text: 'two' } };
const APPROVAL: Approval = {
  id: 'a1',
  run: 'r',
  action: 'x',
  tool: 'read_file',
  title: 'Read a',
  digest: 'd1',
  undo: '',
  ...{ undoState: 'none', where: [], why: '' },
  card: readCard('a', ''),
  decision: { verdict: 'ask', rule: 'r', reason: '', origin: { layer: 'built-in' } },
  grantOffers: [],
  grantLimits: { minutes: 60, uses: 20 },
  flags: NO_FLAGS,
  lights: [],
};

const ASKED = { action: actionOn('read_file', 'read', [{ path: '/w/a', access: 'read' }]) };

describe('an answer', () => {
  test('that names another digest, another question or an offer that was not made does nothing', async () => {
    const desk = new ApprovalDesk();
    const answer = desk.ask(APPROVAL, ASKED, new AbortController().signal);
    const yes: Answer = { choice: 'approve' };
    expect(desk.answer('a1', 'd2', yes, IN_EDITOR)).toBe(false);
    expect(desk.answer('a1', '', yes, IN_EDITOR)).toBe(false);
    expect(desk.answer('a2', 'd1', yes, IN_EDITOR)).toBe(false);
    expect(desk.answer('__proto__', 'd1', yes, IN_EDITOR)).toBe(false);
    expect(desk.answer('a1', 'd1', { choice: 'approve-and-grant' }, IN_EDITOR)).toBe(false);
    expect(
      desk.answer(
        'a1',
        'd1',
        { choice: 'approve-and-grant', grant: { offer: 'edits', until: { kind: 'run' } } },
        IN_EDITOR,
      ),
    ).toBe(false);
    expect(desk.pending).toHaveLength(1);
    expect(desk.answer('a1', 'd1', { choice: 'deny' }, IN_EDITOR)).toBe(true);
    expect(desk.answer('a1', 'd1', yes, IN_EDITOR)).toBe(false); // settled, and once
    expect(await answer).toEqual({ answer: { choice: 'deny' }, from: IN_EDITOR });
    expect(desk.pending).toEqual([]);
  });

  test('after the end of the run comes too late', async () => {
    const desk = new ApprovalDesk();
    const stop = new AbortController();
    const answer = desk.ask(APPROVAL, ASKED, stop.signal);
    stop.abort('stopped');
    expect(desk.answer('a1', 'd1', { choice: 'approve' }, IN_EDITOR)).toBe(false);
    await expect(answer).rejects.toThrow('stopped');
    await expect(desk.ask(APPROVAL, ASKED, stop.signal)).rejects.toThrow('stopped');
    expect(desk.pending).toEqual([]);
  });

  test('to one question settles no other, whose digest differs by one letter of the content', async () => {
    const digests: string[] = [];
    const bench = await workbench({
      answer: ({ digest }) => {
        digests.push(digest);
        return { choice: 'deny' };
      },
    });
    const write = (content: string, path = 'n.txt'): Call => ({ name: 'write_file', args: { path, content } });
    const run = (command: string, folder = '.'): Call => ({ name: 'run_command', args: { command, folder } });
    mkdirSync(join(bench.folder, 'sub'));
    await attempt(bench, [
      write('x'),
      write('X'),
      write('x', 'm.txt'),
      run('touch t'),
      run('touch t '),
      run('touch t', 'sub'),
    ]);
    expect(new Set(digests).size).toBe(6);
    await attempt(bench, [write('x'), run('touch t')]);
    expect(new Set(digests).size, 'the same call has the same one').toBe(6);
    expect(digests).toHaveLength(8);
  });
});

describe('what changes between question and approval is asked again', () => {
  test('a file: with the new diff, and the reason why', async () => {
    let changes = 0;
    const bench = await workbench({
      files: { 'a.txt': 'one\n' },
      answer: () => {
        changes += 1;
        if (changes < 3) writeFileSync(join(bench.folder, 'a.txt'), `one\nchange ${changes}\n`);
        return { choice: 'approve' };
      },
    });
    expect((await attempt(bench, [EDIT]))[0]?.outcome).toBe('done');
    const diffs = bench.asked.map(({ card }) => diffOn(card));
    expect(diffs).toEqual([
      expect.not.stringContaining('change'),
      expect.stringContaining(' change 1'),
      expect.stringContaining(' change 2'),
    ]);
    expect(bench.asked.map(({ askedAgain }) => askedAgain !== undefined)).toEqual([false, true, true]);
    expect(new Set(bench.asked.map(({ digest }) => digest)).size).toBe(3);
    expect(readFileSync(join(bench.folder, 'a.txt'), 'utf8')).toBe('two\nchange 2\n');
  });

  test('without end: it is given up, and nothing is done', async () => {
    let changes = 0;
    const bench = await workbench({
      files: { 'a.txt': 'one\n' },
      answer: () => {
        changes += 1;
        writeFileSync(join(bench.folder, 'a.txt'), `one ${changes}\n`);
        return { choice: 'approve' };
      },
    });
    expect((await attempt(bench, [EDIT]))[0]?.outcome).toBe('failed:not-possible');
    expect(readFileSync(join(bench.folder, 'a.txt'), 'utf8')).toBe(`one ${changes}\n`);
  });

  test.each<[string, Call, (folder: string) => void]>([
    [
      'an overwritten file',
      { name: 'write_file', args: { path: 'a.txt', content: 'x' } },
      (folder) => {
        writeFileSync(join(folder, 'a.txt'), 'mine');
      },
    ],
    [
      'a new file',
      { name: 'write_file', args: { path: 'new.txt', content: 'x' } },
      (folder) => {
        writeFileSync(join(folder, 'new.txt'), 'mine');
      },
    ],
    [
      'a deleted file',
      { name: 'delete_path', args: { path: 'a.txt' } },
      (folder) => {
        writeFileSync(join(folder, 'a.txt'), 'mine');
      },
    ],
    [
      'a moved file',
      { name: 'move_path', args: { from: 'a.txt', to: 'b.txt' } },
      (folder) => {
        writeFileSync(join(folder, 'a.txt'), 'mine');
      },
    ],
    [
      'what a move replaces',
      { name: 'move_path', args: { from: 'a.txt', to: 'new.txt' } },
      (folder) => {
        writeFileSync(join(folder, 'new.txt'), 'mine');
      },
    ],
    [
      'the same content in another file',
      { name: 'delete_path', args: { path: 'd' } },
      (folder) => {
        renameSync(join(folder, 'd/x'), join(folder, 'd/y'));
      },
    ],
  ])('%s', async (_name, call, change) => {
    const bench = await workbench({
      files: { 'a.txt': 'one\n', 'd/x': '' },
      answer: ({ askedAgain }) => {
        if (askedAgain !== undefined) return { choice: 'deny' };
        change(bench.folder);
        return { choice: 'approve' };
      },
    });
    expect((await attempt(bench, [call]))[0]?.outcome).toBe('denied:person');
    expect(bench.asked).toHaveLength(2);
  });
});

describe('a grant', () => {
  const text = fc.string({ maxLength: 8 });
  const command = fc.record({
    argv: fc.array(text, { minLength: 1, maxLength: 3 }),
    cwd: text,
    environment: fc.dictionary(text, text, { maxKeys: 2 }),
    workspace: fc.constant('writable' as const),
    secrets: fc.constant('hidden' as const),
  });
  const running = (launch: Launch): Action => commandOn([{ path: '/w', access: 'list' }], { launch });
  const writing = (path: string, tool = 'write_file'): Action => actionOn(tool, 'write', [{ path, access: 'write' }]);
  const granted = (action: Action): ((other: Action) => boolean) => {
    const [offer] = offersFor(action, PLACE);
    if (!offer) throw new Error('no grant is offered');
    return offer.covers;
  };

  test('property: a command’s covers the identical launch and nothing else', () => {
    fc.assert(
      fc.property(command, command, (one, other) => {
        const covers = granted(running(one));
        expect(covers(running(structuredClone(one)))).toBe(true);
        const same =
          JSON.stringify([one.argv, one.cwd, Object.entries(one.environment).sort()]) ===
          JSON.stringify([other.argv, other.cwd, Object.entries(other.environment).sort()]);
        expect(covers(running(other))).toBe(same);
        expect(covers(running({ ...one, cwd: `${one.cwd}/x` }))).toBe(false);
        expect(covers(running({ ...one, argv: [...one.argv, ''] }))).toBe(false);
        expect(covers(running({ ...one, argv: [one.argv.join(' '), 'x'] }))).toBe(
          JSON.stringify(one.argv) === JSON.stringify([one.argv.join(' '), 'x']),
        );
        expect(covers(running({ ...one, environment: { ...one.environment, LD_PRELOAD: 'x' } }))).toBe(false);
        expect(covers(writing(one.cwd))).toBe(false);
      }),
    );
  });

  test('property: one for edits covers writing that very file', () => {
    const path = fc
      .array(fc.constantFrom('a', 'A', 'b', 'a.txt', 'á'), { minLength: 1, maxLength: 3 })
      .map((parts) => `/w/${parts.join('/')}`);
    fc.assert(
      fc.property(path, path, (one, other) => {
        const covers = granted(writing(one));
        expect(covers(writing(other, 'edit_file'))).toBe(one === other);
        for (const changed of [`${one}/x`, `${one}x`, `${one}/`, '/w', one.slice(0, -1)])
          expect(covers(writing(changed))).toBe(false);
        for (const effect of ['delete', 'move', 'read'] as const)
          expect(covers(actionOn('x', effect, [{ path: one, access: 'write' }]))).toBe(false);
        expect(covers(commandOn([{ path: one, access: 'write' }]))).toBe(false);
        expect(
          covers(
            actionOn('x', 'write', [
              { path: one, access: 'write' },
              { path: other, access: 'write' },
            ]),
          ),
        ).toBe(one === other);
        expect(covers(actionOn('x', 'write', []))).toBe(false);
      }),
    );
  });

  test('is not offered for deleting, moving, listing or searching', () => {
    for (const effect of ['delete', 'move', 'list', 'search'] as const)
      expect(offersFor(actionOn('x', effect, [{ path: '/w/a', access: 'write' }]), PLACE)).toEqual([]);
  });

  test('spares the same question and no other, and ends with the run', async () => {
    const bench = await workbench({
      files: { 'a.txt': 'one\n', 'b.txt': 'one\n', 'd/x': '' },
      answer: rememberFirst,
    });
    const write = (path: string, content: string): Call => ({ name: 'write_file', args: { path, content } });
    const run = (command: string, folder = '.'): Call => ({ name: 'run_command', args: { command, folder } });
    await attempt(bench, [
      write('a.txt', '1'),
      write('a.txt', '2'),
      write('./d/../a.txt', '3'),
      run('touch t'),
      run('touch t'),
      run('touch t', './d/..'),
    ]);
    expect(bench.asked).toHaveLength(2);
    await attempt(bench, [
      write('a.txt', '4'),
      write('b.txt', '4'),
      write('A.txt', '4'),
      run('touch t'),
      run('touch t #'), // the same program with the same words
      run('touch t', 'd'),
      run('touch t '),
      run('touch t u'),
    ]);
    expect(bench.asked).toHaveLength(2 + 6);
  });
});
