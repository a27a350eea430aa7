import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { runCli, startCli, type Cli } from '../support/cli.ts';
import type { ServerScript } from '../support/modelServer.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { processesWith } from '../support/processes.ts';
import { copySample } from '../support/sampleStory.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const NASTY = '\x1b[2J\x1b]0;owned\x07\x9b31m\u202e\u200b\r\x08';
const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u200b]/;

async function workspace(files: Record<string, string> = {}): Promise<string> {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', 'work/README.md': 'hello\n', key: 'sk-test-key\n', ...files });
  return base;
}

/** The arguments of a run whose model is a server with this script. */
async function withModel(script: ServerScript): Promise<string[]> {
  const server = await openAiServer(script);
  onTestFinished(() => server.close());
  return [
    'run',
    'do it',
    '--workspace',
    'work',
    '--model',
    'openai',
    '--model-name',
    'm',
    '--base-url',
    server.url,
    '--api-key-file',
    'key',
    '--answers-from-input',
  ];
}

test('escape sequences from the model, from files, from arguments and from errors never reach the terminal', async () => {
  const base = await workspace({ 'work/nasty.txt': `${NASTY}\n`, 'work/edit.txt': `a ${NASTY} b\n` });
  const steps = [
    { text: `I say ${NASTY}`, calls: [{ name: 'read_file', args: { path: 'nasty.txt' } }] },
    { calls: [{ name: 'run_command', args: { command: `cat nasty.txt #${NASTY}` } }] },
    { calls: [{ name: 'edit_file', args: { path: 'edit.txt', old_text: ' b', new_text: ` ${NASTY}` } }] },
    {
      calls: [
        { name: 'read_file', args: { path: `no${NASTY}` } },
        { name: 'list_directory', raw: `{${NASTY}` },
      ],
    },
    { misbehave: 'wrong-in-stream' as const, text: `failed ${NASTY}` },
  ];
  const args = await withModel((_, number) => steps[number] ?? {});
  const end = await runCli(args, { base }, 'y\ny\n');
  expect(end.code).toBe(69);
  expect(end.stdout).toMatch(/I say \\u\{001B\}\[2J[^]*\$ cat nasty\.txt #\\u\{001B\}[^]*failed \\u\{001B\}/);
  expect(readFileSync(join(base, 'work/edit.txt'), 'utf8')).toBe(`a ${NASTY} ${NASTY}\n`);
  const list = await runCli(['history', '--json'], { base });
  const { run } = JSON.parse(list.stdout) as { run: string };
  const shown = [
    end,
    list,
    await runCli(['history'], { base }),
    await runCli(['history', run], { base }),
    await runCli(['history', run, '--json'], { base }),
  ];
  for (const { stdout, stderr } of shown)
    expect((stdout + stderr).split('\n').filter((line) => RAW.test(line))).toEqual([]);
  // What was made visible in JSON is still the same value.
  expect(
    shown[4]?.stdout.split('\n').some((line) => line !== '' && JSON.stringify(JSON.parse(line)).includes('\\u001b[2J')),
  ).toBe(true);
});

test('a character that comes in two halves is printed once and whole', async () => {
  const base = await workspace();
  const end = await runCli(await withModel(() => ({ text: 'Fertig – 完了 🎉🎉 ok' })), { base });
  expect(end.stdout).toContain('\n│ Fertig – 完了 🎉🎉 ok\n');
});

async function until(cli: Cli, what: () => boolean): Promise<void> {
  await expect.poll(what, { timeout: 20_000, message: cli.output() }).toBe(true);
}

test('Ctrl+C ends a running command, leaves no process, and is on record as a stop', async () => {
  const base = await workspace();
  const command = 'trap "" INT TERM; (setsid sleep 98764 &); sleep 98764';
  const cli = startCli(await withModel(() => ({ calls: [{ name: 'run_command', args: { command } }] })), { base });
  await until(cli, () => cli.output().includes('Allow?'));
  cli.child.stdin?.write('y\n');
  await until(cli, () => processesWith('sleep\u000098764').length === 2);
  cli.child.kill('SIGINT');
  await until(cli, () => processesWith('98764').length === 0);
  const end = await cli.ended;
  expect(end.code).toBe(3);
  expect(end.stdout).toContain('stopped: Ctrl+C, or another program, ended it (SIGINT).');
  expect((await runCli(['history'], { base })).stdout).toContain('  stopped  ');
  expect((await runCli(['verify'], { base })).code).toBe(0);
});

test('Ctrl+C at a question ends the run; nobody is said to have denied it', async () => {
  const base = await workspace();
  const cli = startCli(
    await withModel(() => ({ calls: [{ name: 'write_file', args: { path: 'a.txt', content: 'a' } }] })),
    { base },
  );
  await until(cli, () => cli.output().includes('Allow?'));
  cli.child.kill('SIGINT');
  const end = await cli.ended;
  expect(end.code).toBe(3);
  expect(end.stdout).not.toContain('Nobody is there');
  expect(existsSync(join(base, 'work/a.txt'))).toBe(false);
});

test('one run per folder, whatever process it is in; a killed one gives the folder free and can be resumed', async () => {
  const base = await workspace();
  const args = await withModel(({ results }) =>
    results.length === 0
      ? { calls: [{ name: 'write_file', args: { path: 'a.txt', content: 'a' } }] }
      : { text: 'done' },
  );
  const first = startCli(args, { base });
  await until(first, () => first.output().includes('Allow?'));
  const second = await runCli(args, { base }, 'y\n');
  expect(second.code).toBe(75);
  expect(second.stdout).toContain('Another run is waiting for an answer in another program since ');
  first.child.kill('SIGKILL');
  await first.ended;
  const history = await runCli(['history', '--json'], { base });
  const { run, state } = JSON.parse(history.stdout) as { run: string; state: string };
  expect(state).toBe('interrupted');
  const resumed = await runCli([...args.slice(0, 1), ...args.slice(2), '--resume', run], { base }, 'y\n');
  expect(resumed.code).toBe(0);
});

/** Changes one occurrence of a text in a database file, one that the database itself then shows. */
function tamper(file: string, whole: Buffer, what: string, change: string): void {
  for (let at = whole.indexOf(what); at !== -1; at = whole.indexOf(what, at + 1)) {
    const changed = Buffer.from(whole);
    changed.write(change, at);
    writeFileSync(file, changed);
    const database = new DatabaseSync(file, { readOnly: true });
    const found = database
      .prepare(
        'SELECT count(*) AS n FROM (SELECT body FROM events UNION ALL SELECT body FROM payloads) WHERE instr(body, ?) > 0',
      )
      .get(change);
    database.close();
    // SQLite keeps stale copies in unused space; what stands there is not the log.
    if (found?.['n'] === 1) return;
  }
  throw new Error(`${what} is not in the log`);
}

test('verify finds one changed byte in an event or a payload, and names the event', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '' });
  await copySample(join(base, 'work'));
  await runCli(['run', 'Find the bug', '--workspace', 'work', '--model', 'demo'], { base });
  const file = join(base, 'data/oversign/audit.db');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  const whole = readFileSync(file);
  for (const [what, change] of [
    ['"verdict":"allow"', '"verdict":"allaw"'],
    ['Find the bug', 'Find the bag'],
    ['"type":"asked"', '"type":"askee"'],
  ] as const) {
    tamper(file, whole, what, change);
    const end = await runCli(['verify'], { base });
    expect(end.code, what).toBe(1);
    expect(end.stdout, what).toMatch(/^NOT WHOLE: event \d+: /);
    expect(JSON.parse((await runCli(['verify', '--json'], { base })).stdout), what).toMatchObject({ ok: false });
    expect((await runCli(['doctor', '--workspace', 'work'], { base })).stdout, what).toContain(
      'FAIL  audit log: NOT WHOLE: event',
    );
  }
  writeFileSync(file, whole);
  expect((await runCli(['verify'], { base })).code).toBe(0);
});

test('several questions of one reply are asked one after the other, each at its turn, and counted', async () => {
  const base = await workspace();
  const writing = (path: string) => ({ name: 'write_file', args: { path, content: 'a' } });
  const calls = [writing('a.txt'), writing('b.txt'), writing('c.txt')];
  const args = await withModel((_, number) => (number === 0 ? { calls } : { text: 'All said.' }));
  const { stdout } = await runCli(args, { base }, 'y\nn\ny\n');
  expect(stdout).toMatch(
    /── 1 of 3: Create a\.txt\n[^]*\[done\] Create a\.txt[^]*── 2 of 3: Create b\.txt\n[^]*── 3 of 3: Create c\.txt\n[^]*All said/,
  );
  expect(['a.txt', 'b.txt', 'c.txt'].map((path) => existsSync(join(base, 'work', path)))).toEqual([true, false, true]);
  const alone = await runCli(
    await withModel((_, number) => (number === 0 ? { calls: [writing('d.txt')] } : {})),
    { base },
    'y\n',
  );
  expect(alone.stdout).toContain('── Create d.txt\n');
});
