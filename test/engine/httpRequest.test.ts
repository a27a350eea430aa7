import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import type { Block } from '../../src/shared/block.ts';
import { httpServer, names } from '../support/httpWorld.ts';
import { outcomes, workbench, type WorkbenchOptions, type Workbench } from '../support/workbench.ts';

const ON = 'tools:\n  api_calls:\n    enabled: true\n';
const UNASKED = `${ON}    require_confirmation: false\n`;

/** The policy under which `api.test` may lead to the server of the test. */
const reaching = (port: number, base = ON): string =>
  `allowed_domains: ["api.test:${port}", "127.0.0.1:${port}"]\n${base}`;

const asking = (args: object) => [{ calls: [{ name: 'http_request', args }] }];
const dataOf = (events: readonly AuditRecord[], type: string) =>
  events.filter((event) => event.type === type).map(({ data }) => data);

const outputOf = (events: readonly AuditRecord[]): string =>
  events.flatMap(({ type, payload }) => (type === 'finished' ? [String(payload?.['output'])] : [])).join('\n');

async function bench(options: WorkbenchOptions): Promise<Workbench> {
  return workbench({ answer: () => ({ choice: 'approve' }), ...options });
}

describe('one request', () => {
  test('is asked with all that it sends, sent so, and recorded with the address and the bytes both ways', async () => {
    const server = await httpServer((response) => {
      response.setHeader('content-type', 'application/json').setHeader('set-cookie', 'a=b').end('{"id": 7}');
    });
    const { change, looked } = names({ 'api.test': [['127.0.0.1']] });
    const world = await bench({ userPolicy: reaching(server.port), change });
    const url = `http://API.test.:${server.port}/v1/things?q=1#part`;
    const events = await world.run(
      asking({ method: 'POST', url, headers: ['content-type: application/json'], body: '{"name":"ü"}' }),
    );
    expect(outcomes(events)).toEqual(['done']);
    const [approval] = world.asked;
    const blocks = approval?.card.blocks ?? [];
    expect(blocks.flatMap((block: Block) => (block.kind === 'exact' ? [block.text] : []))).toEqual([
      `POST http://api.test:${server.port}/v1/things?q=1\ncontent-type: application/json`,
      '{"name":"ü"}',
    ]);
    expect(JSON.stringify(blocks)).toContain('Not encrypted');
    expect(approval).toMatchObject({ tool: 'http_request', undoState: 'none', decision: { rule: 'api-confirmation' } });
    expect(server.got).toEqual([
      expect.objectContaining({
        ...{ method: 'POST', url: '/v1/things?q=1', host: `api.test:${server.port}`, body: '{"name":"ü"}' },
      }),
    ]);
    expect(looked).toEqual(['api.test']); // once, and after it was approved
    expect(dataOf(events, 'egress')).toEqual([
      {
        ...{ purpose: 'request by a tool', origin: `http://api.test:${server.port}`, method: 'POST', bytes: 13 },
        address: '127.0.0.1',
      },
    ]);
    expect(dataOf(events, 'finished')).toEqual([
      expect.objectContaining({ facts: { status: 200, sent: 13, received: 9, address: '127.0.0.1' } }),
    ]);
    const order = events.map(({ type }) => type);
    expect(order.indexOf('started')).toBeLessThan(order.indexOf('egress'));
    expect(order.indexOf('egress')).toBeLessThan(order.indexOf('finished'));
    const output = outputOf(events);
    expect(output).toContain('untrusted data');
    expect(output).toContain('{"id": 7}');
    expect(output).not.toContain('a=b');
    expect(dataOf(events, 'flags').at(-1)).toMatchObject({ untrusted: true, outward: true });
  });

  test('goes nowhere where a person denies it: no name is looked up', async () => {
    const server = await httpServer((response) => response.end('x'));
    const { change, looked } = names({ 'api.test': [['127.0.0.1']] });
    const world = await bench({
      ...{ userPolicy: reaching(server.port), change },
      answer: () => ({ choice: 'deny' }),
    });
    const events = await world.run(asking({ url: `http://api.test:${server.port}/` }));
    expect(outcomes(events)).toEqual(['denied:person']);
    expect([server.got, looked, dataOf(events, 'egress')]).toEqual([[], [], []]);
  });

  test('is not there until the policy switches it on', async () => {
    const { change, looked } = names({ 'api.test': [['8.8.8.8']] });
    const world = await bench({ change });
    const offered: string[][] = [];
    const events = await world.run((request, turn) => {
      offered.push(request.tools.map(({ name }) => name));
      return turn === 0 ? { calls: [{ name: 'http_request', args: { url: 'https://api.test/' } }] } : {};
    });
    expect(offered[0]).not.toContain('http_request');
    expect(outcomes(events)).toEqual(['denied:tools.api_calls.enabled']);
    expect(looked).toEqual([]);
    // The control: with the policy it is offered.
    const on = await bench({ userPolicy: ON, change });
    await on.run((request) => {
      offered.push(request.tools.map(({ name }) => name));
      return {};
    });
    expect(offered.at(-1)).toContain('http_request');
  });
});

describe('what is asked', () => {
  test('nothing for GET of an allowed host where the policy says so; POST, and any other host, ask', async () => {
    const server = await httpServer((response) => response.end('fine'));
    const { change } = names({ 'api.test': [['127.0.0.1']], 'other.test': [['127.0.0.1']] });
    const world = await bench({ userPolicy: reaching(server.port, UNASKED), change });
    const [one, other] = [`http://api.test:${server.port}/`, `http://other.test:${server.port}/`];
    const events = await world.run([
      ...asking({ url: one }),
      ...asking({ url: one, method: 'DELETE' }),
      ...asking({ url: other }),
    ]);
    expect(world.asked.map(({ decision }) => decision.rule)).toEqual(['changing-request', 'other-host']);
    // Approved, but it is not named, and leads to this machine.
    expect(outcomes(events)).toEqual(['done', 'done', 'denied']);
    expect(server.got.map(({ method }) => method)).toEqual(['GET', 'DELETE']);
  });

  test('a rule that allows the tool speaks of no host that nobody named', async () => {
    const { change } = names({});
    const rule = 'rules:\n  - {decision: allow, tools: [http_request], why: all}\n';
    const world = await bench({ userPolicy: `${ON}${rule}`, change, answer: () => ({ choice: 'deny' }) });
    await world.run(asking({ url: 'https://stranger.test/' }));
    expect(world.asked.map(({ decision }) => decision.rule)).toEqual(['other-host']);
  });

  test('no rule, click or remembered approval passes a denied host', async () => {
    const server = await httpServer((response) => response.end('x'));
    const { change, looked } = names({ 'api.test': [['127.0.0.1']] });
    const policy = `denied_domains: [api.test]\nrules:\n  - {decision: allow, tools: [http_request], why: all}\n`;
    const world = await bench({ userPolicy: `${policy}${reaching(server.port)}`, change });
    const events = await world.run(asking({ url: `http://api.test:${server.port}/` }));
    expect([outcomes(events), world.asked, looked]).toEqual([['denied:denied_domains'], [], []]);
  });

  test('what looks like a secret asks each time, with an alarm, whatever is allowed; a known one is not sent at all', async () => {
    const server = await httpServer((response) => response.end('x'));
    const { change } = names({ 'api.test': [['127.0.0.1']] });
    const environment = { SERVICE_TOKEN: 'q8Zt4Lw0pX7vN2bR5yK1' };
    const world = await bench({ userPolicy: reaching(server.port, UNASKED), change, environment });
    const url = `http://api.test:${server.port}/`;
    const events = await world.run([
      ...asking({ url: `${url}?a=1` }), // the control
      ...asking({ url, headers: ['authorization: Bearer m3Ks9Qd1zH6cT8gJ4fW0'] }),
      ...asking({ url: `${url}?a=${environment.SERVICE_TOKEN}` }),
    ]);
    expect(world.asked.map(({ decision }) => [decision.rule, decision.eachTime])).toEqual([['sends-secret', true]]);
    expect(JSON.stringify(world.asked)).toContain('"alarm"');
    expect(JSON.stringify([world.asked, events])).not.toContain('m3Ks9Qd1zH6cT8gJ4fW0');
    expect(outcomes(events)).toEqual(['done', 'done', 'failed:not-possible']);
    expect(server.got.map((got) => got.url)).toEqual(['/?a=1', '/']);
  });

  test('a run that only looks sends nothing', async () => {
    const server = await httpServer((response) => response.end('x'));
    const { change } = names({ 'api.test': [['127.0.0.1']] });
    const world = await bench({ userPolicy: `ways: {default: look}\n${reaching(server.port, UNASKED)}`, change });
    const events = await world.run(asking({ url: `http://api.test:${server.port}/` }));
    expect([outcomes(events), server.got]).toEqual([['denied:way: look'], []]);
  });

  test('private data lit, it always asks (Rule of Two), also where the policy asks nothing', async () => {
    const server = await httpServer((response) => response.end('x'));
    const { change } = names({ 'api.test': [['127.0.0.1']] });
    const world = await bench({ userPolicy: reaching(server.port, UNASKED), change, files: { '.env': 'A=1\n' } });
    const url = `http://api.test:${server.port}/`;
    await world.run([{ calls: [{ name: 'read_file', args: { path: '.env' } }] }, ...asking({ url })]);
    expect(world.asked.map(({ tool, decision }) => [tool, decision.rule])).toEqual([
      ['read_file', 'likely-secret'],
      ['http_request', 'rule-of-two'],
    ]);
  });
});

describe('where a name leads', () => {
  test('rebinding: every answer is judged, and the judged address is the dialled one', async () => {
    const server = await httpServer((response) => response.end('x'));
    const { change, looked } = names({
      'mixed.test': [['8.8.8.8', '127.0.0.1']],
      'later.test': [['127.0.0.2'], ['127.0.0.1']],
      'api.test': [['127.0.0.1'], ['127.0.0.2']],
    });
    const world = await bench({ userPolicy: reaching(server.port), change });
    const at = (name: string) => asking({ url: `http://${name}:${server.port}/` });
    const events = await world.run([...at('mixed.test'), ...at('later.test'), ...at('api.test'), ...at('api.test')]);
    // The last is the same host, which leads elsewhere by now: looked up anew, judged anew.
    expect(outcomes(events)).toEqual(['denied', 'denied', 'done', 'denied']);
    expect(looked).toEqual(['mixed.test', 'later.test', 'api.test', 'api.test']);
    expect(server.got.length).toBe(1);
    expect(dataOf(events, 'egress').length).toBe(1); // nothing left for the others
    expect(outputOf(events)).toContain('It is this machine itself.');
  });

  test.each(['127.1', '0x7f.1', '2130706433', '[::ffff:127.0.0.1]', 'localhost', 'a.localhost', '[::1]', '0'])(
    'this machine as %s is denied before anybody is asked',
    async (host) => {
      const server = await httpServer((response) => response.end('x'));
      const { change } = names({});
      const world = await bench({ userPolicy: ON, change });
      const events = await world.run(asking({ url: `http://${host}:${server.port}/` }));
      expect([outcomes(events), world.asked, server.got]).toEqual([['denied:address'], [], []]);
    },
  );
});

describe('what comes back', () => {
  test('a redirect is told with what the policy says of it, and is a request of its own', async () => {
    const server = await httpServer((response, { url }) => {
      const to = url === '/denied' ? 'http://169.254.169.254/latest/' : url === '/far' ? 'https://far.test/' : '/here';
      response.writeHead(302, { location: to }).end();
    });
    const { change, looked } = names({ 'api.test': [['127.0.0.1']] });
    const world = await bench({ userPolicy: reaching(server.port), change });
    const at = (path: string) => asking({ url: `http://api.test:${server.port}${path}` });
    const events = await world.run([...at('/denied'), ...at('/far'), ...at('/near')]);
    const output = outputOf(events);
    expect(output).toContain('http://169.254.169.254/latest/. Nothing was sent there. That is not allowed');
    expect(output).toContain('https://far.test/. Nothing was sent there. To follow it, call this tool');
    expect(output).toContain(`redirect to http://api.test:${server.port}/here`);
    expect(server.got.length).toBe(3);
    expect(new Set(looked)).toEqual(new Set(['api.test']));
  });

  test('is cut at a measure, typed, and without what nobody sees', async () => {
    const server = await httpServer((response, { url }) => {
      if (url === '/endless') {
        response.setHeader('content-type', 'text/plain');
        response.on('error', () => undefined);
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      } else if (url === '/image') response.setHeader('content-type', 'image/png').end(Buffer.alloc(500));
      else if (url === '/packed')
        response.setHeader('content-type', 'text/plain').setHeader('content-encoding', 'gzip').end(Buffer.alloc(40));
      else if (url === '/latin')
        response.setHeader('content-type', 'text/plain; charset=iso-8859-1').end(Buffer.from([0xfc]));
      else response.setHeader('content-type', 'text/plain').end('plain\u{E0049}\u{E0047}\u202Etext\u200B');
    });
    const { change } = names({ 'api.test': [['127.0.0.1']] });
    const world = await bench({ userPolicy: reaching(server.port), change });
    const at = (path: string) => asking({ url: `http://api.test:${server.port}${path}` });
    const events = await world.run([...at('/endless'), ...at('/image'), ...at('/packed'), ...at('/latin'), ...at('/')]);
    const [endless = '', image, packed, latin, hidden] = events.flatMap(({ type, payload }) =>
      type === 'finished' ? [String(payload?.['output'])] : [],
    );
    expect(endless.length).toBeLessThan(70_000);
    expect(endless).toMatch(/more characters …\][^]*The reply goes on/);
    expect(image).toContain('of `image/png`; not shown');
    expect(packed).toContain('packed as');
    expect(latin).toContain('ü');
    expect(hidden).toContain('plaintext\n[4 invisible characters were left out.]');
    expect(outcomes(events)).toEqual(['done', 'done', 'done', 'done', 'done']);
  });

  test('a server that answers nothing, or nonsense, or nobody there: a failure in words, recorded', async () => {
    const nonsense = createServer((socket) => {
      socket.on('error', () => undefined).end('no http\r\n\r\n');
    });
    await new Promise<void>((resolve) => nonsense.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      nonsense.close();
    });
    const { port } = nonsense.address() as AddressInfo;
    const { change } = names({ 'api.test': [['127.0.0.1']] });
    const world = await bench({ userPolicy: reaching(port), change });
    const events = await world.run([
      ...asking({ url: `http://api.test:${port}/` }),
      ...asking({ url: 'https://nobody.test/' }),
    ]);
    expect(outcomes(events)).toEqual(['failed', 'failed']);
    expect(outputOf(events)).toMatch(/api\.test at 127\.0\.0\.1 did not answer[^]*nobody\.test cannot be found/);
  });
});
