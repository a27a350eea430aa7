import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { NodeParts } from '../../src/node/engineParts.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { httpServer } from '../support/httpWorld.ts';
import { outcomes, workbench, type Workbench, type WorkbenchOptions } from '../support/workbench.ts';

// A secret that the policy names: the model writes its name, and its own host alone gets the value.

const VALUE = 'zq9-Tr0ub4dor&3/xyz';
const HEADER = 'authorization: Bearer {{secret:mine}}';

const policy = (port: number, more = ''): string => `allowed_domains: ["127.0.0.1:${port}", "127.0.0.2:${port}"]
tools: {api_calls: {enabled: true, require_confirmation: false}}
secrets:
  - name: mine
    hosts: ["127.0.0.1:${port}", "far.test"]
    variable: MINE_TOKEN
${more}`;

const asking = (...all: object[]) => all.map((args) => ({ calls: [{ name: 'http_request', args }] }));
const output = (events: readonly AuditRecord[]): string =>
  events.flatMap(({ payload }) => String(payload?.['output'] ?? payload?.['error'] ?? '')).join('\n');
const rules = (events: readonly AuditRecord[]): unknown[] =>
  events.flatMap(({ type, data }) => (type === 'decided' ? [data['rule']] : []));

const world = (userPolicy: string, options: WorkbenchOptions = {}): Promise<Workbench> =>
  workbench({ userPolicy, environment: { MINE_TOKEN: VALUE }, answer: () => ({ choice: 'approve' }), ...options });

/** Whether a text stands in any file below a folder. */
function isIn(folder: string, text: string): boolean {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).some(
    (entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(text),
  );
}

test.each([
  ['in a variable', { environment: { MINE_TOKEN: VALUE } }, '[redacted:MINE_TOKEN]'],
  [
    'by the editor',
    {
      environment: {},
      change: ({ parts }: NodeParts) => {
        parts.secretValues = { valueOf: ({ name }) => Promise.resolve(name === 'mine' ? VALUE : undefined) };
      },
    },
    '[redacted:mine]',
  ],
])(
  'kept %s, it reaches its host, and is masked in whatever comes back, in every form; nothing else keeps it',
  async (_name, kept, mask) => {
    const server = await httpServer((response, { headers }) => {
      const said = headers.authorization ?? '';
      const base64 = Buffer.from(said).toString('base64');
      response.setHeader('x-echo', said).end(`${said}\n${base64}\n${encodeURIComponent(said)}\nfine`);
    });
    const bench = await world(policy(server.port), kept);
    const sent: string[] = [];
    const events = await bench.run((request, turn) => {
      sent.push(JSON.stringify(request));
      return asking({ url: `http://127.0.0.1:${server.port}/`, headers: [HEADER] })[turn] ?? {};
    });
    expect(server.got.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${VALUE}`]);
    expect(output(events)).toContain('fine');
    expect(output(events)).toContain(mask);
    const everything = JSON.stringify([events, bench.asked, bench.engine.view(), sent]);
    for (const form of [VALUE, Buffer.from(VALUE).toString('base64').slice(0, 16), encodeURIComponent(VALUE)])
      expect(everything).not.toContain(form);
    expect(isIn(bench.data, VALUE)).toBe(false);
    expect(isIn(bench.data, 'secret:mine')).toBe(true); // the control: the request is recorded, as it was written
    const flags = events.filter(({ type }) => type === 'flags').at(-1)?.data;
    expect(flags).toMatchObject({ private: true, untrusted: true, outward: true });
  },
);

describe('it goes nowhere else', () => {
  test.each([
    ['another host', (port: number) => ({ url: `http://127.0.0.2:${port}/`, headers: [HEADER] }), 'belongs to'],
    ['without encryption', () => ({ url: 'http://far.test:443/', headers: [HEADER] }), 'encrypted alone'],
    [
      'a name that is not in the policy',
      (port: number) => ({ url: `http://127.0.0.1:${port}/`, headers: ['a: {{secret:other}}'] }),
      'names no secret',
    ],
    ['in the address', (port: number) => ({ url: `http://127.0.0.1:${port}/?q={{secret:mine}}` }), 'a header alone'],
    [
      'in the body',
      (port: number) => ({ method: 'POST', url: `http://127.0.0.1:${port}/`, body: '{{secret:mine}}' }),
      'a header alone',
    ],
    [
      'in another spelling',
      (port: number) => ({ url: `http://127.0.0.1:${port}/`, headers: ['a: {{ SECRET:mine }}'] }),
      'a header alone',
    ],
    [
      'in the name of a header',
      (port: number) => ({ url: `http://127.0.0.1:${port}/`, headers: ['{{secret:mine}}: a'] }),
      'is no header',
    ],
    [
      'two names in one',
      (port: number) => ({ url: `http://127.0.0.1:${port}/`, headers: ['a: {{secret:mine}}{{secret:other}}'] }),
      'names no secret',
    ],
  ])('%s', async (_name, args, says) => {
    const server = await httpServer((response) => response.end('fine'));
    const other = await httpServer((response) => response.end('fine'));
    const bench = await world(policy(server.port, ''));
    const events = await bench.run(asking(args(server.port)));
    expect(JSON.stringify(events)).toContain(says);
    expect(bench.asked).toEqual([]);
    expect([...server.got, ...other.got]).toEqual([]);
  });
});

test.each([
  ['nobody keeps one', {}, 'nobody keeps a value'],
  ['it is empty', { MINE_TOKEN: ' ' }, 'nobody keeps a value'],
  ['it has lines', { MINE_TOKEN: 'abcdef\r\nx-more: 1' }, 'characters that no header has'],
  ['it is an ordinary word', { MINE_TOKEN: 'password' }, 'could not be masked'],
  ['control: it has a line end behind it', { MINE_TOKEN: `${VALUE}\n` }, 'fine'],
])('a value that cannot be sent is said before anybody is asked: %s', async (_name, environment, says) => {
  const server = await httpServer((response) => response.end('fine'));
  const bench = await world(policy(server.port).replace('require_confirmation: false', 'require_confirmation: true'), {
    environment,
  });
  const events = await bench.run(asking({ url: `http://127.0.0.1:${server.port}/`, headers: [HEADER] }));
  expect(JSON.stringify(events)).toContain(says);
  expect(bench.asked).toHaveLength(says === 'fine' ? 1 : 0);
});

test('the card says which one and for which host, never the value', async () => {
  const server = await httpServer((response) => response.end('fine'));
  const bench = await world(policy(server.port).replace('require_confirmation: false', 'require_confirmation: true'));
  await bench.run(asking({ url: `http://127.0.0.1:${server.port}/`, headers: [HEADER] }));
  const card = JSON.stringify(bench.asked[0]?.card);
  expect(card).toContain('put in when it leaves, for ');
  expect(card).toContain(HEADER);
  expect(card).not.toContain(VALUE);
});

test('what is remembered for requests without it does not cover one with it', async () => {
  const server = await httpServer((response) => response.end('fine'));
  const bench = await world(policy(server.port).replace('require_confirmation: false', 'require_confirmation: true'), {
    answer: ({ grantOffers }) => {
      const method = grantOffers.find(({ id }) => id === 'method');
      return method
        ? { choice: 'approve-and-grant', grant: { offer: 'method', until: { kind: 'run' } } }
        : { choice: 'approve' };
    },
  });
  const url = `http://127.0.0.1:${server.port}/`;
  await bench.run(asking({ url: `${url}a` }, { url: `${url}b` }, { url: `${url}c`, headers: [HEADER] }));
  expect(bench.asked.map(({ title }) => title)).toEqual([`Send GET ${url}a`, `Send GET ${url}c`]);
});

test('a workspace names none', async () => {
  const server = await httpServer((response) => response.end('fine'));
  const own = policy(server.port);
  const bench = await world(own.slice(0, own.indexOf('secrets:')), {
    files: { '.oversign/policy.yaml': own.slice(own.indexOf('secrets:')) },
  });
  const events = await bench.run(asking({ url: `http://127.0.0.1:${server.port}/`, headers: [HEADER] }));
  expect([rules(events), server.got, outcomes(events)]).toEqual([['secrets'], [], ['denied:secrets']]);
});

test('a command neither has the variable nor shows its value', async () => {
  const server = await httpServer((response) => response.end('fine'));
  const bench = await world(policy(server.port), { files: { 'notes.txt': `token ${VALUE}\n` } });
  const events = await bench.run([
    { calls: [{ name: 'run_command', args: { command: 'echo "[$MINE_TOKEN]"; cat notes.txt' } }] },
  ]);
  expect(output(events)).toContain('[]\ntoken [redacted:MINE_TOKEN]');
});
