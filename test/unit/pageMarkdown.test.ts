import { expect, test } from 'vitest';
import { readSource } from '../../src/node/web/page/readSource.ts';
import { PROSE, read, source } from '../support/pageSource.ts';

const whole = async (html: string, url?: string): Promise<string> =>
  read(await readSource(source(html, { all: true, ...(url !== undefined && { url }) }), false)).text;

test.each<[what: string, html: string, markdown: string]>([
  ['headings', '<h1>One</h1><h3>Two <em>more</em></h3>', '# One\n\n### Two *more*'],
  ['paragraphs and breaks', '<p>a  b\n c<br>d</p><div>e</div>f', 'a b c\nd\n\ne\n\nf'],
  ['lists', '<ul><li>a<li>b<ol start=3><li>c<li>d</ol></ul>', '- a\n- b\n  3. c\n  4. d'],
  ['quotes', '<blockquote><p>a</p><p>b</p></blockquote>', '> a\n>\n> b'],
  ['code', '<pre>a\n  b `` ```</pre><p>and <code>c`d</code></p>', '````\na\n  b `` ```\n````\n\nand ``c`d``'],
  ['tables', '<table><tr><th>a<th>b|c</tr><tr><td>1<td>2</tr></table>', '| a | b\\|c |\n| --- | --- |\n| 1 | 2 |'],
  ['tables for the layout', '<table><tr><td><p>a</p><p>b</p></td></tr></table>', 'a\n\nb'],
  ['emphasis', '<b> a </b>b<i></i><del>c</del>', '**a** b~~c~~'],
  ['links', '<a href="../x">a</a> <a href="#y">b</a> <a href="javascript:c()">c</a>', '[a](https://site.test/x) b c'],
  ['links that say where they lead', '<a href="https://a.test/">https://a.test/</a>', 'https://a.test/'],
  [
    'a link that says it leads elsewhere',
    '<a href="https://b.test/">https://a.test/</a>',
    '[https://a.test/](https://b.test/)',
  ],
  ['images', '<img alt="a  b" src=x> <img src=y alt="">', '[image: a b]'],
  ['entities', '&lt;b&gt; &amp;amp; &nbsp;&uuml;', '<b> &amp; ü'],
  ['what was never closed', '<p>a<p><b>b<div>c', 'a\n\n**b c**'],
  ['nothing', '', ''],
])('%s', async (_what, html, markdown) => {
  expect(await whole(html)).toBe(markdown);
});

test('links start where the page says', async () => {
  expect(await whole('<base href="https://other.test/dir/"><a href="x">a</a>')).toBe('[a](https://other.test/dir/x)');
});

test('the main text alone, with what the page says of itself; all of it on request', async () => {
  const html = `<head><title>A &amp; B</title><link rel=canonical href="/b"><meta name=author content="Ann"><meta http-equiv=refresh content="5; url=/c"></head>
    <nav>${'<a href="/m">Menu</a> '.repeat(30)}</nav><article><h2>Head</h2>${PROSE}</article><iframe src="/i"></iframe><footer>Imprint of all</footer>`;
  const page = read(await readSource(source(html), false));
  expect(page).toMatchObject({
    ...{
      kind: 'page',
      title: 'A & B',
      byline: 'Ann',
      canonical: 'https://site.test/b',
      leadsOn: 'https://site.test/c',
    },
    ...{ embedded: ['https://site.test/i'], shown: 'main', needsScripts: false, unseen: 0 },
  });
  expect(page.text).toContain('paragraph 8');
  expect(page.text).not.toMatch(/Menu|Imprint/);
  expect(page.whole).toBeGreaterThan(page.text.length);
  expect(await whole(html)).toMatch(/Menu[^]*Imprint/);
});

test('a page that is made by scripts is told from one that merely has some', async () => {
  const empty =
    '<div id="root"></div><script src="app.js"></script><noscript>You need to enable JavaScript.</noscript>';
  expect(read(await readSource(source(empty), false))).toMatchObject({ needsScripts: true, scripts: 1, text: '' });
  const short = '<p>Short.</p>';
  expect(read(await readSource(source(short), false))).toMatchObject({ needsScripts: false });
  const filled = `<article>${PROSE}</article><script src="app.js"></script>`;
  expect(read(await readSource(source(filled), false))).toMatchObject({ needsScripts: false });
});

test('what is no HTML is shown as it is, without what nobody sees', async () => {
  const page = read(await readSource(source('{"a": "<b>"}\u200B', { type: 'application/json' }), false));
  expect(page).toMatchObject({ kind: 'text', text: '{"a": "<b>"}', unseen: 1 });
});

test('a page that does not say what it is, is looked at', async () => {
  expect(read(await readSource(source('<!doctype html><h1>a</h1>', { type: '' }), false)).text).toBe('# a');
  expect(read(await readSource(source('a < b', { type: '' }), false))).toMatchObject({ kind: 'text', text: 'a < b' });
  expect(await readSource(source(new Uint8Array([1, 0, 2]), { type: '' }), false)).toHaveProperty('unreadable');
});
