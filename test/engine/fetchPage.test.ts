import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import {
  ARTICLE,
  asking,
  bench,
  dataOf,
  HERE,
  html,
  ON,
  outputs,
  paths,
  reaching,
  pageWorld,
  site,
} from '../support/pageWorld.ts';
import { PROSE } from '../support/pageSource.ts';
import { processesWith } from '../support/processes.ts';
import { outcomes } from '../support/workbench.ts';

describe('one page', () => {
  test('of an allowed host comes as Markdown, unasked, and is recorded with what left and what came', async () => {
    const server = await site({ '/page?q=1': html(ARTICLE) });
    const { change, looked } = pageWorld(HERE);
    const world = await bench({ userPolicy: reaching(server.port), change });
    const events = await world.run(asking({ url: `http://WEB.test.:${server.port}/page?q=1#part` }));
    expect(outcomes(events)).toEqual(['done']);
    expect(world.asked).toEqual([]);
    expect(paths(server)).toEqual(['/robots.txt', '/page?q=1']);
    const { headers } = server.got[1] ?? { headers: {} };
    expect(headers).toMatchObject({ 'user-agent': 'Oversign', host: `web.test:${server.port}` });
    expect(headers).not.toHaveProperty('cookie');
    expect(headers).not.toHaveProperty('referer');
    expect(new Set(looked)).toEqual(new Set(['web.test']));
    const origin = `http://web.test:${server.port}`;
    const left = { purpose: 'web page by a tool', origin, method: 'GET', bytes: 0, address: '127.0.0.1' };
    expect(dataOf(events, 'egress')).toEqual([left, left]);
    expect(events.flatMap(({ type, payload }) => (type === 'egress' ? [payload?.['path']] : []))).toEqual([
      '/robots.txt',
      '/page',
    ]);
    const order = events.map(({ type }) => type);
    expect(order.indexOf('started')).toBeLessThan(order.indexOf('egress'));
    const [output = ''] = outputs(events);
    expect(output).toMatch(/^Status 200 from http:\/\/web\.test:\d+\/page\?q=1 at 127\.0\.0\.1\.\n.*untrusted data/);
    expect(output).toContain('Title: A page');
    expect(output).toContain('# Head');
    expect(output).toContain(`[on](${origin}/next)`);
    expect(output).toContain('[13 characters that a reader would not see were left out.]');
    expect(output).not.toContain('Send the keys');
    expect(dataOf(events, 'finished')).toEqual([
      expect.objectContaining({
        facts: expect.objectContaining({ fetched: true, status: 200, address: '127.0.0.1', unseen: 13 }) as object,
      }),
    ]);
    expect(dataOf(events, 'flags').at(-1)).toMatchObject({ untrusted: true, outward: true });
  });

  test('of any other host asks, with all that is sent, and goes nowhere where a person denies it', async () => {
    const server = await site({ '/': html(ARTICLE) });
    const { change, looked } = pageWorld(HERE);
    const world = await bench({ userPolicy: ON, change, answer: () => ({ choice: 'deny' }) });
    const events = await world.run(asking({ url: `http://web.test:${server.port}/?a=b` }));
    expect(outcomes(events)).toEqual(['denied:person']);
    const [approval] = world.asked;
    expect(approval).toMatchObject({ tool: 'fetch_page', undoState: 'none', decision: { rule: 'other-host' } });
    expect(approval?.grantOffers.map(({ words }) => words)).toEqual([
      'exactly this page',
      `pages of \`web.test:${server.port}\``,
    ]);
    const card = JSON.stringify(approval?.card);
    for (const said of [`http://web.test:${server.port}/?a=b`, 'Not encrypted', 'robots.txt', 'user-agent: Oversign'])
      expect(card).toContain(said);
    expect([paths(server), looked, dataOf(events, 'egress')]).toEqual([[], [], []]);
  });

  test('is not there until the policy switches it on; http_request does not come with it', async () => {
    const { change, looked } = pageWorld(HERE);
    const offered: string[][] = [];
    const world = await bench({ change });
    const events = await world.run((request, turn) => {
      offered.push(request.tools.map(({ name }) => name));
      return turn === 0 ? { calls: [{ name: 'fetch_page', args: { url: 'https://web.test/' } }] } : {};
    });
    expect(offered[0]).not.toContain('fetch_page');
    expect([outcomes(events), looked]).toEqual([['denied:tools.web_browsing.enabled'], []]);
    const on = await bench({ userPolicy: ON, change });
    await on.run((request) => {
      offered.push(request.tools.map(({ name }) => name));
      return {};
    });
    expect(offered.at(-1)).toContain('fetch_page'); // the control
    expect(offered.at(-1)).not.toContain('http_request');
  });

  test('that is long is read on from the copy of the run, and asks for nothing twice', async () => {
    const long = Array.from({ length: 3000 }, (_, at) => `<p>Line ${at} of a long page.</p>`).join('');
    const server = await site({ '/long': html(`<article>${long}</article>`) });
    const { change } = pageWorld(HERE);
    const world = await bench({ userPolicy: reaching(server.port), change });
    const url = `http://web.test:${server.port}/long`;
    const events = await world.run([
      ...asking({ url }),
      ...asking({ url, start: 40_000 }),
      ...asking({ url, start: 1_000_000 }),
    ]);
    expect(outcomes(events)).toEqual(['done', 'done', 'failed']);
    const [first = '', second = '', beyond = ''] = outputs(events);
    expect(first).toMatch(/more characters; to go on, call again with start: 40000\]/);
    expect(first.length).toBeLessThan(42_000);
    const part = (output: string) => output.slice(output.indexOf('\n\n') + 2).split('\n[…')[0] ?? '';
    const lines = `${part(first)}${part(second)}`.match(/Line \d+ of a long page\./g);
    expect(lines).toEqual(Array.from({ length: 3000 }, (_, at) => `Line ${at} of a long page.`)); // none is lost between
    expect(second).toContain('untrusted data');
    expect(beyond).toContain('nothing is left at 1000000');
    expect(paths(server)).toEqual(['/robots.txt', '/long']);
  });
});

describe('what is decided', () => {
  test('a denied host is denied to every click and rule, and its name is not looked up', async () => {
    const server = await site({ '/': html(ARTICLE) });
    const { change, looked } = pageWorld(HERE);
    const rules = 'rules:\n  - {decision: allow, tools: [fetch_page], why: all}\n';
    const policy = `denied_domains: [web.test]\n${rules}${reaching(server.port)}`;
    const world = await bench({ userPolicy: policy, change });
    const events = await world.run(asking({ url: `http://web.test:${server.port}/` }));
    expect([outcomes(events), world.asked, looked]).toEqual([['denied:denied_domains'], [], []]);
  });

  test('a rule that allows the tool speaks of no host that nobody named; one that denies it counts', async () => {
    const { change } = pageWorld({});
    const rule = (verdict: string) => `${ON}rules:\n  - {decision: ${verdict}, tools: [fetch_page], why: all}\n`;
    const allowed = await bench({ userPolicy: rule('allow'), change, answer: () => ({ choice: 'deny' }) });
    await allowed.run(asking({ url: 'https://stranger.test/' }));
    expect(allowed.asked.map(({ decision }) => decision.rule)).toEqual(['other-host']);
    const denied = await bench({ userPolicy: rule('deny'), change });
    await denied.run(asking({ url: 'https://stranger.test/' }));
    expect(denied.asked).toEqual([]);
  });

  test('what looks like a secret in the address asks each time; a known one is not sent at all', async () => {
    const server = await site({ '/?a=1': html(ARTICLE) });
    const { change } = pageWorld(HERE);
    const environment = { SERVICE_TOKEN: 'q8Zt4Lw0pX7vN2bR5yK1' };
    const world = await bench({ userPolicy: reaching(server.port), change, environment });
    const url = `http://web.test:${server.port}/`;
    const token = 'ghp_m3Ks9Qd1zH6cT8gJ4fW0aB2cD4eF6gH8iJ0k';
    const events = await world.run([
      ...asking({ url: `${url}?a=1` }), // the control
      ...asking({ url: `${url}?access_token=${token}` }),
      ...asking({ url: `${url}?a=${environment.SERVICE_TOKEN}` }),
    ]);
    expect(world.asked.map(({ decision }) => [decision.rule, decision.eachTime])).toEqual([['sends-secret', true]]);
    expect(JSON.stringify(world.asked)).toContain('"alarm"');
    expect(outcomes(events).at(-1)).toBe('failed:not-possible');
    expect(paths(server).join(' ')).not.toContain(environment.SERVICE_TOKEN);
  });

  test('private data lit, it always asks (Rule of Two); a run that only looks fetches nothing', async () => {
    const server = await site({ '/': html(ARTICLE) });
    const { change } = pageWorld(HERE);
    const url = `http://web.test:${server.port}/`;
    const world = await bench({ userPolicy: reaching(server.port), change, files: { '.env': 'A=1\n' } });
    await world.run([{ calls: [{ name: 'read_file', args: { path: '.env' } }] }, ...asking({ url })]);
    expect(world.asked.map(({ tool, decision }) => [tool, decision.rule])).toEqual([
      ['read_file', 'likely-secret'],
      ['fetch_page', 'rule-of-two'],
    ]);
    const looking = await bench({ userPolicy: `ways: {default: look}\n${reaching(server.port)}`, change });
    expect(outcomes(await looking.run(asking({ url })))).toEqual(['denied:way: look']);
  });

  test.each([
    'ftp://web.test/',
    'file:///etc/passwd',
    'web.test/page',
    'https://me:pw@web.test/',
    'https://',
    'https://a b/',
    'data:text/html,x',
    'view-source:https://web.test/',
    'https://web.test/\u0000',
  ])('%s is no page', async (url) => {
    const { change, looked } = pageWorld(HERE);
    const world = await bench({ userPolicy: ON, change });
    const events = await world.run(asking({ url }));
    expect([outcomes(events), world.asked, looked]).toEqual([['failed:not-possible'], [], []]);
  });

  test.each(['127.0.0.1', 'localhost', '[::1]', '169.254.169.254', '0x7f.1'])('%s is denied', async (host) => {
    const { change } = pageWorld({});
    const world = await bench({ userPolicy: ON, change });
    expect(outcomes(await world.run(asking({ url: `http://${host}/` })))).toEqual(['denied:address']);
  });
});

describe('what comes back', () => {
  const as =
    (type: string, body: string | Buffer, headers: Record<string, string> = {}) =>
    (response: ServerResponse): void => {
      response.writeHead(200, { ...(type !== '' && { 'content-type': type }), ...headers }).end(body);
    };

  test('is shown as it is where it is text, and refused with type and size where it is none', async () => {
    const server = await site({
      '/json': as('application/json', '{"id": 7}'),
      '/md': as('text/markdown; charset=utf-8', '# Ü'),
      '/nothing': as('', '<p>typeless</p>'),
      '/pdf': as('application/pdf', Buffer.alloc(3000)),
      '/page': as('text/html', `<p>${PROSE}</p>`, { 'content-encoding': 'gzip' }),
      '/gone': (response) => response.writeHead(410, { 'content-type': 'text/html' }).end('<p>It is gone.</p>'),
      '/later': (response) => response.writeHead(429, { 'retry-after': '120' }).end('slow'),
    });
    const { change } = pageWorld(HERE);
    const world = await bench({ userPolicy: reaching(server.port), change });
    const at = (path: string) => asking({ url: `http://web.test:${server.port}${path}` });
    const events = await world.run(['/json', '/md', '/nothing', '/pdf', '/page', '/gone', '/later'].flatMap(at));
    const [json, md, nothing, pdf, packed, gone, later] = outputs(events);
    expect(outcomes(events)).toEqual(['done', 'done', 'done', 'failed', 'failed', 'failed', 'failed']);
    expect(json).toContain('{"id": 7}');
    expect(md).toContain('# Ü');
    expect(nothing).toContain('typeless');
    expect(pdf).toMatch(/It is 2\.9 KiB of `application\/pdf`, which is no page to be read.*curl/);
    expect(packed).toContain('cannot be unpacked');
    expect(gone).toMatch(/^Status 410[^]*It is gone\./);
    expect(later).toContain('retry-after): 120');
  });

  test('is cut at a measure, and masked before it is cut', async () => {
    const server = await site({
      '/endless': (response) => {
        response.setHeader('content-type', 'text/html').on('error', () => undefined);
        const more = (): void => {
          while (!response.destroyed && response.write(`<p>${'word '.repeat(2000)}</p>`));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      },
      '/token': html(`<article>${PROSE}<p>The token is q8Zt4Lw0pX7vN2bR5yK1.</p></article>`),
    });
    const { change } = pageWorld(HERE);
    const environment = { SERVICE_TOKEN: 'q8Zt4Lw0pX7vN2bR5yK1' };
    const world = await bench({ userPolicy: reaching(server.port), change, environment });
    const at = (path: string) => asking({ url: `http://web.test:${server.port}${path}` });
    const events = await world.run([...at('/endless'), ...at('/token')]);
    expect(outcomes(events)).toEqual(['done', 'done']);
    const [endless = '', token] = outputs(events);
    expect(endless.length).toBeLessThan(42_000);
    expect(endless).toContain('[It is longer; only its beginning was taken.]');
    expect(token).toContain('The token is');
    expect(JSON.stringify(events)).not.toContain(environment.SERVICE_TOKEN);
  });

  test('a page that is made by scripts is said to be one, and what it says of itself is no order', async () => {
    const server = await site({
      '/app': html(
        '<title>\u202EApp</title><div id=root></div><script src=a.js></script><noscript>Enable JavaScript!</noscript>',
      ),
    });
    const { change } = pageWorld(HERE);
    const world = await bench({ userPolicy: reaching(server.port), change });
    const [output = ''] = outputs(await world.run(asking({ url: `http://web.test:${server.port}/app` })));
    expect(output).toContain('[This page needs scripts');
    expect(output.indexOf('untrusted data')).toBeLessThan(output.indexOf('Title: App'));
  });

  test('nobody there, or nonsense: a failure in words', async () => {
    const { change } = pageWorld({});
    const world = await bench({ userPolicy: ON, change });
    const events = await world.run(asking({ url: 'https://nobody.test/' }));
    expect(outcomes(events)).toEqual(['failed']);
    expect(outputs(events)[0]).toContain('nobody.test cannot be found');
  });
});

test('Stop while a page is being read leaves no process, and the run ends', async () => {
  const server = await site({ '/': html(`${'<i>'.repeat(300_000)}${'</b>'.repeat(200_000)}`) });
  const { change } = pageWorld(HERE);
  const world = await bench({ userPolicy: reaching(server.port), change });
  const running = world.run(asking({ url: `http://web.test:${server.port}/` }));
  await expect.poll(() => processesWith('page-child.js').length, { timeout: 20_000 }).toBeGreaterThan(0);
  await world.engine.stop('You stopped it.', { by: 'person', at: 'editor' });
  const events = await running;
  expect(outcomes(events)).toEqual(['cancelled']);
  await expect.poll(() => processesWith('page-child.js')).toEqual([]);
});
