import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { ownHierarchies } from '../../src/node/sandbox/groups/where.ts';
import { runCli, startCli, type CliEnd } from '../support/cli.ts';
import { processesWith, within } from '../support/processes.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const MIB = 1024 ** 2;

let base: string;
beforeEach(async () => {
  base = await temporaryFolder();
  await plant(base, {
    'home/.keep': '',
    'work/a.txt': 'hello\n',
  });
});
const policy = (text: string): Promise<void> => plant(base, { 'config/oversign/policy.yaml': text });

/** `oversign sandbox` in the workspace, with a bash command line. */
const inSandbox = (text: string, options: string[] = [], input = ''): Promise<CliEnd> =>
  runCli(['sandbox', '--workspace', 'work', ...options, '--', '/bin/bash', '-c', text], { base }, input);

describe('what goes in comes out', () => {
  test('input, both outputs and the exit code', async () => {
    const end = await inSandbox('tr a-z A-Z; echo trouble >&2; exit 7', [], 'grüße\nand more');
    expect(end).toEqual({ code: 7, stdout: 'GRüßE\nAND MORE', stderr: 'trouble\n' });
  });

  test('words after -- go to the command as they are, options too', async () => {
    const words = ['--json', '--policy', 'x y', '-h', '--', '', '--version', '$HOME', '*'];
    const end = await runCli(['sandbox', '--workspace=work', '--', 'printf', '<%s>', ...words], { base });
    expect(end).toEqual({ code: 0, stdout: words.map((word) => `<${word}>`).join(''), stderr: '' });
  });

  test('the workspace is the folder that one stands in, when none is named', async () => {
    const end = await runCli(['sandbox', '--', 'cat', 'a.txt'], { base, cwd: join(base, 'work') });
    expect(end).toEqual({ code: 0, stdout: 'hello\n', stderr: '' });
  });

  test('an input that is not read, and one that is long', async () => {
    expect(await inSandbox('exec <&-; echo done', [], 'x'.repeat(5 * MIB))).toMatchObject({
      code: 0,
      stdout: 'done\n',
    });
    expect(await inSandbox('wc -c', [], 'x'.repeat(5 * MIB))).toMatchObject({ code: 0, stdout: `${5 * MIB}\n` });
  });

  test('50 MB through a slow reader, without loss and in order', async () => {
    const cli = startCli(['sandbox', '--workspace', 'work', '--', 'seq', '-w', '6500000'], { base });
    const stdout = cli.child.stdout;
    if (!stdout) throw new Error('it has an output');
    stdout.removeAllListeners('data');
    let [bytes, next, rest] = [0, 1, ''];
    const wrong: string[] = [];
    for await (const chunk of stdout as AsyncIterable<string>) {
      bytes += chunk.length;
      const all = (rest + chunk).split('\n');
      rest = all.pop() ?? '';
      for (const line of all) if (Number(line) !== next++) wrong.push(line);
      if (next < 1_000_000) await pause(2);
    }
    expect([bytes, next, rest, wrong.length]).toEqual([6_500_000 * 8, 6_500_001, '', 0]);
    expect((await cli.ended).code).toBe(0);
  });
});

describe('how it ends', () => {
  test.each([
    ['wall time', 'tools: {code_execution: {timeout: 1}}\n', 'sleep 60', 124, /ran longer than 1 s/],
    ['a limit', 'sandbox: {cpu: 1}\n', 'while :; do :; done', 137, /over the CPU time limit/],
    [
      'a violation',
      'tools: {file_system: {denied_paths: ["*.key"]}}\n',
      'echo x > n.key; sleep 60',
      125,
      /n\.key, which is hidden/,
    ],
  ])('%s', async (_name, text, command, code, words) => {
    await policy(text);
    const end = await inSandbox(command);
    expect(end).toMatchObject({ code, stderr: expect.stringMatching(words) as string });
    expect(end.stderr).toMatch(/^oversign: /);
  });

  test('a signal', async () => {
    expect((await inSandbox('kill -TERM $$')).code).toBe(128 + 15);
    expect((await inSandbox('kill -KILL $$')).code).toBe(128 + 9);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends all of it with 130, and nothing is left',
    async (signal) => {
      const mark = randomUUID();
      const command = `trap '' INT TERM HUP; echo ready; (setsid sleep 900 ${mark} || exec -a ${mark} sleep 900) & sleep 900`;
      const cli = startCli(['sandbox', '--workspace', 'work', '--', '/bin/bash', '-c', command], { base });
      expect(await within(30_000, () => cli.output().includes('ready'))).toBe(true);
      expect(processesWith(mark).length).toBeGreaterThan(1);
      cli.child.kill(signal);
      expect((await cli.ended).code).toBe(130);
      expect(processesWith(mark)).toEqual([]);
      // Its control groups are gone with it.
      const groups = ownHierarchies().flatMap(({ own: folder }) => (existsSync(folder) ? readdirSync(folder) : []));
      expect(groups.filter((name) => name.startsWith(`oversign-${String(cli.child.pid)}-`))).toEqual([]);
    },
  );

  test('a reader that goes away ends it, and what the command left is looked after', async () => {
    await mkdir(join(base, 'work/sub'));
    const command = 'mkdir sub/.vscode; echo evil > sub/.vscode/tasks.json; echo ready; exec yes';
    const cli = startCli(['sandbox', '--workspace', 'work', '--', '/bin/bash', '-c', command], { base });
    expect(await within(30_000, () => cli.output().includes('ready'))).toBe(true);
    cli.child.stdout?.destroy();
    const { code, stderr } = await cli.ended;
    expect(code).not.toBe(0);
    expect(stderr).toContain('sub/.vscode appeared while the command ran');
    expect(readdirSync(join(base, 'work')).sort()).toEqual(['a.txt', 'sub']);
    expect(readdirSync(join(base, 'work/sub'))).toEqual([]);
  });

  test('what cannot run is said, and is no success', async () => {
    const end = await runCli(['sandbox', '--workspace', 'work', '--', 'no-such-program'], { base });
    expect(end.code).toBe(127);
    expect(end.stderr).toContain('no-such-program');
  });

  test.each([
    ['no command', ['sandbox']],
    ['nothing after --', ['sandbox', '--']],
    ['no --', ['sandbox', 'ls']],
    ['a word before --', ['sandbox', 'ls', '--', 'a.txt']],
  ])('wrong usage: %s', async (_name, args) => {
    const end = await runCli(args, { base, cwd: join(base, 'work') });
    expect(end).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('a command after --') as string });
  });
});
