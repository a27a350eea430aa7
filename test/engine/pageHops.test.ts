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
  pageWorld,
  reaching,
  site,
  to,
} from '../support/pageWorld.ts';
import { outcomes } from '../support/workbench.ts';

describe('being led on', () => {
  test('is followed on the host and to allowed hosts, each hop recorded; elsewhere it is told', async () => {
    const server = await site((port) => ({
      '/a': to('/b'),
      '/b': to(`http://other.test:${port}/c`),
      '/c': html(ARTICLE),
      '/strange': to(`http://third.test:${port}/x?y=1`),
      '/denied': to('http://169.254.169.254/latest/'),
      '/file': to('file:///etc/passwd'),
      '/user': to(`http://me:pw@web.test:${port}/c`),
      '/round': to('/round'),
    }));
    const { port } = server;
    const { change, looked } = pageWorld(HERE);
    const world = await bench({ userPolicy: reaching(port, `, "other.test:${port}"`), change });
    const at = (path: string) => asking({ url: `http://web.test:${port}${path}` });
    const events = await world.run(['/a', '/strange', '/denied', '/file', '/user', '/round'].flatMap(at));
    expect(world.asked).toEqual([]);
    expect(outcomes(events)).toEqual(['done', 'failed', 'failed', 'failed', 'failed', 'failed']);
    const [followed = '', ...told] = outputs(events);
    expect(followed).toContain(`from http://other.test:${port}/c at`);
    expect(followed).toContain(`(led there from http://web.test:${port}/a, http://web.test:${port}/b)`);
    expect(followed).toContain('# Head');
    const [strange, denied, file, user, round] = told;
    expect(strange).toContain(
      `It leads on to http://third.test:${port}/x?y=1. Nothing was fetched there. To follow it, call`,
    );
    expect(denied).toContain('169.254.169.254/latest/. Nothing was fetched there. That is not allowed');
    expect(file).toContain('That is no web address');
    expect(user).toContain('user name or password');
    expect(round).toContain('led on 5 times already');
    expect(looked).not.toContain('third.test');
    const hops = dataOf(events, 'egress').map(({ origin }) => String(origin).replace(/^http:\/\/|:\d+$/g, ''));
    expect(hops.slice(0, 5)).toEqual(['web.test', 'web.test', 'web.test', 'other.test', 'other.test']);
    expect(hops.length).toBe(paths(server).length); // nothing went that is not recorded
  });

  test('to a host that would ask is not followed, though the page itself was approved; on its own host it is', async () => {
    const server = await site((port) => ({
      '/': to('/here'),
      '/here': html(ARTICLE),
      '/far': to(`http://third.test:${port}/`),
    }));
    const { port } = server;
    const { change, looked } = pageWorld(HERE);
    const addresses = `allowed_domains: ["127.0.0.1:${port}"]\n${ON}`;
    const world = await bench({ userPolicy: addresses, change });
    const at = (path: string) => asking({ url: `http://web.test:${port}${path}` });
    const events = await world.run([...at('/'), ...at('/far')]);
    // Approved, but the host is not named, and leads to this machine: an approval does not make an address public.
    expect([outcomes(events), world.asked.length]).toEqual([['denied', 'denied'], 2]);
    expect(looked).not.toContain('third.test');
    expect(paths(server)).toEqual([]);
  });

  test('where a name leads is judged at each hop', async () => {
    const server = await site((port) => ({ '/': to(`http://other.test:${port}/`) }));
    const { port } = server;
    const { change } = pageWorld({ ...HERE, 'other.test': [['10.0.0.7', '127.0.0.2']] });
    const world = await bench({ userPolicy: reaching(port, `, "other.test:${port}"`), change });
    const events = await world.run(asking({ url: `http://web.test:${port}/` }));
    expect(outcomes(events)).toEqual(['denied']);
    expect(paths(server)).toEqual(['/robots.txt', '/']);
  });
});

describe('what hosts ask of programs', () => {
  const robots = (text: string) => (response: ServerResponse) => {
    response.setHeader('content-type', 'text/plain').end(text);
  };

  test('is read once, heeded, and passed over only when a person says so, each time', async () => {
    const server = await site({
      '/robots.txt': robots('User-agent: *\nDisallow: /private'),
      '/open': html(ARTICLE),
      '/private': html(ARTICLE),
    });
    const { change } = pageWorld(HERE);
    const world = await bench({ userPolicy: reaching(server.port), change });
    const at = (path: string, more = {}) => asking({ url: `http://web.test:${server.port}${path}`, ...more });
    const events = await world.run([
      ...at('/open'),
      ...at('/private'),
      ...at('/private', { despite_robots: true }),
      ...at('/private', { despite_robots: true }),
    ]);
    expect(outcomes(events)).toEqual(['done', 'failed', 'done', 'done']);
    expect(outputs(events)[1]).toContain('web.test asks programs not to fetch this page (robots.txt)');
    expect(outputs(events)[1]).toContain('despite_robots: true');
    expect(paths(server)).toEqual(['/robots.txt', '/open', '/private', '/private']);
    expect(world.asked.map(({ decision }) => [decision.rule, decision.eachTime])).toEqual([
      ['robots', true],
      ['robots', true],
    ]);
    expect(world.asked[0]?.why).toContain('asks programs not to fetch this page');
  });

  test('is taken for a no where it cannot be read, and for nothing where there is none; it leads to no other host', async () => {
    const broken = { now: true };
    const server = await site((port) => ({
      'web.test/robots.txt': (response) => response.writeHead(broken.now ? 503 : 404).end(),
      'other.test/robots.txt': to(`http://third.test:${port}/robots.txt`),
      '/': html(ARTICLE),
    }));
    const { port } = server;
    const { change, looked } = pageWorld(HERE);
    const world = await bench({ userPolicy: reaching(port, `, "other.test:${port}"`), change });
    const at = (host: string) => asking({ url: `http://${host}:${port}/` });
    const first = await world.run([...at('web.test'), ...at('other.test')]);
    expect(outcomes(first)).toEqual(['failed', 'done']);
    expect(outputs(first)[0]).toContain('could not be read');
    broken.now = false;
    expect(outcomes(await world.run(at('web.test')))).toEqual(['done']);
    expect(looked).not.toContain('third.test');
  });

  test('a page that leads on to one that is not to be fetched is not followed there', async () => {
    const server = await site((port) => ({
      'other.test/robots.txt': robots('User-agent: Oversign\nDisallow: /'),
      '/': to(`http://other.test:${port}/x`),
      '/x': html(ARTICLE),
    }));
    const { port } = server;
    const { change } = pageWorld(HERE);
    const world = await bench({ userPolicy: reaching(port, `, "other.test:${port}"`), change });
    const events = await world.run(asking({ url: `http://web.test:${port}/` }));
    expect(outcomes(events)).toEqual(['failed']);
    expect(paths(server)).not.toContain('/x');
  });
});
