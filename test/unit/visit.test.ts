import { expect, test } from 'vitest';
import type { HttpReply } from '../../src/core/egress/http.ts';
import { ToolFailure } from '../../src/core/outcome.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import { Redactor } from '../../src/core/redaction/redactor.ts';
import type { HttpRequest } from '../../src/shared/action.ts';
import { requestOf } from '../../src/core/tools/web/requestOf.ts';
import { Visits, type Visited } from '../../src/core/tools/web/visit.ts';
import { layerOf } from '../support/policies.ts';

const requestTo = (url: string): HttpRequest => requestOf({ method: 'GET', url, headers: [] }, new Redactor());

/** Visits one page of a web that is nothing but redirects, under a policy; what was asked for, and what came of it. */
async function visit(
  url: string,
  web: Record<string, string>,
  policy = '{}',
): Promise<{ asked: string[]; visited: Visited }> {
  const asked: string[] = [];
  const visited = await new Visits().visit(requestTo(url), 'heeded', {
    http: {
      send: (request) => {
        asked.push(request.url);
        const to = Object.hasOwn(web, request.url) ? web[request.url] : undefined;
        const status = request.url.endsWith('/robots.txt') ? 404 : to === undefined ? 200 : 301;
        const headers: HttpReply['headers'] = to === undefined ? [] : [['Location', to]];
        return Promise.resolve({
          ...{ status, headers, body: new Uint8Array(), isCut: false, sent: 0, received: 0, address: '192.0.2.1' },
        });
      },
    },
    pages: {
      read: () => Promise.reject(new Error('nothing is read')),
      inTurn: (_host, work) => work(),
    },
    rules: mergePolicies([layerOf(policy, 'user')]),
    permit: () => Promise.reject(new Error('nothing is sent')),
    signal: new AbortController().signal,
    requestTo,
  });
  return { asked: asked.filter((one) => !one.endsWith('/robots.txt')), visited };
}

/** A page of `a.test` was approved, and leads on. */
test.each<[what: string, from: string, to: string, followed: boolean]>([
  ['on the same host', 'https://a.test/', '/b', true],
  ['to the encrypted form of it', 'http://a.test/', 'https://a.test/', true],
  ['never to the plain form of it', 'https://a.test/', 'http://a.test/', false],
  ['not to another port', 'https://a.test/', 'https://a.test:8443/', false],
  ['not from a port of its own to the usual one', 'http://a.test:8080/', 'https://a.test/', false],
  ['not to a name below it', 'https://a.test/', 'https://b.a.test/', false],
  ['not to a name that looks so', 'https://a.test/', 'https://a.test.evil.test/', false],
  ['not to a stranger', 'https://a.test/', 'https://stranger.test/', false],
  ['not to one without a scheme', 'https://a.test/', '//stranger.test/', false],
  ['to an allowed host', 'https://a.test/', 'https://good.test/', true],
  ['not to a denied one', 'https://a.test/', 'https://bad.test/', false],
  ['not to this machine', 'https://a.test/', 'http://127.0.0.1/', false],
  ['not to what is no web address', 'https://a.test/', 'javascript:alert(1)', false],
])('%s', async (_what, from, to, followed) => {
  const policy = 'allowed_domains: [good.test, bad.test]\ndenied_domains: [bad.test]\n';
  const { asked, visited } = await visit(from, { [from]: to }, policy);
  expect(asked.length).toBe(followed ? 2 : 1);
  expect(visited.notFollowed === undefined).toBe(followed);
});

test('from an allowed host back to one that was merely approved: told, not followed', async () => {
  const { asked, visited } = await visit(
    'https://a.test/',
    { 'https://a.test/': 'https://good.test/', 'https://good.test/': 'https://a.test/c' },
    'allowed_domains: [good.test]\n',
  );
  expect(asked).toEqual(['https://a.test/', 'https://good.test/']);
  expect(visited.notFollowed).toContain('To follow it, call this tool');
});

test('what hosts ask is read before each first page of an origin, by the same rules', async () => {
  const asked: string[] = [];
  const visits = new Visits();
  const once = () =>
    visits.visit(requestTo('https://a.test/private'), 'heeded', {
      http: {
        send: ({ url }) => {
          asked.push(url);
          return Promise.reject(new ToolFailure('nobody there'));
        },
      },
      pages: { read: () => Promise.reject(new Error('no')), inTurn: (_host, work) => work() },
      rules: mergePolicies([]),
      permit: () => Promise.reject(new Error('no')),
      signal: new AbortController().signal,
      requestTo,
    });
  await expect(once()).rejects.toThrow('nobody there');
  await expect(once()).rejects.toThrow('nobody there'); // what failed is not kept
  expect(asked).toEqual(['https://a.test/robots.txt', 'https://a.test/robots.txt']);
});
