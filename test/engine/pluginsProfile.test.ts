// What a plugin's profile gives it: the controls of what pluginsAttacked.test.ts is refused.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { httpServer, namesOf } from '../support/httpWorld.ts';
import { runCli } from '../support/cli.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { workbench, type Turn, type Workbench } from '../support/workbench.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';

const SERVER = readFileSync('test/fixtures/hostileServer.mjs', 'utf8');
const BOTH: Turn[] = [
  { calls: [{ name: 'start_plugin', args: { plugin: 'one' } }] },
  { calls: [{ name: 'one__ask', args: { q: 'x' } }] },
];

async function played(bench: Workbench, turns = BOTH): Promise<{ told: string[]; events: AuditRecord[] }> {
  let told: string[] = [];
  const events = await bench.run((request, turn) => {
    told = request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : []));
    return turns[turn] ?? { text: 'done' };
  });
  return { told, events };
}

const policyOf = (attack: string, more: object): string =>
  `plugins: {servers: ${JSON.stringify([{ name: 'one', command: ['node', 'server.mjs', ...attack.split('|')], tools: ['ask'], folders: ['.'], ...more }])}}\n`;

test('one that may change its folders does, and what it changed is recorded with its start, and comes back', async () => {
  const bench = await workbench({
    files: { 'server.mjs': SERVER },
    userPolicy: policyOf('a file', { writable: true }),
  });
  const { told, events } = await played(bench);
  expect(told[1]).toMatch(/written$/);
  const file = join(bench.folder, 'made.txt');
  expect(existsSync(file)).toBe(true);
  const [started] = events.filter(({ type, data }) => type === 'started' && data['tool'] === 'start_plugin');
  const own = events.filter(({ action }) => action === started?.action).map(({ type }) => type);
  expect(own.slice(-3)).toEqual(['started', 'changed', 'finished'].slice(-own.length));
  const changed = events.find(({ type }) => type === 'changed');
  expect(JSON.stringify([changed?.data, changed?.payload])).toContain('made.txt');
});

test('a host of its profile is reached through the door, decided and recorded like a command’s; no other one is', async () => {
  const server = await httpServer((response) => response.end('hello from outside'));
  const { port } = server;
  const lookUp = namesOf({ 'api.test': ['127.0.0.1'], 'other.test': ['127.0.0.1'] });
  const allowed = `allowed_domains: ["api.test:${port}", "other.test:${port}", "127.0.0.1:${port}"]\n`;
  const hosts = { hosts: [`api.test:${port}`] };
  for (const [host, words] of [
    ['api.test', /hello from outside$/],
    ['other.test', /refused/],
  ] as const) {
    const userPolicy = allowed + policyOf(`a web page|http://${host}:${port}/x`, hosts);
    const bench = await workbench({ files: { 'server.mjs': SERVER }, userPolicy, lookUp });
    const { told, events } = await played(bench);
    expect(told[1]).toMatch(words);
    expect(events.filter(({ type }) => type === 'egress').map(({ data }) => data['origin'])).toEqual(
      host === 'api.test' ? [`tcp://api.test:${port}`] : [],
    );
  }
  expect(server.got).toHaveLength(1);
});

test('a variable that it is given is in no record, and in no card', async () => {
  const bench = await workbench({
    files: { 'server.mjs': SERVER },
    environment: { GIVEN: 'value-of-it-71' },
    userPolicy: policyOf('other variables', { variables: ['GIVEN'] }),
  });
  const { told, events } = await played(bench);
  expect(told[1]).toContain('GIVEN');
  expect(JSON.stringify(events)).not.toContain('value-of-it-71');
  expect(JSON.stringify(bench.asked)).not.toContain('value-of-it-71');
});

test('an approval of its tool covers later calls in its run, and no other tool or definition', async () => {
  const bench = await workbench({
    files: { 'server.mjs': SERVER },
    userPolicy: policyOf('another definition once accepted', {}),
    answer: ({ tool, grantOffers }) => ({
      choice: tool === 'one__ask' ? ('approve-and-grant' as const) : ('approve' as const),
      ...(tool === 'one__ask' && { grant: { offer: grantOffers.at(-1)?.id ?? '', until: { kind: 'run' as const } } }),
    }),
  });
  const again: Turn = { calls: [{ name: 'one__ask', args: { q: 'y' } }] };
  const { told } = await played(bench, [...BOTH, again, again, again]);
  // The definition changes with the first call: what was granted says nothing of the new one.
  expect(told[2]).toContain('its definition has changed');
  expect(bench.asked.map(({ tool }) => tool)).toEqual([
    ...['start_plugin', 'accept_plugin', 'one__ask'],
    ...['accept_plugin', 'one__ask'],
  ]);
  expect(told[4]).toMatch(/fine$/);
});

test('what would be fetched when it starts, and what stands in no sandbox, is not started', async () => {
  const npx = `plugins: {servers: [{name: one, command: [npx, -y, something], tools: [ask]}]}\n`;
  for (const [policy, why] of [
    [npx, /takes a package from somewhere when it starts/],
    [`sandbox: false\n${policyOf('none', {})}`, /run in a sandbox alone/],
  ] as const) {
    const bench = await workbench({ files: { 'server.mjs': SERVER }, userPolicy: policy });
    const { told } = await played(bench);
    expect(told[0]).toMatch(why);
    expect(bench.asked).toEqual([]);
  }
});

test('the command line lists plugins, and takes back what was accepted', async () => {
  const base = await temporaryFolder();
  await plant(base, {
    'home/.keep': '',
    'work/server.mjs': SERVER,
    'mine.yaml': policyOf('none', {}),
  });
  const list = (...more: string[]) =>
    runCli(['plugins', ...more, '--workspace', 'work', '--user-policy', 'mine.yaml'], { base }, '');
  const end = await list();
  expect(end.stderr).toBe('');
  expect(end.stdout).toMatch(/^one: never accepted: it asks when it is started\n {2}command: "node" "server\.mjs"/);
  expect(JSON.parse((await list('--json')).stdout)).toMatchObject({ format: 'oversign.plugin/1', state: 'new' });
  expect((await list('forget', 'one')).stderr).toContain('nothing of a plugin "one" was accepted here');
});

test('a list of what was accepted that cannot be read accepts nothing', async () => {
  const bench = await workbench({ files: { 'server.mjs': SERVER }, userPolicy: policyOf('none', {}) });
  await played(bench);
  const file = join(bench.data, 'accepted-plugins.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ plugins: [{ plugin: 'one' }] });
  writeFileSync(file, '{"version": 1, "plugins": [{');
  await played(bench);
  expect(bench.asked.filter(({ tool }) => tool === 'accept_plugin')).toHaveLength(2);
});
