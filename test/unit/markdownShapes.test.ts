import { expect, test } from 'vitest';
import { drawn, read } from '../support/spokenWords.tsx';

test.each([
  ['a paragraph', 'One.\nTwo.', '<p dir="auto">One.\nTwo.</p>'],
  [
    'emphasis',
    '**a** *b* ~~c~~ ***d***',
    '<p dir="auto"><strong>a</strong> <em>b</em> <del>c</del> <em><strong>d</strong></em></p>',
  ],
  ['headings, toned down', '# A\n\n## B\n\n#### C', '<h4 dir="auto">A</h4><h5 dir="auto">B</h5><h6 dir="auto">C</h6>'],
  ['a list', '- a\n- b', '<ul><li><div dir="auto">a</div></li><li><div dir="auto">b</div></li></ul>'],
  [
    'a list in a list',
    '1. a\n   - b',
    '<ol start="1"><li><div dir="auto">a</div><ul><li><div dir="auto">b</div></li></ul></li></ol>',
  ],
  ['a list that begins later', '7) a', '<ol start="7"><li><div dir="auto">a</div></li></ol>'],
  ['a quote', '> a\n> b', '<blockquote><p dir="auto">a\nb</p></blockquote>'],
  ['a rule', 'a\n\n---', '<p dir="auto">a</p><hr/>'],
  ['a break', 'a  \nb', '<p dir="auto">a<br/>b</p>'],
  ['code in a line, to the letter', '`a  \u200Bb`', '<p dir="auto"><code class="md-code">a  \\u{200B}b</code></p>'],
  ['an entity', '&amp;&lt;b&gt;', '<p dir="auto">&amp;&lt;b&gt;</p>'],
  ['an escape', '\\*a\\*', '<p dir="auto">*a*</p>'],
])('%s', (_name, source, html) => {
  expect(drawn(source)).toBe(html);
});

test('tasks say whether they are done, to the eye and in words', () => {
  expect(read('- [ ] a\n- [x] b\n- [y] c\n- [x]d')).toBe('☐Open: a☑Done: b[y] c[x]d');
});

test('code keeps its lines, its blanks and its language, and has a button to copy it', () => {
  const html = drawn('```ts title="a"\nif (a)\n\tb < c;\n\n```');
  expect(html).toContain('<code>if (a)\n\tb &lt; c;\n</code>');
  expect(html).toContain('aria-label="Code, ts"');
  expect(html).toContain('aria-label="Copy code"');
  expect(html).toContain('role="status"');
});

test('a table has its heads, its sides, and is moved sideways by itself', () => {
  const html = drawn('| a | b |\n|---|--:|\n| 1 | **2** |');
  expect(html).toContain('<th scope="col" dir="auto">a</th><th scope="col" dir="auto" class="md-right">b</th>');
  expect(html).toContain('<td dir="auto">1</td><td dir="auto" class="md-right"><strong>2</strong></td>');
  expect(html).toMatch(/class="md-table" tabindex="0" role="region" aria-label="Table"/i);
});

test('definitions of links stand as they are written: what was drawn never depends on what comes later', () => {
  expect(read('[a]\n\n[a]: /x')).toBe('[a][a]: /x');
});

test.each([
  ['an open fence', 'a\n\n```ts\nlet b', 'atslet b'],
  ['the beginning of a fence', 'a\n\n``', 'a'],
  ['open bold', 'a **b', 'a b'],
  ['half closed bold', 'a **b*', 'a b'],
  ['nothing in bold yet', 'a **', 'a'],
  ['open code', 'a `b c', 'a b c'],
  ['open stroke', 'a ~~b', 'a b'],
  ['a link without its end', 'see [the docs](https://exam', 'see the docs'],
  ['a link without its address', 'see [the docs]', 'see the docs'],
  ['a link without its words’ end', 'see [the do', 'see the do'],
  ['an image that begins', 'see ![', 'see'],
  ['an index, which is no link', 'see items[0', 'see items[0'],
  ['a list that begins', 'a\n\n-', 'a'],
  ['a number that begins a list', 'a\n\n1.', 'a'],
  ['a heading that begins', 'a\n\n##', 'a'],
])('%s looks calm while more comes', (_name, source, words) => {
  expect(read(source, { isStreaming: true })).toBe(words);
});

test('control: what is over is shown as it was written', () => {
  expect(read('a **b')).toBe('a **b');
  expect(read('see [the docs](https://exam')).toBe('see [the docs](https://exam');
});

test('half of a task is a task to come', () => {
  expect(read('- a\n- [ ', { isStreaming: true })).toContain('a');
  expect(read('- [x', { isStreaming: true })).not.toContain('Done');
});
