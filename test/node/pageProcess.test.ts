import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, inject, test } from 'vitest';
import { startProcess } from '../../src/node/process/spawn.ts';
import { Cancelled } from '../../src/core/outcome.ts';
import { ChildPages } from '../../src/node/web/childPages.ts';
import { HostTurns } from '../../src/node/web/hostTurns.ts';
import { PROSE, read, source } from '../support/pageSource.ts';
import { temporaryFolder } from '../support/tree.ts';

const GOES_ON = new AbortController().signal;
/** Closing tags of nothing, in a page that is nothing but open ones: its time grows with the square. */
const SLOW = `${'<i>'.repeat(300_000)}${'</b>'.repeat(200_000)}`;

/** Processes of this account that were started with these words. */
function running(words: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'latin1').includes(words);
    } catch {
      return false;
    }
  });
}

/** A program in the place of the one that reads pages. */
async function program(text: string): Promise<string> {
  const file = join(await temporaryFolder(), 'in-its-place.mjs');
  writeFileSync(file, text);
  return file;
}

describe('pages that are made to break what reads them', () => {
  const around = (html: string): string => `<html><body>${html}<article>${PROSE}</article></body></html>`;
  const HOSTILE: readonly [what: string, html: string][] = [
    ['5,000 nested div', around('<div>'.repeat(5000))],
    ['500 nested lists', around(`${'<ul><li>'.repeat(500)}x`)],
    ['500 nested b and p', around(`${'<b><p>'.repeat(500)}x`)],
    ['300,000 spaces', around(`<p>a${' '.repeat(300_000)}b</p>`)],
    ['300,000 escaped spaces', around(`<p>a${'&#32;'.repeat(300_000)}b</p>`)],
    [
      '50,000 attributes on an element',
      around(`<p ${Array.from({ length: 50_000 }, (_, at) => `a${at}=b`).join(' ')}>x</p>`),
    ],
    ['100,000 br', around('<br>'.repeat(100_000))],
    ['a table of 3,000 by 20', around(`<table>${`<tr>${'<td>1'.repeat(20)}</tr>`.repeat(3000)}</table>`)],
    ['100,000 siblings', around('<p>x'.repeat(100_000))],
    ['100,000 open brackets', around('<'.repeat(100_000))],
    ['a comment that never ends', `${around('')}<!--${'-'.repeat(1_000_000)}`],
    ['an attribute that never ends', `${around('')}<p title="${'x'.repeat(1_000_000)}`],
    ['a style sheet of open brackets', `<style>${'@a{'.repeat(100_000)}</style>${around('')}`],
    [
      'a style sheet of rules for each element',
      `<style>${'.a{color:red}'.repeat(50_000)}</style>${around('<p class=a>x'.repeat(10_000))}`,
    ],
    ['a million entities', around('&amp;'.repeat(400_000))],
    ['quotes in quotes', around(`${'<blockquote>'.repeat(90)}${'x<br>'.repeat(20_000)}`)],
  ];
  test.each(HOSTILE)('%s: the text comes, whole or flat', async (_what, html) => {
    const page = read(await new ChildPages({ seconds: 20 }).read(source(html), GOES_ON));
    expect(page.text).toContain('paragraph 3');
    expect(page.text).not.toMatch(/ {300}/);
  });

  test('whatever takes too long is ended, and said; nothing goes on', async () => {
    const pages = new ChildPages({ seconds: 1 });
    expect(await pages.read(source(SLOW), GOES_ON)).toEqual({
      unreadable: 'it took more than 1 s, or too much memory, to read it',
    });
    expect(running('page-child.js')).toEqual([]);
  });
});

describe('the process that reads', () => {
  test('ended or broken while it looks for the main text, a second one reads the page without that', async () => {
    for (const breaking of ['process.kill(process.pid, "SIGKILL")', 'for (;;);', 'process.exit(3)', 'throw 1']) {
      const file = await program(`
        let all = ''; for await (const chunk of process.stdin) all += chunk;
        const { isCareful, url } = JSON.parse(all.slice(0, all.indexOf('\\n')));
        if (!isCareful) { ${breaking} }
        process.stdout.write(JSON.stringify({ kind: 'page', text: 'flat ' + url, title: '', byline: '', published: '',
          canonical: '', leadsOn: '', embedded: [], encoding: '', unseen: 0, shown: 'flat', whole: 4, scripts: 0,
          needsScripts: false, isCut: false }));`);
      const page = read(await new ChildPages({ seconds: 2, program: file }).read(source('x'), GOES_ON));
      expect(page.text).toBe('flat https://site.test/a/page');
      expect(running(file)).toEqual([]);
    }
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'process.stdout.write("<html>")'],
    ['something else', 'process.stdout.write(JSON.stringify({ kind: "page", text: 7 }))'],
    ['more than is asked for', 'process.stdout.write(JSON.stringify({ unreadable: "x", text: "y" }))'],
    [
      'without end',
      'for (;;) { if (!process.stdout.write("x".repeat(65536))) await new Promise((go) => process.stdout.once("drain", go)); }',
    ],
    ['too much memory', 'const all = []; for (;;) all.push(new Array(1e6).fill(all.length));'],
  ])('that answers %s is not believed', async (_what, text) => {
    const file = await program(text);
    expect(await new ChildPages({ seconds: 2, program: file }).read(source('x'), GOES_ON)).toHaveProperty('unreadable');
    expect(running(file)).toEqual([]);
  });

  test('is ended where the run is stopped', async () => {
    const file = await program('setInterval(() => undefined, 1000);');
    const stop = new AbortController();
    const reading = new ChildPages({ seconds: 60, program: file }).read(source('x'), stop.signal);
    await expect.poll(() => running(file).length).toBe(1);
    stop.abort(new Cancelled('stopped'));
    await expect(reading).rejects.toBeInstanceOf(Cancelled);
    expect(running(file)).toEqual([]);
    await expect(new ChildPages().read(source('x'), stop.signal)).rejects.toBeInstanceOf(Cancelled);
  });

  test('ends itself where nobody is left to end it', async () => {
    const spawned = await startProcess({
      file: process.execPath,
      args: [join(dirname(inject('oversign')), 'page-child.js')],
      ...{ cwd: '/', environment: {}, outputCap: 1000, dropsErrors: true },
      input: Readable.from([
        Buffer.from('{"url":"https://a.test/","type":"text/html","charset":"","packed":"","isCareful":false}\n'),
        Buffer.from(SLOW.repeat(2)),
      ]),
    });
    expect(await spawned.ended).toMatchObject({ signal: 'SIGKILL' });
  });

  test('is told nothing of the environment', async () => {
    const file = await program(
      'process.stdout.write(JSON.stringify({ unreadable: JSON.stringify(Object.keys(process.env)) }))',
    );
    const answer = await new ChildPages({ program: file }).read(source('x'), GOES_ON);
    expect(answer).toEqual({ unreadable: '["ELECTRON_RUN_AS_NODE"]' });
  });
});

describe('turns at a host', () => {
  test('come one after the other, with a moment between them; other hosts do not wait', async () => {
    const turns = new HostTurns(100);
    const events: string[] = [];
    const visit = (host: string, name: string) =>
      turns.take(
        host,
        async () => {
          events.push(`${name} begins ${Math.floor((performance.now() - began) / 100)}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
          events.push(`${name} ends`);
        },
        GOES_ON,
      );
    const began = performance.now();
    await Promise.all([visit('a', 'one'), visit('a', 'two'), visit('b', 'other')]);
    const order = events.map((event) => event.replace(/ \d+$/, ''));
    expect(order.indexOf('one ends')).toBeLessThan(order.indexOf('two begins'));
    expect(order.indexOf('other begins')).toBeLessThan(order.indexOf('one ends'));
    expect(performance.now() - began).toBeGreaterThan(130);
  });

  test('are given up by whoever is stopped, and what failed blocks nobody', async () => {
    const turns = new HostTurns(10);
    const stop = new AbortController();
    const first = Promise.withResolvers<undefined>();
    const one = turns.take('a', () => first.promise, GOES_ON);
    const two = turns.take('a', () => Promise.resolve('never'), stop.signal);
    const three = turns.take('a', () => Promise.resolve('third'), GOES_ON);
    stop.abort(new Cancelled('stopped'));
    await expect(two).rejects.toBeInstanceOf(Cancelled);
    first.reject(new Error('broken'));
    await expect(one).rejects.toThrow('broken');
    expect(await three).toBe('third');
  });
});
