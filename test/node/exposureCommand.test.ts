import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readReceipt, receiptText, sealed } from '../../src/core/exposure/receipt.ts';
import { ChainWriter } from '../../src/node/audit/chainWriter.ts';
import { LogFile } from '../../src/node/audit/logFile.ts';
import { sha256 } from '../../src/node/files/hash.ts';
import type { NewEvent } from '../../src/shared/auditEvent.ts';
import { ExposureSchema, type Exposure, type SealedReceipt } from '../../src/shared/exposure.ts';
import { ReachSchema } from '../../src/shared/reach.ts';
import { TogetherSchema } from '../../src/shared/together.ts';
import { runCli, type CliEnd } from '../support/cli.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const HOSTILE = 'zebra\u001b[2J\u202Egnp.exe\n# second <b>line</b>';
const DIGEST = 'ab'.repeat(32);

interface Place {
  base: string;
  folder: string;
  write: (...runs: NewEvent[][]) => void;
  oversign: (...args: string[]) => Promise<CliEnd>;
}

async function place(files: Record<string, string> = {}, policy?: string): Promise<Place> {
  const base = await temporaryFolder();
  const folder = join(base, 'work');
  await plant(base, { 'home/.keep': '', 'data/oversign/.keep': '', 'work/src/a.ts': 'a', ...files });
  if (policy !== undefined) await plant(base, { 'config/oversign/policy.yaml': policy });
  const file = join(base, 'data/oversign/audit.db');
  return {
    base,
    folder,
    write: (...runs) => {
      const log = new LogFile(file);
      const chain = new ChainWriter(log, dirname(file), process.pid);
      log.use('write', (connection) => {
        chain.transaction(connection, () => {
          for (const event of runs.flat()) chain.append(connection, event);
        });
      });
      log.use('write', (connection) => {
        chain.transaction(connection, () => {
          chain.settle(connection);
        });
      });
      log.close();
    },
    oversign: async (...args) => {
      const end = await runCli(args, { base, cwd: folder });
      expect(end.stdout + end.stderr).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202A-\u202E\u200b]/);
      return end;
    },
  };
}

/** A run that sends prompts, has a command connect, and is refused a request. */
function sending(run: string, folder: string, bytes = 100): NewEvent[] {
  const of = { run, turn: 1 };
  const egress = (action: string | undefined, data: object, contentOf: string[]): NewEvent => ({
    type: 'egress',
    ...of,
    ...(action !== undefined && { action }),
    data: {
      purpose: 'model',
      origin: 'https://api.example.com',
      method: 'POST',
      bytes,
      ...data,
    },
    payload: { path: '/v1', contentOf },
  });
  return [
    {
      type: 'run_started',
      run,
      data: { version: '1', policy: DIGEST, provider: 'openai', model: 'big' },
      payload: {
        task: HOSTILE,
        folder,
        destination: 'Prompts go to api.example.com.',
        user: 'dev',
        host: 'machine',
      },
    },
    egress(undefined, {}, [`${folder}/src/a.ts`, `${folder}/${HOSTILE}`]),
    {
      type: 'proposed',
      ...of,
      action: 'cmd',
      data: { tool: 'run_command', effect: 'execute', digest: DIGEST, undo: 'whole' },
      payload: { title: 'Run npm install' },
    },
    {
      type: 'proposed',
      ...of,
      action: 'net',
      data: { tool: 'connect', effect: 'connect', within: 'cmd' },
      payload: { title: 'Connect', action: { host: 'registry.example.com', port: 443 } },
    },
    { type: 'started', ...of, action: 'net', data: { tool: 'connect', effect: 'connect' } },
    egress(
      'net',
      {
        purpose: 'connection of a command',
        origin: 'tcp://registry.example.com:443',
        method: 'CONNECT',
        bytes: 0,
        address: '192.0.2.9',
      },
      [`?${folder}/`],
    ),
    {
      type: 'finished',
      ...of,
      action: 'net',
      data: { status: 'done', durationMs: 3, facts: { connections: 1, sent: 512, received: 4096 } },
      payload: { output: '' },
    },
    {
      type: 'proposed',
      ...of,
      action: 'no',
      data: { tool: 'connect', effect: 'connect', within: 'cmd' },
      payload: { title: 'Connect', action: { host: 'evil.example', port: 443 } },
    },
    {
      type: 'decided',
      ...of,
      action: 'no',
      data: { verdict: 'deny', rule: 'denied_domains' },
      payload: { decision: {} },
    },
    { type: 'run_finished', run, data: { state: 'finished', turns: 1, received: 33 }, payload: { reason: 'done' } },
  ] as NewEvent[];
}

const RUN = 'run-000001';

test('of a run: destinations, bytes, files, what was refused; as text, and as JSON with a schema', async () => {
  const { oversign, write, folder } = await place();
  write(sending(RUN, folder));
  const { code, stdout, stderr } = await oversign('exposure', RUN);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Sent to api.example.com\n  For: prompts to a model\n  Sent: 100 bytes in 1 request\n');
  expect(stdout).toContain('  src/a.ts: in 1 request, turn 1\n');
  expect(stdout).toContain('zebra\\u{001B}[2J');
  expect(stdout).toContain(
    'Sent to registry.example.com\n  For: connections of commands\n  Sent: 512 bytes in 1 connection\n  Came back: 4 KiB (4096 bytes)\n',
  );
  expect(stdout).toContain('What went there cannot be known. It could be anything that the command could read.');
  expect(stdout).toContain('Run npm install: turn 1, 1 connection, sent 512 bytes');
  expect(stdout).toContain('evil.example: connections of commands, turn 1, denied by the policy (denied_domains)');
  const { format, ...exposure } = JSON.parse((await oversign('exposure', 'last', '--json')).stdout) as Exposure & {
    format: string;
  };
  expect(format).toBe('oversign.exposure/1');
  expect(ExposureSchema.parse(exposure)).toMatchObject({ run: RUN, state: 'finished', answered: 33 });
});

test('here: what can be seen under the policy, counted, and what has left of all runs', async () => {
  const files = {
    'work/README.md': '',
    'work/data/x.csv': '',
    'work/.env': 'A=b',
    'work/private/p.txt': '',
    'work/logo.png': '',
  };
  const { oversign, write, folder, base } = await place(
    files,
    'tools:\n  file_system:\n    denied_paths: [private]\nenvironment:\n  allowed_variables: [EDITOR]\ndenied_domains: [evil.example]\n',
  );
  symlinkSync(join(base, 'home'), join(folder, 'link'));
  expect((await oversign('exposure')).stdout).toContain('No run has been recorded in this workspace yet.');
  write(sending(RUN, folder), sending('run-000002', folder, 2000), sending('run-000003', '/elsewhere'));
  const { code, stdout } = await oversign('exposure');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\nWhat the agent can see\n {2}Folder: .*work: all of it\n/);
  for (const line of [
    '1 source and settings',
    '1 documents',
    '1 data',
    '1 pictures, sound and fonts',
    '1 likely secrets, which ask first',
    '1 denied',
    '1 links, which were not followed',
    'Variables of commands: EDITOR',
    'Denied hosts: evil.example',
    '2 runs of this workspace sent something to 2 destinations.',
    'Sent: 2.1 KiB (2100 bytes) in 2 sendings',
  ])
    expect(stdout).toContain(`  ${line}\n`.replace(/^ {2}2 runs/, '2 runs'));
  const { reach, left } = JSON.parse((await oversign('exposure', '--json')).stdout) as {
    reach: unknown;
    left: unknown;
  };
  expect(ReachSchema.parse(reach)).toMatchObject({ deniedPaths: expect.arrayContaining(['private']) as unknown });
  expect(TogetherSchema.parse(left)).toMatchObject({ runs: 2, refused: 2, besides: [] });
  write([
    {
      type: 'egress',
      run: 'log',
      data: { purpose: 'audit export', origin: 'https://collector.example', method: 'POST', bytes: 321 },
      payload: { path: '/v1/logs', contentOf: [] },
    },
  ]);
  const { stdout: more } = await oversign('exposure');
  expect(more).toContain(
    'Sent for no run, of all workspaces\n  collector.example: export of the audit log, 321 bytes in 1 request\n',
  );
});

test('a narrowed scope, commands outside the sandbox and forbidden models are said as they are', async () => {
  const { oversign } = await place(
    { 'work/docs/x.md': '' },
    'sandbox: false\nmodel: { allow_cloud: false }\nother_domains: deny\ntools: { file_system: { allowed_paths: [./src] } }\n',
  );
  const { stdout } = await oversign('exposure');
  for (const line of [
    'work: what allowed_paths names',
    'Allowed paths: ./src',
    'Commands: OUTSIDE THE SANDBOX: python, javascript, bash. They see all that your account does. Each asks.',
    'Network of commands: whatever your account can reach; nobody sees it',
    'Other hosts: denied',
    'The policy lets none go to a model on another machine.',
    '1 source and settings',
    '1 outside the scope',
  ])
    expect(stdout).toContain(line);
});

test('an invalid policy is said, and what has left is shown all the same', async () => {
  const { oversign, write, folder } = await place({}, 'no_such_key: 1\n');
  write(sending(RUN, folder));
  const { code, stdout, stderr } = await oversign('exposure');
  expect(code).toBe(78);
  expect(stderr).toContain('no_such_key');
  expect(stdout).toContain('Sent to api.example.com');
});

test('wrong use; no log; no such run; never over a file that is there', async () => {
  const { oversign, write, folder, base } = await place();
  expect((await oversign('exposure', 'x')).code).toBe(7);
  write(sending(RUN, folder));
  expect((await oversign('exposure', 'nothing')).code).toBe(67);
  expect((await oversign('exposure', RUN, '--receipt', 'pdf')).code).toBe(2);
  expect((await oversign('exposure', RUN, '--output', 'x')).code).toBe(2);
  expect((await oversign('exposure', '--receipt', 'md')).code).toBe(2);
  const target = join(base, 'r.md');
  expect((await oversign('exposure', RUN, '--receipt', 'md', '--output', target)).code).toBe(0);
  expect(statSync(target).mode & 0o777).toBe(0o600);
  expect((await oversign('exposure', RUN, '--receipt', 'md', '--output', target)).code).toBe(1);
  expect(readFileSync(target, 'utf8')).toMatch(/^# Privacy receipt of a run\n/);
});

/** A receipt with another content, sealed so that its digest is right. */
function forged(text: string, change: (exposure: Exposure, receipt: SealedReceipt) => void): string {
  const read = readReceipt(text, sha256);
  if (!read.ok) throw new Error(read.problem);
  const copy = structuredClone(read.receipt);
  change(copy.exposure, copy);
  return receiptText(sealed(copy, sha256), 'html');
}

test('verify --receipt: matches in every form, and each forgery is found', async () => {
  const { oversign, write, folder, base } = await place();
  write(sending(RUN, folder), sending('run-000002', folder, 7));
  const file = join(base, 'receipt');
  const verified = async (text: string, ...more: string[]): Promise<CliEnd> => {
    writeFileSync(file, text);
    return oversign('verify', ...more, '--receipt', file);
  };
  let html = '';
  for (const form of ['md', 'html', 'json']) {
    const { stdout } = await oversign('exposure', RUN, '--receipt', form);
    const end = await verified(stdout);
    expect(end.stdout).toContain('Receipt: MATCHES: the receipt says what the log says.');
    expect(end.code).toBe(0);
    if (form === 'html') html = stdout;
  }
  const target = join(base, 'run.jsonl');
  expect((await oversign('export', '--run', RUN, '--output', target)).code).toBe(0);
  expect((await verified(html, target)).stdout).toContain('Receipt: MATCHES');
  const other = await verified((await oversign('exposure', 'run-000002', '--receipt', 'json')).stdout, target);
  expect(other).toMatchObject({ code: 1 });
  expect(other.stdout).toContain('DOES NOT MATCH: the log has nothing of this run.');
  const attacks: [string, (exposure: Exposure, receipt: SealedReceipt) => void, string][] = [
    [
      'a byte count',
      ({ destinations: [one] }) => one?.purposes.forEach(({ sent }) => (sent.bytes -= 1)),
      'sent, bytes: the receipt says 99, and the log says 100',
    ],
    ['a destination', ({ destinations }) => void destinations.pop(), 'the receipt leaves out registry.example.com'],
    [
      'a file’s name',
      ({ destinations: [one] }) => one?.purposes[0]?.content.forEach((entry) => (entry.entry += 'x')),
      'the receipt leaves out',
    ],
    ['a refusal', (exposure) => (exposure.refused = []), 'refused: the receipt leaves out evil.example'],
    ['an erasure', (exposure) => (exposure.texts.erased = 3), 'texts, erased: the receipt says 3, and the log says 0'],
    ['the run', (exposure) => (exposure.run = 'run-000002'), 'event'],
    ['the log', (_, { log }) => (log.name = 'another'), 'it is of another log, another'],
    ['the key', (_, { log }) => (log.key = 'f00d'), 'it names the account key f00d'],
    ['the last event', (_, { events }) => (events.last -= 3), 'event'],
    ['its hash', (_, { events }) => (events.hash = DIGEST), 'is not the one that it names'],
  ];
  for (const [what, change, words] of attacks) {
    const end = await verified(forged(html, change));
    expect(end.code, what).toBe(1);
    expect(end.stdout, what).toContain('Receipt: DOES NOT MATCH: ');
    expect(end.stdout, what).toContain(words);
  }
  const changed = await verified(html.replaceAll('100 bytes', '10 bytes'));
  expect(changed).toMatchObject({ code: 1 });
  expect(changed.stdout).toMatch(/line \d+ of it is not what its content says/);
  expect(await verified('no receipt')).toMatchObject({ code: 6 });
  expect((await oversign('verify', '--receipt', join(base, 'none'))).code).toBe(6);
  mkdirSync(join(base, 'folder'));
  expect((await oversign('verify', '--receipt', join(base, 'folder'))).code).toBe(6);
  const json = JSON.parse((await oversign('verify', '--json', '--receipt', file)).stdout) as object;
  expect(json).toMatchObject({ state: 'unchecked' });
});

test('a receipt of another account’s log is of another log; of a run that went on it is said', async () => {
  const [mine, theirs] = [await place(), await place()];
  mine.write(sending(RUN, mine.folder));
  theirs.write(sending(RUN, theirs.folder));
  const receipt = join(mine.base, 'r.json');
  expect((await theirs.oversign('exposure', RUN, '--receipt', 'json', '--output', receipt)).code).toBe(0);
  expect((await mine.oversign('verify', '--receipt', receipt)).stdout).toContain(
    'DOES NOT MATCH: it is of another log',
  );
  expect((await theirs.oversign('verify', '--receipt', receipt)).code).toBe(0);
  theirs.write(sending(RUN, theirs.folder));
  const end = await theirs.oversign('verify', '--receipt', receipt);
  expect(end.stdout).toContain('MATCHES: the receipt says what the log says. The run went on since: 10 later events');
});

test('erased texts: a receipt from before is checked as far as can be, one from afterwards says it', async () => {
  const { oversign, write, folder, base } = await place();
  write(sending(RUN, folder));
  const [before, after] = [join(base, 'before.html'), join(base, 'after.md')];
  await oversign('exposure', RUN, '--receipt', 'html', '--output', before);
  expect((await oversign('erase', '--run', RUN, '--yes')).code).toBe(0);
  const end = await oversign('verify', '--receipt', before);
  expect(end.stdout).toContain('MATCHES AS FAR AS THE LOG STILL KNOWS: 6 texts were erased since.');
  expect(end.code).toBe(6);
  writeFileSync(
    before,
    forged(readFileSync(before, 'utf8'), ({ destinations }) => void destinations.pop()),
  );
  expect((await oversign('verify', '--receipt', before)).code).toBe(1);
  await oversign('exposure', RUN, '--receipt', 'md', '--output', after);
  const text = readFileSync(after, 'utf8');
  expect(text).toContain('6 of 6 texts were erased from the log.');
  expect(text).not.toContain('a.ts');
  expect(text).toContain('Sent: 100 bytes in 1 request');
  expect(await oversign('verify', '--receipt', after)).toMatchObject({ code: 0 });
});
