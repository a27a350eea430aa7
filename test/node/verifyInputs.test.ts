import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { runCli, type CliEnd } from '../support/cli.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

interface Place {
  base: string;
  lines: string[];
  verify: (args: string[], input?: string) => Promise<CliEnd>;
}

/** A log of a run, an export of it, the key, and a witness that saw it. */
async function place(): Promise<Place> {
  const base = await temporaryFolder();
  await plant(base, { 'work/a.txt': 'a\n', 'home/.keep': '' });
  await plant(join(base, 'config/oversign'), {
    'policy.yaml': `audit: {witness_files: [${join(base, 'seen.jsonl')}]}\n`,
  });
  expect((await runCli(['run', 'x', '--workspace', 'work', '--model', 'demo'], { base })).code).toBe(0);
  writeFileSync(join(base, 'key.pem'), (await runCli(['key'], { base })).stdout);
  expect((await runCli(['export', '--output', 'export.jsonl'], { base })).code).toBe(0);
  const verify = (args: string[], input = ''): Promise<CliEnd> => runCli(['verify', ...args], { base }, input);
  return { base, verify, lines: readFileSync(join(base, 'export.jsonl'), 'utf8').trimEnd().split('\n') };
}

/** The exit code of a bash line in which `verify` is `oversign verify`. */
function inBash(base: string, line: string): Promise<number> {
  const script = `verify() { "${process.execPath}" "${inject('oversign')}" verify "$@"; }; ${line}`;
  return new Promise((resolve) => {
    const child = execFile(
      'bash',
      ['-c', script],
      { cwd: base, env: { PATH: process.env['PATH'], HOME: join(base, 'home') } },
      () => {
        resolve(child.exitCode ?? -1);
      },
    );
  });
}

test('an export is read from standard input, from a pipe, and with the line ends of Windows', async () => {
  const { base, verify, lines } = await place();
  const whole = `${lines.join('\n')}\n`;
  expect(await verify(['export.jsonl', '--key', 'key.pem'])).toMatchObject({ code: 0 });
  expect(await verify(['-', '--key', 'key.pem'], whole)).toMatchObject({ code: 0 });
  expect(await verify(['-', '--key', 'key.pem'], `${lines.join('\r\n')}\r\n`)).toMatchObject({ code: 0 });
  expect(await inBash(base, 'verify <(cat export.jsonl) --key key.pem')).toBe(0);
  // The controls: changed, and with one line of the other kind.
  const changed = lines.map((line) => line.replace('"type":"run_started"', '"type":"run_stirted"'));
  expect(await verify(['-', '--key', 'key.pem'], `${changed.join('\n')}\n`)).toMatchObject({ code: 1 });
  expect(await verify(['-', '--key', 'key.pem'], whole.replace('\n', '\r\n'))).toMatchObject({ code: 1 });
});

test.each([
  ['missing', 'none.jsonl'],
  ['a folder', 'work'],
  ['garbage', 'garbage'],
  ['empty', 'empty'],
  ['of another log', 'other.jsonl'],
])('a witness that is %s is no green', async (_name, witness) => {
  const { base, verify } = await place();
  const other = {
    oversign: 'head 1',
    place: 'p',
    log: 'l',
    seq: 1,
    hash: 'a'.repeat(64),
    time: '2026-01-01T00:00:00Z',
  };
  await plant(base, { garbage: 'no\nthing\n', empty: '', 'other.jsonl': `${JSON.stringify(other)}\n` });
  const end = await verify(['export.jsonl', '--key', 'key.pem', '--witness', witness, '--json']);
  expect(end.code).toBe(6);
  expect(JSON.parse(end.stdout)).toMatchObject({ state: 'unchecked', ok: false });
  expect((await verify(['export.jsonl', '--witness', witness])).stdout).toMatch(
    new RegExp(`^CANNOT BE CHECKED against ${witness}: .* is whole, and signed up to event`),
  );
});

test('control: a witness that saw it, as a file, through a pipe and with other line ends', async () => {
  const { base, verify } = await place();
  const seen = readFileSync(join(base, 'seen.jsonl'), 'utf8');
  expect(await verify(['export.jsonl', '--witness', 'seen.jsonl'])).toMatchObject({ code: 0 });
  expect(await verify(['export.jsonl', '--witness', '-'], seen.replaceAll('\n', '\r\n'))).toMatchObject({ code: 0 });
  expect(await inBash(base, 'verify export.jsonl --witness <(cat seen.jsonl)')).toBe(0);
  expect(await verify(['-', '--witness', '-'], seen)).toMatchObject({ code: 6 });
});

test('what is not whole stays so, whatever else could not be looked at', async () => {
  const { base, verify, lines } = await place();
  await plant(base, { 'cut.jsonl': `${[...lines.slice(0, 4), ...lines.slice(5)].join('\n')}\n` });
  expect(await verify(['cut.jsonl', '--witness', 'none.jsonl'])).toMatchObject({ code: 1 });
});

test('a witness that only the policy names is no green either when it is gone, was emptied, or holds garbage', async () => {
  const { base, verify } = await place();
  const seen = join(base, 'seen.jsonl');
  const key = ['--key', join(base, 'key.pem')];
  expect((await verify(key)).code).toBe(0); // the control
  const kept = readFileSync(seen);
  for (const [text, args, why] of [
    [undefined, [], 'it cannot be asked'],
    ['', key, 'it has seen nothing of this log'],
    ['no\nthing\n', [], 'it cannot be asked'],
  ] as const) {
    if (text === undefined) rmSync(seen);
    else writeFileSync(seen, text);
    const end = await verify([...args]);
    expect([text, end.code]).toEqual([text, 6]);
    expect(end.stdout).toMatch(/^CANNOT BE CHECKED against .*seen\.jsonl: .* is whole, and signed up to event/);
    expect(end.stdout).toContain(`seen.jsonl: ${why}`);
  }
  expect(JSON.parse((await verify(['--json'])).stdout)).toMatchObject({ state: 'unchecked', ok: false });
  // Of an export only what is given counts.
  expect((await verify(['export.jsonl', ...key])).code).toBe(0);
  writeFileSync(seen, kept);
  expect((await verify([])).code).toBe(0);
});

test('where the policy cannot be read, nobody knows its witnesses: that is no green', async () => {
  const { base, verify } = await place();
  await plant(join(base, 'config/oversign'), { 'policy.yaml': 'audit: {witness_files: [' });
  const end = await verify([]);
  expect(end.code).toBe(6);
  expect(end.stdout).toMatch(/^CANNOT BE CHECKED against the witnesses of the policy: /);
  expect(end.stdout).toContain('the policy is invalid, so its witnesses are not asked');
});
