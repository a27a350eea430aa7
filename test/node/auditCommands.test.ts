import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ChainWriter } from '../../src/node/audit/chainWriter.ts';
import { LogFile } from '../../src/node/audit/logFile.ts';
import type { AuditRecord, NewEvent } from '../../src/shared/auditEvent.ts';
import { runCli, type CliEnd } from '../support/cli.ts';
import { eventsOfRun } from '../support/manyEvents.ts';
import { inTerminal, type Step } from '../support/terminal.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

/** A title that would clear a terminal, and what else it would obey or hide. */
const HOSTILE = 'zebra\u001b[2J\u001b]0;owned\u0007\u009b31m\r\u202Egnp.exe\u200b\nsecond line';

interface Place {
  base: string;
  file: string;
  oversign: (...args: string[]) => Promise<CliEnd>;
}

/** An account with these runs in its log; whatever is printed has nothing in it that a terminal would obey. */
async function place(...runs: NewEvent[][]): Promise<Place> {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', 'data/oversign/.keep': '' });
  const file = join(base, 'data/oversign/audit.db');
  write(file, ...runs);
  return {
    base,
    file,
    oversign: async (...args) => {
      const end = await runCli(args, { base });
      expect(end.stdout + end.stderr).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202A-\u202E\u200b]/);
      return end;
    },
  };
}

function write(file: string, ...runs: readonly NewEvent[][]): void {
  const log = new LogFile(file);
  onTestFinished(() => {
    log.close();
  });
  const chain = new ChainWriter(log, dirname(file), process.pid);
  log.use('write', (connection) => {
    chain.transaction(connection, () => {
      for (const event of runs.flat()) chain.append(connection, event);
    });
  });
  log.close();
}

/** A run with hostile texts wherever texts are. */
function hostileRun(number: number): NewEvent[] {
  return eventsOfRun(number, 60).map((event) => {
    const { type, payload = {} } = event;
    if (type === 'run_started') return { ...event, payload: { ...payload, task: HOSTILE, user: 'mallory' } };
    if (type === 'proposed') return { ...event, payload: { ...payload, title: HOSTILE } };
    if (type === 'finished') return { ...event, payload: { output: HOSTILE } };
    if (type === 'run_finished') return { ...event, payload: { reason: HOSTILE } };
    return type === 'decided' ? { ...event, data: { ...event.data, rule: HOSTILE.replace('zebra', 'yak') } } : event;
  });
}

const linesOf = ({ stdout }: CliEnd): string[] => stdout.split('\n').filter((line) => line !== '');
const runsIn = (end: CliEnd): string[] => linesOf(end).flatMap((line) => /run-\d+/.exec(line)?.[0] ?? []);

test('history: every filter, several at once, limits, none found', async () => {
  const { oversign } = await place(eventsOfRun(1), hostileRun(2), eventsOfRun(97), eventsOfRun(3, 20));
  const all = ['run-000003', 'run-000097', 'run-000002', 'run-000001'];
  const found = async (...args: string[]): Promise<string[]> => {
    const end = await oversign('history', ...args);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    return runsIn(end);
  };
  expect(await found()).toEqual(all);
  expect(await found('--limit', '2')).toEqual(all.slice(0, 2));
  expect(await found('--text', 'ZEB')).toEqual(['run-000002']);
  expect(await found('--text', 'number 1')).toContain('run-000001');
  expect(await found('--text', '"; DROP TABLE search; --" zebra')).toEqual([]);
  expect(await found('--decision', 'refused')).toEqual(['run-000097']);
  expect(await found('--tool', 'list_directory', '--limit', '1')).toEqual(['run-000003']);
  expect(await found('--tool', 'no_such_tool')).toEqual([]);
  expect(await found('--effect', 'write', '--text', 'second')).toEqual(['run-000002']);
  expect(await found('--path', 'project/src', '--limit', '9')).toEqual(all);
  expect(await found('--path', 'project/nowhere')).toEqual([]);
  expect(await found('--host', '127.0.0.1')).toEqual(all);
  expect(await found('--host', '127.0.0.1:11434', '--decision', 'approved', '--text', 'zebra')).toEqual(['run-000002']);
  expect(await found('--host', 'example.com')).toEqual([]);
});

test('history: JSON has every text as it is, and nothing for a terminal to obey', async () => {
  const { oversign } = await place(hostileRun(2));
  const [line = ''] = linesOf(await oversign('history', '--json', '--text', 'zebra'));
  expect(JSON.parse(line)).toMatchObject({ run: 'run-000002', task: HOSTILE, state: 'finished', reason: HOSTILE });
  const events = linesOf(await oversign('history', 'run-000002', '--json')).map(
    (one) => JSON.parse(one) as AuditRecord,
  );
  expect(events).toHaveLength(hostileRun(2).length);
  expect(events.find(({ type }) => type === 'proposed')?.payload?.['title']).toBe(HOSTILE);
  const text = await oversign('history', 'run-000002');
  expect(linesOf(text)).toHaveLength(events.length);
  expect(text.stdout).toContain('zebra\\u{001B}[2J');
});

test('a log whose run is named so that a terminal would obey it: shown, not obeyed', async () => {
  const named = hostileRun(1).map((event) => ({ ...event, run: `run-000001${HOSTILE}` }));
  const { oversign } = await place(named);
  expect(runsIn(await oversign('history'))).toEqual(['run-000001']);
  expect((await oversign('questions', '--json')).code).toBe(0);
});

test('arguments that a terminal would obey are not given back to it', async () => {
  const { oversign } = await place(eventsOfRun(1, 20));
  expect((await oversign('history', HOSTILE)).code).toBe(67);
  expect((await oversign('report', HOSTILE)).code).toBe(67);
  expect((await oversign('export', '--run', HOSTILE)).code).toBe(67);
  expect((await oversign('verify', HOSTILE)).code).toBe(7);
  expect((await oversign('history', '--decision', HOSTILE)).code).toBe(2);
  expect((await oversign('history', '--limit', HOSTILE)).code).toBe(2);
  expect((await oversign(`--${HOSTILE}`)).code).toBe(2);
  expect((await oversign('erase', '--run', HOSTILE)).code).toBe(67);
});

test('history of one run: words narrow it to actions, in a log that nobody has made searchable yet', async () => {
  const many = Array.from({ length: 60 }, (_, at) => eventsOfRun(at + 10));
  const last = eventsOfRun(1, 30).map((event) =>
    event.type === 'finished' && event.turn === 2 ? { ...event, payload: { output: 'only zebra' } } : event,
  );
  const { oversign } = await place(...many, last);
  const lines = linesOf(await oversign('history', 'run-000001', '--text', 'zebra', '--json'));
  expect(new Set(lines.map((line) => (JSON.parse(line) as NewEvent).action))).toEqual(new Set(['run-000001-2']));
});

test('report: a document; of no run a sentence', async () => {
  const { oversign } = await place(hostileRun(2));
  const { code, stdout } = await oversign('report', 'run-000002');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^# `zebra/);
  expect(stdout).toContain('## Turn 1');
  expect(stdout).toContain('- Policy digest: `abab');
  expect(await oversign('report', 'none')).toMatchObject({
    code: 67,
    stderr: 'oversign: There is no run none in the log.\n',
  });
  expect((await oversign('report')).code).toBe(2);
});

test('questions: by week, in words and as JSON; nobody asked', async () => {
  const { oversign } = await place(eventsOfRun(1), eventsOfRun(97));
  const [words = ''] = linesOf(await oversign('questions'));
  expect(words).toMatch(
    /^week of \d{4}-\d\d-\d\d: \d+ questions \(\d+ approved, \d+ denied; half of the answers within 1\.2 s\)$/,
  );
  const [json = ''] = linesOf(await oversign('questions', '--json'));
  const counted = JSON.parse(json) as Record<string, number>;
  expect(counted['asked']).toBe((counted['approved'] ?? 0) + (counted['denied'] ?? 0));
  expect(counted['denied']).toBeGreaterThan(0);
  const none = await place();
  expect((await none.oversign('questions')).stdout).toBe('Nobody was asked anything in the last 26 weeks.\n');
  expect((await none.oversign('questions', '--json')).stdout).toBe('');
});

test('export: the whole log and one run, whole when verified with the key; never over a file that is there', async () => {
  const { base, oversign } = await place(hostileRun(2), eventsOfRun(3, 20));
  const [all, one, pem] = [join(base, 'all.jsonl'), join(base, 'one.jsonl'), join(base, 'key.pem')];
  expect(await oversign('export', '--output', all)).toEqual({ code: 0, stdout: '', stderr: '' });
  const piped = await runCli(['export'], { base });
  expect(piped.stdout).toBe(readFileSync(all, 'utf8'));
  expect((await oversign('export', '--run', 'run-000002', '--output', one)).code).toBe(0);
  expect(readFileSync(one, 'utf8')).not.toContain('number 3');
  writeFileSync(pem, (await oversign('key')).stdout);
  expect(readFileSync(pem, 'utf8')).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
  for (const file of [all, one]) {
    const { code, stdout } = await oversign('verify', file, '--key', pem);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('the one you gave') as string });
  }
  const before = readFileSync(one);
  for (const args of [['--run', 'run-000002'], []])
    expect(await oversign('export', ...args, '--output', one)).toMatchObject({
      code: 1,
      stderr: `oversign: ${one} exists already; choose another name\n`,
    });
  expect(readFileSync(one).equals(before)).toBe(true);
  expect((await oversign('export', '--run', 'none', '--output', join(base, 'none.jsonl'))).code).toBe(67);
  expect((await oversign('export', '--output', join(base, 'no/folder/x'))).code).toBe(1);
  expect(readdirSync(base).filter((name) => name.endsWith('.jsonl'))).toEqual(['all.jsonl', 'one.jsonl']);
});

test('verify FILE: an export that was changed, a wrong key, no key, JSON', async () => {
  const { base, oversign } = await place(eventsOfRun(2, 20));
  const other = await place(eventsOfRun(2, 20));
  const [file, pem] = [join(base, 'all.jsonl'), join(base, 'other.pem')];
  await oversign('export', '--output', file);
  writeFileSync(pem, (await other.oversign('key')).stdout);
  const wrongKey = await oversign('verify', file, '--key', pem);
  expect(wrongKey).toMatchObject({ code: 1, stdout: expect.stringMatching(/^NOT WHOLE: .*\(account\)/) as string });
  expect((await oversign('verify', file, '--key', file)).stderr).toContain(
    'is not a public key as "oversign key" prints it',
  );
  expect((await oversign('verify', file)).stdout).toContain('only its owner can say (--key)');
  writeFileSync(file, readFileSync(file, 'utf8').replace('Find the', 'Lose the'));
  const changed = await oversign('verify', file, '--json');
  expect(changed.code).toBe(1);
  expect(JSON.parse(changed.stdout)).toMatchObject({ ok: false, problem: { seq: 3, property: 'payload' } });
  expect((await oversign('verify', join(base, 'none'))).stderr).toContain('NO LOG: ');
});

test('verify of one’s own log: without one, and with the --witness of another log, of garbage, of nothing', async () => {
  const { base, oversign } = await place(eventsOfRun(2, 20));
  await plant(base, { 'garbage.jsonl': '\u001b[2J not JSON\n{}\n', 'empty.jsonl': '' });
  const { code, stdout } = await oversign(
    ...['verify', '--witness', join(base, 'garbage.jsonl'), '--witness', join(base, 'empty.jsonl')],
    ...['--witness', join(base, 'none.jsonl')],
  );
  expect(code).toBe(6);
  expect(stdout).toMatch(/^CANNOT BE CHECKED against .*garbage\.jsonl, .*none\.jsonl: .*is whole, and signed up to/);
  expect(stdout).toMatch(/garbage\.jsonl: it cannot be asked \(the file holds nothing that a witness writes\)/);
  expect(stdout).toMatch(/empty\.jsonl: it has seen nothing of this log/);
  expect(stdout).toMatch(/none\.jsonl: it cannot be asked \(.*is not there\)/);
  const empty = await temporaryFolder();
  await plant(empty, { 'home/.keep': '' });
  const none = await runCli(['verify'], { base: empty });
  expect(none).toMatchObject({
    code: 7,
    stderr: expect.stringContaining('NO LOG: there is no audit log yet') as string,
  });
  expect(existsSync(join(empty, 'data/oversign/audit.db'))).toBe(false);
});

test('erase: asked first, done after y or --yes, and said when there is nothing', async () => {
  const { base, file, oversign } = await place(hostileRun(2), eventsOfRun(3, 20));
  for (const input of ['', 'n\n', 'y\n']) {
    const end = await runCli(['erase', '--run', 'run-000002'], { base }, input);
    expect(end.stdout).toMatch(
      /for good\? .* \[y\/N\] \nNo terminal is there to answer at; --yes does it without asking\.\nNothing was erased\.\n$/s,
    );
    expect(end.code).toBe(1);
  }
  const steps: Step[] = [['for good', 'send', 'y\r']];
  const yes = await inTerminal(['erase', '--run', 'run-000002'], { base, steps });
  expect(yes).toMatchObject({ code: 0, output: expect.stringMatching(/\d+ payloads were erased\.\n$/) as string });
  expect(readFileSync(file).includes('zebra')).toBe(false);
  expect((await oversign('erase', '--run', 'run-000002', '--yes')).code).toBe(1);
  expect((await oversign('erase', '--user', 'mallory', '--yes')).code).toBe(1);
  expect((await oversign('erase', '--user', 'dev', '--yes')).code).toBe(0);
  expect((await oversign('history', '--text', 'bug')).stdout).toBe('No run is so.\n');
  expect(await oversign('verify')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('the log says so itself') as string,
  });
  expect(linesOf(await oversign('history', 'run-000002'))).toHaveLength(hostileRun(2).length);
});
