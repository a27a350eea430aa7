import { turnsOf } from '../../src/core/audit/tree.ts';
import { cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { attempt } from '../support/attempt.ts';
import { startCli } from '../support/cli.ts';
import { COMMAND_POLICY, commandWorld } from '../support/commandWorld.ts';
import { call, command, decide, lines, place, short } from '../support/decideCli.ts';
import { snapshot } from '../support/snapshot.ts';
import { workbench } from '../support/workbench.ts';

const HUGE = 9 * 1024 * 1024;
/** Lines of input with the decision and the rule that each must get. */
const KINDS: [line: (index: number) => string, decision: string, rule: RegExp][] = [
  [() => call('read_file', { path: 'README.md' }), 'allow', /^workspace-read$/],
  [() => call('list_directory', {}), 'allow', /^workspace-read$/],
  [() => call('find_files', { pattern: '**/*.js' }), 'allow', /^workspace-read$/],
  [() => call('search_files', { pattern: 'hello' }), 'allow', /^workspace-read$/],
  [(index) => call('write_file', { path: `new-${index}.txt`, content: 'x' }), 'ask', /^edit$/],
  [() => call('edit_file', { path: 'README.md', old_text: 'hello', new_text: 'x' }), 'ask', /^edit$/],
  [() => call('move_path', { from: 'src', to: 'other' }), 'ask', /^move$/],
  [() => call('delete_path', { path: 'src' }), 'ask', /^delete$/],
  [() => command('ls -la'), 'allow', /^read-only-command$/],
  [(index) => command(`touch made-${index}`), 'ask', /^command$/],
  [() => command('cat .env'), 'ask', /^likely-secret$/],
  [() => call('read_file', { path: '.env' }), 'ask', /^likely-secret$/],
  [() => call('read_file', { path: 'private/plan.txt' }), 'deny', /^denied_paths$/],
  [() => command('cat private/plan.txt'), 'deny', /^denied_paths$/],
  [() => call('read_file', { path: 'absent' }), 'allow', /^workspace-read$/],
  [() => call('read_file', { path: 'a\0b' }), 'deny', /./],
  [() => call('read_file', { path: 'a\ud800b' }), 'deny', /./],
  [() => call('delete_path', { path: 'a\u202eb\u0007' }), 'deny', /^not-possible$/],
  [() => call('read_file', { path: 17 }), 'deny', /^arguments$/],
  [() => call('read_file', { path: 'README.md', nonsense: 1 }), 'deny', /^arguments$/],
  [() => call('write_file', { path: '.git/config', content: 'x' }), 'deny', /^protected_paths$/],
  [(index) => call(`tool-${index}`, {}), 'deny', /^unknown-tool$/],
  [() => call('constructor', {}), 'deny', /^unknown-tool$/],
  [() => call('__proto__', {}), 'deny', /^unknown-tool$/],
  [() => '{"tool":"read_file","arguments":{"__proto__":{"path":"README.md"}}}', 'deny', /^arguments$/],
  [() => '{"tool":"read_file","arguments":{"constructor":"x"}}', 'deny', /^arguments$/],
  [() => '{"__proto__":{"tool":"read_file"}}', 'deny', /^bad-line$/],
  [() => '{"tool":"read_file","arguments":"{}"}', 'deny', /^bad-line$/],
  [() => '{"tool":"read_file","arguments":null}', 'deny', /^bad-line$/],
  [() => '{"tool":["read_file"]}', 'deny', /^bad-line$/],
  [() => '{"name":"read_file","arguments":{"path":"README.md"}}', 'deny', /^bad-line$/],
  [() => '{"tool":"read_file"', 'deny', /^bad-line$/],
  [() => '', 'deny', /^bad-line$/],
  [() => '   ', 'deny', /^bad-line$/],
  [() => 'null', 'deny', /^bad-line$/],
  [() => '[]', 'deny', /^bad-line$/],
  [() => '17', 'deny', /^bad-line$/],
  [() => '"read_file"', 'deny', /^bad-line$/],
  [() => '\0', 'deny', /^bad-line$/],
  [() => '{"tool":"list_directory"}\r', 'allow', /^workspace-read$/],
  [() => '[{"tool":"list_directory"}]', 'deny', /^bad-line$/],
];

describe('one decision for each line, in order:', () => {
  test('a long input of every kind', async () => {
    const base = await place();
    const input = Array.from({ length: 520 }, (_, index) => (index * 7 + 3) % KINDS.length);
    const text = input.map((kind, index) => KINDS[kind]?.[0](index) ?? '');
    const end = await decide({ base }, lines(...text), ['--user-policy', 'user.yaml']);
    expect(end).toMatchObject({ code: 65, stderr: '' }); // some are no calls
    expect(end.answers).toHaveLength(input.length);
    for (const [index, answer] of end.answers.entries()) {
      const [, decision, rule] = KINDS[input[index] ?? 0] ?? [];
      expect(answer, text[index]).toMatchObject({ decision, rule: expect.stringMatching(rule ?? /^$/) as string });
      if (answer.rule === 'unknown-tool' && text[index]?.includes('tool-'))
        expect(answer.reason).toContain(`\`tool-${index}\``);
    }
    expect(new Set(input).size).toBe(KINDS.length);
  });

  test('a line that is far too long, between two that are not', async () => {
    const base = await place();
    const long = call('write_file', { path: 'a', content: 'x'.repeat(HUGE) });
    const end = await decide({ base }, lines(call('list_directory', {}), long, call('list_directory', {})));
    expect(short(end)).toEqual(['allow workspace-read', 'deny bad-line', 'allow workspace-read']);
  });

  test.each<[string, string | Buffer, string[]]>([
    ['nothing', '', []],
    ['no line end at the end', call('list_directory', {}), ['allow workspace-read']],
    ['line ends of Windows', `${call('list_directory', {})}\r\n\r\n`, ['allow workspace-read', 'deny bad-line']],
    [
      'bytes that are no UTF-8',
      Buffer.concat([Buffer.from('{"tool":"'), Buffer.from([0xff, 0xed, 0xa0, 0x80]), Buffer.from('"}\n')]),
      ['deny unknown-tool'],
    ],
    [
      'what other programs take for a line end',
      lines(`{"tool":"a\u2028b","arguments":{"x":"\u2029\u0085"}}`, `{"tool":\r"a"}`),
      ['deny unknown-tool', 'deny unknown-tool'],
    ],
  ])('%s', async (_name, input, wanted) => {
    const end = await decide({ base: await place() }, input);
    expect(short(end)).toEqual(wanted);
    expect(end).toMatchObject({ code: wanted.includes('deny bad-line') ? 65 : 0, stderr: '' });
  });

  test('a mark of byte order is one line, not a crash, and hides no call behind it', async () => {
    const end = await decide(
      { base: await place() },
      lines(`\ufeff${call('list_directory', {})}`, command('rm -rf src')),
    );
    expect(end.answers).toHaveLength(2);
    expect(short(end)[1]).toBe('ask command');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s while it looks at far too much ends it', async (signal) => {
    const base = await place();
    for (let index = 0; index < 3000; index += 1)
      writeFileSync(join(base, 'work', 'src', `${'a'.repeat(200)}${index}`), '');
    const cli = startCli(['decide', '--workspace', 'work'], { base });
    cli.child.stdin?.write(
      lines(call('list_directory', {}), ...Array.from({ length: 5000 }, () => call('delete_path', { path: 'src' }))),
    );
    cli.child.stdout?.once('data', () => cli.child.kill(signal));
    const end = await cli.ended;
    expect(end.code).toBe(3);
    const rules = new Set(
      end.stdout
        .split('\n')
        .slice(1, -1)
        .map((line) => (JSON.parse(line) as { rule: string }).rule),
    );
    expect([...rules].filter((rule) => rule !== 'delete' && rule !== 'error')).toEqual([]);
    expect(end.stdout.split('\n').length).toBeLessThan(5000); // the input is still open, and would go on
  });

  test('a reader that goes after the first line ends it quietly', async () => {
    const { child, ended } = startCli(['decide', '--workspace', 'work'], { base: await place() });
    child.stdout?.once('data', () => child.stdout?.destroy());
    child.stdin?.end(lines(...Array.from({ length: 3000 }, () => call('list_directory', {}))));
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });
});

test('it decides as the engine of the editor decides, and as a run does', async () => {
  const world = await commandWorld();
  const bench = await workbench({ userPolicy: COMMAND_POLICY, answer: () => ({ choice: 'deny' }) });
  cpSync(world.folder, bench.folder, { recursive: true, verbatimSymlinks: true, force: true });
  const tried: [string, Record<string, unknown>][] = [
    ['read_file', { path: 'README.md' }],
    ['read_file', { path: './docs/../README.md' }],
    ['read_file', { path: 'link-env' }],
    ['read_file', { path: 'link-out' }],
    ['read_file', { path: 'notes.secret' }],
    ['read_file', { path: '/etc/passwd' }],
    ['read_file', { path: '~/.ssh/id_rsa' }],
    ['read_file', { path: '..' }],
    ['read_file', { path: 'PRIVATE/plan.txt' }],
    ['read_file', JSON.parse('{"path":"README.md","__proto__":{}}') as Record<string, unknown>],
    ['list_directory', { path: 'link-private' }],
    ['find_files', { pattern: '*.md' }],
    ['search_files', { pattern: '(' }],
    ['write_file', { path: 'new', content: 'x' }],
    ['write_file', { path: '.vscode/tasks.json', content: 'x' }],
    ['edit_file', { path: '.env', old_text: 'TOKEN', new_text: 'x' }],
    ['move_path', { from: 'README.md', to: 'private/x' }],
    ['delete_path', { path: 'docs' }],
    ...[
      'git status',
      'npm test',
      'cat .env',
      'cat link-env',
      'cat private/plan.txt',
      'cat < notes.secret',
      'rm -rf docs',
      'echo x > README.md',
      'echo "',
      'python3 -c 1',
      'find . -name "*.md" -exec cat {} +',
      'cd /etc && cat passwd',
      'ls ~',
      `: ${'x'.repeat(20_000)}`,
    ].map((text): [string, Record<string, unknown>] => ['run_command', { command: text }]),
    ['run_command', { command: 'ls', folder: 'absent' }],
    ['nonsense', {}],
  ];
  const { answers } = await decide(
    { base: dirname(bench.folder) },
    lines(...tried.map(([tool, args]) => call(tool, args))),
  );
  const { events } = await attempt(
    bench,
    tried.map(([name, args]) => ({ name, args })),
  );
  // A run does not say of a call that is none that its policy denied it; whoever asks beforehand learns that it is not done.
  const inRun = turnsOf(events)
    .flatMap(({ actions }) => actions)
    .map(({ events: own }) => {
      const decided = own.find(({ type }) => type === 'decided')?.data;
      const cause = own.find(({ type }) => type === 'finished')?.data['cause'];
      return decided ? `${String(decided['verdict'])} ${String(decided['rule'])}` : `deny ${String(cause)}`;
    });
  const inEditor: string[] = [];
  for (const [name, args] of tried) {
    const { decision } = await bench.engine.tryCall({ name, arguments: JSON.stringify(args) });
    inEditor.push(`${decision.verdict} ${decision.rule}`);
  }
  const name = (all: string[]): string[] =>
    all.map((one, index) => `${JSON.stringify(tried[index]).slice(0, 80)} ${one}`);
  expect(name(inEditor)).toEqual(name(inRun));
  expect(name(answers.map(({ decision, rule }) => `${decision} ${rule}`))).toEqual(name(inRun));
});

describe('it has no effects:', () => {
  const EFFECTS = lines(
    call('write_file', { path: 'new', content: 'x' }),
    call('delete_path', { path: 'src' }),
    command('touch new'),
    command('ls'),
    command('git status'),
  );
  const WANTED = ['ask edit', 'ask delete', 'ask command', 'allow read-only-command', 'allow read-only-command'];

  test('no file is made or changed, in the workspace or in its own folders', async () => {
    const base = await place();
    const before = snapshot(base);
    expect(short(await decide({ base }, EFFECTS))).toEqual(WANTED);
    expect(snapshot(base)).toEqual(before);
    expect(readdirSync(base)).not.toContain('data');
    expect(readdirSync(base)).not.toContain('config');
  });

  test('it runs where Node lets it neither write nor start a process or a thread', async () => {
    const base = await place();
    const node = ['--permission', '--allow-fs-read=*'];
    const end = await decide({ base, node }, EFFECTS);
    expect(short(end)).toEqual(WANTED);
    expect(end.code).toBe(0);
    const control = await startCli(['verify'], { base, node }).ended;
    expect(control.code, 'control').not.toBe(0);
    expect(existsSync(join(base, 'data')), 'control').toBe(false);
  });

  test('it needs no sandbox and no git', async () => {
    const base = await place({ 'bin/.keep': '' });
    const end = await decide({ base, environment: { PATH: join(base, 'bin') } }, EFFECTS);
    expect(short(end)).toEqual(WANTED);
  });
});

test('what could be undone decides alike: a folder of more files than are kept asks, with questions off too', async () => {
  const few = Object.fromEntries(Array.from({ length: 3 }, (_, index) => [`few/${index}`, '']));
  const many = Object.fromEntries(Array.from({ length: 5001 }, (_, index) => [`many/${index}`, '']));
  const bench = await workbench({
    files: { ...few, ...many },
    userPolicy: 'confirm_actions: false\n',
    answer: () => ({ choice: 'deny' }),
  });
  const calls = ['few', 'many'].map((path) => ({ name: 'delete_path', args: { path } }));
  const { answers } = await decide(
    { base: dirname(bench.folder) },
    lines(...calls.map(({ name, args }) => call(name, args))),
  );
  expect(answers.map(({ decision }) => decision)).toEqual(['allow', 'ask']);
  const { events } = await attempt(bench, calls);
  expect(events.flatMap(({ type, data }) => (type === 'decided' ? [data['verdict']] : []))).toEqual(['allow', 'ask']);
});
