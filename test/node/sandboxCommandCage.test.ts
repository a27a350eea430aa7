import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { runCli, type CliEnd } from '../support/cli.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

let base: string;
beforeEach(async () => {
  base = await temporaryFolder();
  await plant(base, {
    'home/.keep': '',
    'beside.txt': 'SECRET out there\n',
    'work/a.txt': 'hello\n',
    'work/private/plan.txt': 'SECRET inside\n',
    'work/.git/config': '[core]\n',
    'work/.git/HEAD': 'ref: refs/heads/main\n',
  });
});
const policy = (text: string): Promise<void> => plant(base, { 'config/oversign/policy.yaml': text });

/** What the report says of beside the limits: what this machine does not hold. */
const NOT_HELD = new Set(['kernel memory', 'inotify instances']);

/** `oversign sandbox` in the workspace, with a bash command line. */
const inSandbox = (text: string, options: string[] = [], input = ''): Promise<CliEnd> =>
  runCli(['sandbox', '--workspace', 'work', ...options, '--', '/bin/bash', '-c', text], { base }, input);

describe('the cage is the agent’s', () => {
  test('protected stays, denied is hidden, beside the workspace there is nothing, and no network', async () => {
    await policy('tools: {file_system: {denied_paths: [private]}}\n');
    const { code, stdout } = await inSandbox(
      `echo x >> .git/config; mkdir .vscode/y; cat private/plan.txt "${base}/beside.txt"; ls /sys/class/net; cat /proc/net/dev | grep -vc lo:; echo y > b.txt; echo end`,
    );
    expect([code, stdout.split('\n').at(-2)]).toEqual([0, 'end']);
    expect(stdout).not.toContain('SECRET');
    expect(readFileSync(join(base, 'work/.git/config'), 'utf8')).toBe('[core]\n');
    expect(existsSync(join(base, 'work/.vscode'))).toBe(false);
    expect(readFileSync(join(base, 'work/b.txt'), 'utf8')).toBe('y\n');
  });

  test('as one object on standard output', async () => {
    const end = await inSandbox('echo out; echo err >&2; mkdir -p sub/.vscode; exit 3', ['--json']);
    expect([end.code, end.stderr]).toEqual([3, '']);
    const report = JSON.parse(end.stdout) as Record<string, unknown>;
    expect(Object.keys(report).sort()).toEqual(
      [
        'format',
        'ending',
        'exitCode',
        'output',
        'outputBytes',
        'durationMs',
        'use',
        'limits',
        'quarantined',
        'notes',
      ].sort(),
    );
    expect(report).toMatchObject({ ending: { kind: 'exited', code: 3 }, exitCode: 3, outputBytes: 8 });
    expect(report['output']).toMatch(/^(out\nerr|err\nout)\n$/);
    expect(Object.keys(report['use'] as object).sort()).toEqual([
      'cpuSeconds',
      'diskBytes',
      'memoryBytes',
      'processes',
    ]);
    const names = (report['limits'] as { name: string }[]).map(({ name }) => name);
    const held = ['memory', 'processes', 'CPU time', 'disk', 'files', 'file size', 'output', 'wall time'];
    expect(names.filter((name) => !NOT_HELD.has(name))).toEqual(held);
    expect(report['quarantined']).toEqual([expect.stringContaining('sub/.vscode appeared while the command ran')]);
  });

  test('a policy for this command tightens and never loosens', async () => {
    await policy('tools: {code_execution: {timeout: 1}}\n');
    await plant(base, {
      'loose.yaml': 'tools: {code_execution: {timeout: 500}}\nsandbox: false\n',
      'tight.yaml': 'tools: {file_system: {denied_paths: [a.txt]}}\n',
    });
    expect(await inSandbox('sleep 30', ['--policy', join(base, 'loose.yaml')])).toMatchObject({ code: 124 });
    const tight = await inSandbox('cat a.txt', ['--policy', join(base, 'tight.yaml')]);
    expect(tight).toMatchObject({ code: 1, stdout: '' });
    const none = await inSandbox('echo ran', ['--policy', join(base, 'none.yaml')]);
    expect(none.code).not.toBe(0);
    expect(none.stdout).toBe('');
  });

  test.each<[string, string, RegExp, number?]>([
    ['the sandbox is switched off', 'sandbox: false\n', /switches the sandbox off/],
    [
      'it wants limits that nothing enforces',
      'sandbox: {require_enforced_limits: [disk]}\n',
      /require_enforced_limits/,
    ],
    ['it wants docker', 'sandbox: {backend: docker}\n', /docker/],
    ['it is broken', 'sandbox: 7\n', /policy\.yaml/, 78],
  ])('it does not run where %s', async (_name, text, words, code = 125) => {
    await policy(text);
    const end = await inSandbox('touch made');
    expect(end.stderr).toMatch(words);
    expect([end.stdout, existsSync(join(base, 'work/made'))]).toEqual(['', false]);
    expect(end.code).toBe(code);
  });
});
