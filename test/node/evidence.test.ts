import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mergePolicies, type AuditPolicy } from '../../src/core/policy/merge.ts';
import { AuditClient } from '../../src/node/audit/auditClient.ts';
import { Evidence } from '../../src/node/audit/evidence.ts';
import { headLine, headsOf } from '../../src/node/audit/witness/seenHead.ts';
import type { NewEvent } from '../../src/shared/auditEvent.ts';
import { runCli } from '../support/cli.ts';
import { eventsOfRun } from '../support/manyEvents.ts';
import { layerOf } from '../support/policies.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const privacy = () => Promise.resolve(mergePolicies([]));

interface Desk {
  base: string;
  audit: AuditClient;
  evidence: Evidence;
  record(events: readonly NewEvent[]): Promise<void>;
}

async function desk(): Promise<Desk> {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', 'data/oversign/.keep': '' });
  const data = join(base, 'data/oversign');
  const audit = await AuditClient.open(data);
  const evidence = new Evidence({
    audit,
    data,
    home: join(base, 'home'),
    environment: {},
    version: '',
    witnesses: [],
    privacy,
  });
  onTestFinished(() => evidence[Symbol.asyncDispose]());
  return {
    base,
    audit,
    evidence,
    async record(events) {
      for (const event of events) await audit.append(event);
    },
  };
}

/** What the policy says of the log, as text of the user's policy. */
function policyOf(audit: string): AuditPolicy {
  return mergePolicies([layerOf(`audit:\n${audit}`, 'user')]).audit;
}

const verdictOf = ({ evidence }: Desk) => evidence.verify(new AbortController().signal);
const headsIn = (file: string) => headsOf(readFileSync(file, 'utf8'));

test('several witness files get every signature; one that cannot be written is named and holds up nothing', async () => {
  const one = await desk();
  const [first, second, none] = [join(one.base, 'w 1.jsonl'), join(one.base, 'home/w2.jsonl'), join(one.base, 'no/w')];
  one.evidence.follow(policyOf(`  witness_files: [${JSON.stringify(first)}, ~/w2.jsonl, ${none}]\n`));
  await one.record(eventsOfRun(1, 60));
  const states = await one.evidence.states();
  expect(states.map(({ ok }) => ok)).toEqual([true, true, false]);
  expect(states[2]).toMatchObject({ name: `witness ${none}`, words: expect.stringContaining('ENOENT') as string });
  const { heads, strange } = headsIn(first);
  expect([strange, headsIn(second).heads]).toEqual([0, heads]);
  expect(heads.length).toBeGreaterThan(5);
  const verdict = await verdictOf(one);
  expect(verdict).toMatchObject({ ok: true, uncovered: 0 });
  expect(verdict?.witnesses.map(({ upTo, problem }) => [upTo, problem === undefined])).toEqual([
    [heads.at(-1)?.seq, true],
    [heads.at(-1)?.seq, true],
    [0, false],
  ]);
  // What was in its way is gone: it gets the next signature, and what was before is covered by that.
  mkdirSync(join(one.base, 'no'));
  await one.record(eventsOfRun(2, 20));
  expect((await one.evidence.states()).every(({ ok }) => ok)).toBe(true);
  expect(headsIn(none).heads.at(-1)).toEqual(headsIn(first).heads.at(-1));
});

test('a witness that is new gets the last signature; one that is not named any more gets nothing', async () => {
  const one = await desk();
  const [first, second] = [join(one.base, 'w1'), join(one.base, 'w2')];
  one.evidence.follow(policyOf(`  witness_files: [${first}]\n`));
  await one.record(eventsOfRun(1, 20));
  await one.evidence.states();
  const before = readFileSync(first, 'utf8');
  one.evidence.follow(policyOf(`  witness_files: [${second}]\n`));
  await one.evidence.states();
  expect(headsIn(second).heads).toEqual(headsOf(before).heads.slice(-1));
  await one.record(eventsOfRun(2, 20));
  await one.evidence.states();
  expect(readFileSync(first, 'utf8')).toBe(before);
  expect(headsIn(second).heads.length).toBeGreaterThan(1);
});

test('a witness file of this account alone, appended to and never rewritten', async () => {
  const one = await desk();
  const file = join(one.base, 'w');
  one.evidence.follow(policyOf(`  witness_files: [${file}]\n`));
  await one.record(eventsOfRun(1, 20));
  await one.evidence.states();
  expect(spawnSync('stat', ['-c', '%a', file], { encoding: 'utf8' }).stdout).toBe('600\n');
  const before = readFileSync(file, 'utf8');
  await one.record(eventsOfRun(2, 20));
  await one.evidence.states();
  expect(readFileSync(file, 'utf8').startsWith(before)).toBe(true);
});

test('garbage in a witness file: what is whole counts, also after a line that was cut off', async () => {
  const one = await desk();
  const file = join(one.base, 'w');
  writeFileSync(file, '\u001b[2J not JSON\n{"oversign":"head 1","place":"x"}\n\0\0\0\n[1,2]\nnull\n{"cut off');
  one.evidence.follow(policyOf(`  witness_files: [${file}]\n`));
  await one.record(eventsOfRun(1, 40));
  const verdict = await verdictOf(one);
  expect(verdict).toMatchObject({ ok: true, uncovered: 0 });
  expect(verdict?.witnesses[0]?.heads).toBeGreaterThan(3);
  const { heads } = headsIn(file);
  const [head] = heads;
  if (!head) throw new Error('no head was written');
  writeFileSync(file, `${headLine({ ...head, hash: '0'.repeat(64) })}garbage\n`);
  expect(await verdictOf(one)).toMatchObject({ ok: false, problem: { seq: head.seq, property: 'witness' } });
  writeFileSync(file, headLine({ ...head, seq: 9999 }));
  expect((await verdictOf(one))?.problem?.words).toContain('it is missing, and what follows');
});

test('a pipe as a witness that nobody reads holds up nothing', { timeout: 30_000 }, async () => {
  const one = await desk();
  const [pipe, file] = [join(one.base, 'pipe'), join(one.base, 'w')];
  expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
  one.evidence.follow(policyOf(`  witness_files: [${pipe}, ${file}]\n`));
  await one.record(eventsOfRun(1, 20));
  const states = await one.evidence.states();
  expect(states.map(({ ok }) => ok)).toEqual([false, true]);
  expect(await verdictOf(one)).toMatchObject({ ok: true, uncovered: 0 });
});

test('what a collector wrote as OTLP JSON is a witness, whatever else is in it', async () => {
  const one = await desk();
  const file = join(one.base, 'w');
  one.evidence.follow(policyOf(`  witness_files: [${file}]\n`));
  await one.record(eventsOfRun(1, 40));
  await one.evidence.states();
  const records = headsIn(file).heads.map(({ place, log, seq, hash, time }, at) => ({
    body: { stringValue: '{}' },
    attributes: [
      ...Object.entries({ place, log, hash, time }).map(([key, stringValue]) => ({
        key: `oversign.${key}`,
        value: { stringValue },
      })),
      { key: 'oversign.seq', value: { intValue: at % 2 === 0 ? String(seq) : seq } },
      { key: 'other', value: { arrayValue: { values: [] } } },
    ],
  }));
  const request = (logRecords: unknown[]): string =>
    JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
  const foreign = request([
    { attributes: [] },
    {},
    { attributes: [{ key: 'oversign.seq', value: { intValue: '3' } }] },
  ]);
  const collector = join(one.base, 'collector.json');
  writeFileSync(collector, `${foreign}\n${JSON.stringify({ resourceSpans: [] })}\n${request(records)}\n`);
  expect(headsIn(collector)).toEqual({ heads: headsIn(file).heads, strange: 1 });
  const { base } = one;
  const said = await runCli(['verify', '--witness', collector, '--json'], { base });
  expect(said.code).toBe(0);
  const verdict = JSON.parse(said.stdout) as { witnesses: object[]; uncovered: number };
  expect(verdict.witnesses).toMatchObject([{ name: collector, heads: records.length }]);
  writeFileSync(collector, request(records).replace(/"intValue":"?(\d+)"?/, '"intValue":"7777"'));
  expect((await runCli(['verify', '--witness', collector], { base })).stdout).toMatch(/^NOT WHOLE: .*\(witness\)/);
});

test('only the user’s and the organization’s policy count; what a workspace or a run says is noted', () => {
  const text = (file: string, days: number): string =>
    `audit: { witness_files: [${file}], otlp: { endpoint: 'http://${days}.example' }, retention: { days: ${days} } }`;
  const layers = [
    layerOf(text('/o', 30), 'organization'),
    layerOf(text('/u', 10), 'user'),
    { ...layerOf(text('/w', 1), 'workspace', '/w'), isAccepted: true },
    layerOf(text('/r', 2), 'run'),
  ];
  const all = mergePolicies(layers);
  expect(all.audit.witnessFiles.map(({ value }) => value)).toEqual(['/o', '/u']);
  expect(all.audit.otlp.value?.endpoint).toBe('http://30.example');
  expect(all.audit.retention.days).toMatchObject({ value: 30, origin: { layer: 'organization' } });
  const notes = JSON.stringify(all.notes);
  for (const layer of ['workspace', 'run']) expect(notes.split(`"file":"${layer}.yaml"`).length - 1).toBe(3);
  expect(all.notes.filter(({ file }) => file === 'user.yaml')).toHaveLength(2);
  const alone = mergePolicies(layers.slice(2));
  expect(alone.audit).toMatchObject({ witnessFiles: [], otlp: { value: null }, retention: { days: { value: null } } });
  expect(mergePolicies(layers.slice(1)).audit.retention.days.value).toBe(10);
});

test('retention of the policy: by size and by days, once for the same process, and never by asking alone', async () => {
  const one = await desk();
  await one.record([...eventsOfRun(1, 60), ...eventsOfRun(2, 60)]);
  const texts = async (): Promise<number> =>
    (await one.audit.events('run-000001')).filter(({ payload }) => payload !== undefined).length;
  const small = policyOf('  retention: { size: 1k }\n');
  one.evidence.ask(small);
  one.evidence.follow(policyOf('  retention: { days: 1 }\n'));
  expect(await texts()).toBeGreaterThan(30);
  one.evidence.follow(small); // has looked today already
  expect(await texts()).toBeGreaterThan(30);
  const again = new Evidence({
    audit: one.audit,
    data: one.base,
    home: one.base,
    environment: {},
    version: '',
    witnesses: [],
    privacy,
  });
  again.follow(small);
  expect(await texts()).toBe(0);
  expect((await verdictOf(one))?.ok).toBe(true);
});

test('verify, history and report tell witnesses nothing and send nothing; erasing tells them', async () => {
  const base = await temporaryFolder();
  const [file, locked] = [join(base, 'w'), join(base, 'locked')];
  await plant(base, {
    'home/.keep': '',
    'locked/.keep': '',
    'config/oversign/policy.yaml': `audit: { witness_files: [${file}, ${locked}/w], otlp: { endpoint: 'http://127.0.0.1:9' }, retention: { days: 1, size: 1k } }\n`,
  });
  chmodSync(locked, 0o500);
  const data = join(base, 'data/oversign');
  const audit = await AuditClient.open(data);
  for (const event of eventsOfRun(1, 20)) await audit.append(event);
  await audit[Symbol.asyncDispose]();
  for (const args of [['history'], ['report', 'run-000001'], ['questions'], ['key'], ['export']])
    expect([args, (await runCli(args, { base })).code]).toEqual([args, 0]);
  expect((await runCli(['verify'], { base })).code).toBe(6); // neither of them has seen it
  expect([existsSync(file), existsSync(join(locked, 'w'))]).toEqual([false, false]);
  expect(readdirSync(data).filter((name) => name.includes('otlp'))).toEqual([]);
  expect((await runCli(['history', 'run-000001', '--json'], { base })).stdout).toContain('"payload"');
  expect((await runCli(['erase', '--run', 'run-000001', '--yes'], { base })).code).toBe(0);
  expect(headsIn(file).heads).toHaveLength(1);
});
