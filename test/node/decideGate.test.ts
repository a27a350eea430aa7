import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli, startCli } from '../support/cli.ts';
import { call, decide, lines, place, short } from '../support/decideCli.ts';
import { inTerminal } from '../support/terminal.ts';
import { plant } from '../support/tree.ts';

// `oversign decide` as a gate of a pipeline.

const READ = call('read_file', { path: 'README.md' });
const named = (id: unknown, more: object = {}): string =>
  JSON.stringify({ id, tool: 'read_file', arguments: { path: 'README.md' }, ...more });

describe('an answer finds its call again:', () => {
  test('by the number of the line, and by the id that the caller gave', async () => {
    const end = await decide(
      { base: await place() },
      lines(
        named('a'),
        READ,
        named(7),
        named(null),
        'no call',
        '{"id":"bad","tool":1}',
        named({ no: 'id' }),
        named('z'),
      ),
    );
    const found = end.answers as unknown as { number: number; id?: unknown; format: string }[];
    expect(found.map(({ number, id }) => [number, id])).toEqual([
      ...[
        [1, 'a'],
        [2, undefined],
        [3, 7],
        [4, null],
        [5, undefined],
        [6, 'bad'],
        [7, undefined],
        [8, 'z'],
      ],
    ]);
    expect(new Set(found.map(({ format }) => format))).toEqual(new Set(['oversign.decision/1']));
    expect(short(end).filter((one) => one === 'deny bad-line')).toHaveLength(3);
    expect(end.code).toBe(65);
  });

  test('where all lines are calls, the exit code is 0', async () => {
    expect((await decide({ base: await place() }, lines(READ, named('x')))).code).toBe(0);
  });

  test('a policy that is not valid weighs more than a line that is none', async () => {
    const base = await place({ 'work/.oversign/policy.yaml': 'tols: 1\n' });
    expect((await decide({ base }, lines('no call', READ))).code).toBe(78);
  });
});

describe('--expect:', () => {
  const gate = (base: string, rows: string[], more: string[] = []) => {
    writeFileSync(join(base, 'gate.jsonl'), lines(...rows));
    return runCli(['decide', '--workspace', 'work', '--expect', 'gate.jsonl', ...more], { base });
  };
  const MET = [
    named('read', { expect: 'allow' }),
    JSON.stringify({ tool: 'delete_path', arguments: { path: 'src' }, expect: 'ask', rule: 'delete' }),
  ];

  test('what is as expected is a number, and exit code 0', async () => {
    expect(await gate(await place(), MET)).toEqual({ code: 0, stdout: '2 decisions as expected.\n', stderr: '' });
  });

  test('what differs is said by line and id, and is exit code 1', async () => {
    const rows = [
      ...MET,
      named('env', { arguments: { path: '.env' }, expect: 'allow' }),
      JSON.stringify({ tool: 'delete_path', arguments: { path: 'src' }, expect: 'ask', rule: 'another' }),
      READ,
    ];
    const base = await place();
    const end = await gate(base, rows);
    expect(end.code).toBe(1);
    expect(end.stdout.split('\n')).toEqual([
      expect.stringMatching(/^line 3 \("env"\): expected allow, got ask by likely-secret: /),
      expect.stringMatching(/^line 4: expected ask by another, got ask by delete: /),
      expect.stringMatching(/^line 5: nothing is expected of it \("expect" says what\), got allow by workspace-read/),
      '3 of 5 decisions differ from what is expected.',
      '',
    ]);
    const json = await gate(base, rows, ['--json']);
    const told = json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(told.map(({ format, number, expected }) => [format, number, expected])).toEqual([
      ['oversign.difference/1', 3, { decision: 'allow' }],
      ['oversign.difference/1', 4, { decision: 'ask', rule: 'another' }],
      ['oversign.difference/1', 5, null],
      ['oversign.expected/1', undefined, undefined],
    ]);
    expect(told.at(-1)).toMatchObject({ met: false, compared: 5, different: 3 });
  });

  test.each<[string, string[], number, RegExp]>([
    ['a file without calls is no gate that held', [], 1, /holds no calls: nothing was compared/],
    ['a word that is no decision is a bad line', [named('x', { expect: 'maybe' })], 65, /line 1 \("x"\)/],
    ['a line that is none', ['{'], 65, /line 1: .*not valid JSON/],
  ])('%s', async (_name, rows, code, words) => {
    const end = await gate(await place(), rows);
    expect(end.stdout).toMatch(words);
    expect(end.code).toBe(code);
  });

  test('a file that is not there is wrong usage, not an empty gate', async () => {
    const end = await runCli(['decide', '--workspace', 'work', '--expect', 'none.jsonl'], { base: await place() });
    expect(end).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('is not there') as string });
  });
});

/** What each of Node's calls to the file system costs in system calls; a folder is opened, looked at, read twice and closed. */
const COSTS: Readonly<Record<string, number>> = { readdir: 5, realpath: 8, scandir: 5, opendir: 5 };

/** How many system calls on files each further line of input takes, as Node itself counts what it asks of the system. */
async function callsALine(base: string, line: string): Promise<number> {
  const LINES = 100;
  const counted: number[] = [];
  for (const count of [1, 1 + LINES]) {
    const folder = join(base, `trace-${count}`);
    mkdirSync(folder);
    const node = ['--trace-event-categories', 'node.fs.sync,node.fs.async'];
    const cli = startCli(['decide', '--workspace', join(base, 'work')], { base, cwd: folder, node });
    cli.child.stdin?.end(lines(...Array.from({ length: count }, () => line)));
    expect((await cli.ended).code).toBe(0);
    const [file = ''] = readdirSync(folder);
    const trace = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      traceEvents: { name: string; ph: string }[];
    };
    const names = trace.traceEvents
      .filter(({ ph }) => ph === 'B' || ph === 'b')
      .map(({ name }) => name.split('.').at(-1) ?? '');
    expect(names).toContain('open'); // or nothing is counted
    counted.push(names.reduce((sum, name) => sum + (COSTS[name] ?? 1), 0));
  }
  return ((counted[1] ?? 0) - (counted[0] ?? 0)) / LINES;
}

describe('what a decision takes:', () => {
  const ORDINARY = {
    'work/.git/HEAD': 'ref: refs/heads/main\n',
    'work/.git/config': '[core]\n\tbare = false\n',
    'config/oversign/policy.yaml': 'timeout: 60\n',
    'work/.oversign/policy.yaml': 'tools: {file_system: {denied_paths: [private]}}\n',
  };

  test('at most 40 system calls for an ordinary path, with policies of user and workspace', async () => {
    const base = await place(ORDINARY);
    expect(await callsALine(base, READ)).toBeLessThan(40);
  });

  test('and it decides at the moment of use: rules bind where a link leads by then, and policies as they are by then', async () => {
    const base = await place({ ...ORDINARY, 'work/elsewhere/plan.txt': 'hush\n' });
    const { child, ended } = startCli(['decide', '--workspace', 'work'], { base });
    let answers = '';
    const answered = async (line: string): Promise<string> => {
      const before = answers.split('\n').length;
      child.stdin?.write(`${line}\n`);
      await expect.poll(() => answers.split('\n').length, { timeout: 30_000 }).toBe(before + 1);
      return (JSON.parse(answers.split('\n').at(-2) ?? '') as { decision: string }).decision;
    };
    child.stdout?.on('data', (text: string) => (answers += text));
    const reading = call('read_file', { path: 'elsewhere/plan.txt' });
    expect(await answered(reading)).toBe('allow');
    // What is denied by its name comes to lead there: the same path is denied from the next call on.
    rmSync(join(base, 'work/private'), { recursive: true });
    symlinkSync('elsewhere', join(base, 'work/private'));
    expect(await answered(reading)).toBe('deny');
    rmSync(join(base, 'work/private'));
    expect(await answered(reading)).toBe('allow');
    await plant(base, { 'work/.oversign/policy.yaml': 'tools: {file_system: {denied_paths: [elsewhere]}}\n' });
    expect(await answered(reading)).toBe('deny');
    child.stdin?.end();
    expect((await ended).code).toBe(0);
  });

  test('memory stays flat on a large input, and a person at a terminal sees how far it is', async () => {
    const base = await place();
    // Long lines that are no calls: as many bytes as wanted, and little work.
    writeFileSync(join(base, 'large.jsonl'), `${'x'.repeat(99_999)}\n`.repeat(1000));
    const node = ['--max-old-space-size=96', '--max-semi-space-size=8'];
    const cli = startCli(['decide', '--workspace', 'work', '--expect', 'large.jsonl', '--json'], { base, node });
    cli.child.stdin?.end();
    const end = await cli.ended;
    expect(end.code).toBe(65);
    expect(end.stdout).toMatch(/"compared":1000,"different":1000}\n$/);
    const shell = '"$@" decide --workspace work --expect large.jsonl > /dev/null';
    const seen = await inTerminal([], { base, steps: [], shell });
    expect(seen.output).toMatch(/\rdeciding: \d+ MB read/);
  });
});
