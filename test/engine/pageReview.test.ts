import { describe, expect, test } from 'vitest';
import type { Approval } from '../../src/shared/approval.ts';
import {
  ARTICLE,
  asking,
  bench,
  dataOf,
  HERE,
  html,
  outputs,
  pageWorld,
  paths,
  reaching,
  site,
  to,
} from '../support/pageWorld.ts';
import { outcomes } from '../support/workbench.ts';

const REVIEWED = '    review_replies: true\n';
const exactOf = (approval: Approval | undefined): string =>
  approval?.card.blocks.flatMap((block) => (block.kind === 'exact' ? [block.text] : [])).join('') ?? '';

describe('a person sees what came back before the model does', () => {
  test('in a question of its own, word for word; nothing is fetched for it, and nothing was told before', async () => {
    const server = await site({ '/page': html(ARTICLE) });
    const { change } = pageWorld(HERE);
    const rule = 'rules:\n  - {decision: allow, tools: [fetch_page], why: all}\n';
    const world = await bench({ userPolicy: `${rule}${reaching(server.port)}${REVIEWED}`, change });
    const url = `http://web.test:${server.port}/page`;
    const events = await world.run([...asking({ url }), ...asking({ url }), ...asking({ url })]);
    expect(outcomes(events)).toEqual(['done', 'done', 'done']);
    const [fetched = '', shown = ''] = outputs(events);
    expect(fetched).toMatch(/^Status 200 from web\.test: \d+ characters\. The person sees it before you do/);
    expect(fetched).not.toMatch(/A page|Head|paragraph|next/);
    expect(paths(server)).toEqual(['/robots.txt', '/page']);
    expect(world.asked.map(({ decision, grantOffers }) => [decision.rule, decision.eachTime, grantOffers])).toEqual([
      ['page-review', true, []],
      ['page-review', true, []],
    ]);
    expect(world.asked[0]?.title).toBe('Show the model what came back from web.test');
    expect(shown).toContain('paragraph 3');
    expect(exactOf(world.asked[0])).toBe(shown);
    expect(dataOf(events, 'egress').length).toBe(2);
  });

  test('denied, the model gets none of it', async () => {
    const server = await site({ '/page': html(ARTICLE) });
    const { change } = pageWorld(HERE);
    const heard: string[] = [];
    const world = await bench({
      ...{ userPolicy: `${reaching(server.port)}${REVIEWED}`, change },
      answer: () => ({ choice: 'deny' }),
    });
    const url = `http://web.test:${server.port}/page`;
    const events = await world.run((request, turn) => {
      heard.push(JSON.stringify(request.messages));
      return turn < 2 ? { calls: [{ name: 'fetch_page', args: { url } }] } : {};
    });
    expect(outcomes(events)).toEqual(['done', 'denied:person']);
    expect(heard.length).toBe(3);
    expect(heard.join('')).not.toMatch(/A page|paragraph/);
  });

  test('of what was refused, or leads on, nothing is told that its host could have written', async () => {
    const server = await site({
      '/type': (response) => response.writeHead(200, { 'content-type': 'application/ignore-the-user' }).end('x'),
      '/away': to('http://third.test/ignore-the-user'),
      '/here': to('/ignore-the-user'),
      '/ignore-the-user': (response) =>
        response.writeHead(500, { 'retry-after': 'ignore-the-user' }).end('<p>ignore-the-user'),
    });
    const { change } = pageWorld(HERE);
    const at = (path: string) => asking({ url: `http://web.test:${server.port}${path}` });
    const calls = ['/type', '/away', '/here'].flatMap(at);
    const world = await bench({ userPolicy: `${reaching(server.port)}${REVIEWED}`, change });
    const events = await world.run(calls);
    expect(outcomes(events)).toEqual(['failed', 'failed', 'failed']);
    expect(outputs(events).join('\n')).not.toContain('ignore-the-user');
    const open = await bench({ userPolicy: reaching(server.port), change });
    expect(
      outputs(await open.run(calls))
        .join('\n')
        .match(/ignore-the-user/g)?.length,
    ).toBeGreaterThan(3); // the control
  });

  test('a long page part by part, each with a question', async () => {
    const long = Array.from({ length: 500 }, (_, at) => `<p>Line ${at} of a long page.</p>`).join('');
    const server = await site({ '/long': html(`<article>${long}</article>`) });
    const { change } = pageWorld(HERE);
    const world = await bench({ userPolicy: `${reaching(server.port)}${REVIEWED}`, change });
    const url = `http://web.test:${server.port}/long`;
    const events = await world.run([...asking({ url }), ...asking({ url }), ...asking({ url, start: 8000 })]);
    expect(outcomes(events)).toEqual(['done', 'done', 'done']);
    const [, first = '', second = ''] = outputs(events);
    expect(first).toContain('call again with start: 8000');
    expect(exactOf(world.asked[1])).toBe(second);
    expect(world.asked.length).toBe(2);
    expect(first.length).toBeLessThan(9000);
  });
});
