import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AcceptanceOffer } from '../../src/core/lab/policyRecord.ts';
import { Acceptance } from '../../src/node/policy/acceptance.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { temporaryFolder } from '../support/tree.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

const digestOf = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const POLICY = `confirm_actions: false
max_iterations: 30
timeout: 700
own_paths: [.]
sandbox: {memory: 3g, cpu: 400, disk: 2g, processes: 600}
environment: {allowed_variables: [LANG]}
grants: {max_minutes: 90, max_uses: 30}
tools: {code_execution: {timeout: 200}}
rules:
  - {decision: allow, commands: [npm test], why: checks}
`;
const KEYS =
  'max_iterations timeout own_paths sandbox.memory sandbox.cpu sandbox.disk sandbox.processes environment.allowed_variables grants.max_minutes grants.max_uses tools.code_execution.timeout rules'.split(
    ' ',
  );

describe('an engine with a workspace policy that loosens', () => {
  const opened = async (text = POLICY): Promise<Workbench & { file: string }> => {
    const bench = await workbench({ files: { '.oversign/policy.yaml': text } });
    return Object.assign(bench, { file: join(bench.folder, '.oversign/policy.yaml') });
  };
  const policyEvents = (bench: Workbench): Promise<AuditRecord[]> => bench.node.audit.events('policy');
  const onlyOffer = async (bench: Workbench): Promise<AcceptanceOffer> => {
    const [offer, ...more] = await bench.engine.acceptable();
    if (!offer || more.length > 0) throw new Error('there is not exactly one offer');
    return offer;
  };
  const accept = async (bench: Workbench): Promise<void> =>
    bench.engine.accept(await onlyOffer(bench), bench.node.acceptance);
  const turns = async (bench: Workbench): Promise<number> => (await bench.engine.policy()).maxIterations.value;

  test('ignores it until the user accepts it, and then says in the log what that changed, key by key', async () => {
    const bench = await opened();
    await bench.run([{}]);
    expect(await turns(bench)).toBe(25);
    const offer = await onlyOffer(bench);
    expect(offer).toMatchObject({ file: bench.file, digest: digestOf(POLICY) });
    await bench.engine.accept(offer, bench.node.acceptance);
    expect(await turns(bench)).toBe(30);
    const policy = await bench.engine.policy();
    // How a run works is a person's choice: no workspace loosens that, accepted or not.
    expect([policy.confirmActions.value, policy.ownPaths.length, policy.rules[0]?.[0]?.mayLoosen]).toEqual([
      true,
      1,
      true,
    ]);
    const events = await policyEvents(bench);
    expect(events.map(({ type }) => type)).toEqual(['policy_changed', 'policy_accepted', 'policy_changed']);
    expect(events[1]).toMatchObject({
      run: 'policy',
      data: { digest: digestOf(POLICY) },
      payload: { file: bench.file },
    });
    expect(events[2]?.data['before']).toBe(events[0]?.data['policy']);
    expect(events[2]?.data['policy']).not.toBe(events[0]?.data['policy']);
    const words = (events[1]?.payload?.['change'] as string[]).join('\n');
    for (const key of KEYS) expect(words, key).toMatch(new RegExp(`^\\+ ${key.replaceAll('.', '\\.')}: `, 'm'));
    expect(words).toContain('- max_iterations: 25\n');
    expect(await bench.engine.acceptable()).toEqual([]); // nothing is left to accept
  });

  test.each<[string, (text: string) => string | Buffer]>([
    ['a comment more', (text) => `${text}#`],
    ['a blank at the end', (text) => `${text} `],
    ['another line ending', (text) => text.replace('\n', '\r\n')],
    ['one digit', (text) => text.replace('30', '31')],
    ['one byte less', (text) => text.slice(0, -1)],
    ['a byte order mark', (text) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)])],
  ])('another content is not accepted: %s', async (_name, change) => {
    const bench = await opened();
    await accept(bench);
    expect(await turns(bench)).toBe(30);
    writeFileSync(bench.file, change(POLICY));
    expect(await turns(bench)).toBe(25);
    expect(await bench.engine.acceptable()).toHaveLength(1);
    writeFileSync(bench.file, POLICY);
    expect(await turns(bench)).toBe(30); // bound to the content, so the old one counts again
  });

  test('a file that changes between question and answer is not accepted by the answer', async () => {
    const bench = await opened();
    const offer = await onlyOffer(bench);
    writeFileSync(bench.file, POLICY.replace('30', '900'));
    await bench.engine.accept(offer, bench.node.acceptance);
    expect(await turns(bench)).toBe(25);
  });

  test('a run that goes on keeps its start: what is accepted meanwhile counts for the next one', async () => {
    const bench = await opened('rules: [{decision: allow, tools: [write_file], why: ours}]\n');
    const write = { calls: [{ name: 'write_file', args: { path: 'n.txt', content: 'x' } }] };
    const events = await bench.run(async (_request, turn) => {
      if (turn === 0) await accept(bench);
      return turn === 0 ? write : {};
    });
    expect(bench.asked).toHaveLength(1);
    expect(events.map(({ type }) => type)).toContain('policy_changed'); // in the log of the run, too
    await bench.run([{ calls: [{ name: 'write_file', args: { path: 'm.txt', content: 'x' } }] }]);
    expect(bench.asked).toHaveLength(1);
  });

  test('the agent cannot accept for the user: neither the policy nor the list of accepted ones can be written', async () => {
    const bench = await opened();
    const list = join(bench.data, 'accepted-policies.json');
    const text = JSON.stringify({ version: 1, accepted: { [bench.file]: digestOf(POLICY) } });
    await bench.run([
      { calls: [{ name: 'write_file', args: { path: list, content: text } }] },
      { calls: [{ name: 'write_file', args: { path: '.oversign/policy.yaml', content: 'timeout: 9000' } }] },
      { calls: [{ name: 'run_command', args: { command: `bash -s <<'E'\ncp README.md ${list}\nE` } }] },
    ]);
    expect(existsSync(list)).toBe(false);
    expect(readFileSync(bench.file, 'utf8')).toBe(POLICY);
    expect(await turns(bench)).toBe(25);
  });

  test('nothing is loosened when the record of the acceptance cannot be written', async () => {
    const bench = await opened();
    const offer = await onlyOffer(bench);
    await bench.node.audit[Symbol.asyncDispose]();
    await expect(bench.engine.accept(offer, bench.node.acceptance)).rejects.toThrow();
    expect(existsSync(join(bench.data, 'accepted-policies.json'))).toBe(false);
    expect(await turns(bench)).toBe(25);
  });
});

describe('the list of accepted policies', () => {
  const FILE = '/w/.oversign/policy.yaml';
  const DIGEST = digestOf(POLICY);
  const good = { version: 1, accepted: { [FILE]: DIGEST } };

  test.each<[string, string]>([
    ['is no JSON', '{'],
    ['is empty', ''],
    ['is null', 'null'],
    ['is a list', '[]'],
    ['has another version', JSON.stringify({ ...good, version: 2 })],
    ['has a key more', JSON.stringify({ ...good, all: true })],
    ['lacks its entries', '{"version":1}'],
    ['has a digest that is none', JSON.stringify({ version: 1, accepted: { [FILE]: DIGEST, x: '*' } })],
    ['has true for a digest', JSON.stringify({ version: 1, accepted: { [FILE]: true } })],
    ['has a digest in capitals', JSON.stringify({ version: 1, accepted: { [FILE]: DIGEST.toUpperCase() } })],
    ['has entries that are a list', JSON.stringify({ version: 1, accepted: [FILE, DIGEST] })],
    ['is nested without end', '['.repeat(200_000)],
    ['is huge', `{"version":1,"accepted":{${JSON.stringify(FILE)}:"${DIGEST}","x":"${'a'.repeat(20_000_000)}"}}`],
    ['is not UTF-8', '\u{FFFD}'],
  ])('accepts nothing, and says so, when it %s', async (_name, text) => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'accepted-policies.json'), text);
    const loaded = new Acceptance(folder).load();
    expect(loaded.has(FILE, DIGEST)).toBe(false);
    expect(loaded.problem).toMatchObject({ severity: 'warning', file: join(folder, 'accepted-policies.json') });
    expect(loaded.problem?.message).toContain('none counts as accepted');
  });

  test('accepts nothing, and says so, when a folder stands in its place; accepting then fails aloud', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'accepted-policies.json'));
    const acceptance = new Acceptance(folder);
    expect(acceptance.load().problem?.message).toContain('cannot be read');
    await expect(acceptance.accept(FILE, DIGEST)).rejects.toThrow();
    expect(acceptance.load().has(FILE, DIGEST)).toBe(false);
  });

  test.skipIf(process.getuid?.() === 0)(
    '(skipped for root, whom no mode stops) fails aloud where it cannot be written',
    async () => {
      const folder = await temporaryFolder();
      chmodSync(folder, 0o500);
      await expect(new Acceptance(folder).accept(FILE, DIGEST)).rejects.toThrow();
    },
  );

  test('fails aloud where its folder is gone', async () => {
    const acceptance = new Acceptance(join(await temporaryFolder(), 'gone'));
    await expect(acceptance.accept(FILE, DIGEST)).rejects.toThrow();
    expect(acceptance.load().has(FILE, DIGEST)).toBe(false);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'knows no policy called %s, before and after another was accepted',
    async (name) => {
      const folder = await temporaryFolder();
      const acceptance = new Acceptance(folder);
      expect(acceptance.load().has(name, DIGEST)).toBe(false);
      await acceptance.accept(FILE, DIGEST);
      const loaded = acceptance.load();
      expect(loaded.has(name, DIGEST)).toBe(false);
      expect(loaded.has(FILE, DIGEST)).toBe(true);
      expect(loaded.has(`${FILE}/`, DIGEST)).toBe(false);
      expect(loaded.has(FILE, '')).toBe(false);
      writeFileSync(
        join(folder, 'accepted-policies.json'),
        `{"version":1,"accepted":{"__proto__":{${JSON.stringify(FILE)}:"${DIGEST}"}}}`,
      );
      expect(acceptance.load().has(FILE, DIGEST)).toBe(false);
    },
  );

  test('keeps what was accepted before, is for its owner alone, and is whole after two acceptances at once', async () => {
    const folder = await temporaryFolder();
    const acceptance = new Acceptance(folder);
    await acceptance.accept(FILE, DIGEST);
    await acceptance.accept('/other', digestOf('x'));
    await acceptance.accept(FILE, digestOf('y'));
    const loaded = acceptance.load();
    expect([loaded.has(FILE, DIGEST), loaded.has(FILE, digestOf('y')), loaded.has('/other', digestOf('x'))]).toEqual([
      false,
      true,
      true,
    ]);
    await Promise.all([acceptance.accept('/a', DIGEST), acceptance.accept('/b', DIGEST)]);
    expect(acceptance.load().problem).toBeUndefined();
  });
});
