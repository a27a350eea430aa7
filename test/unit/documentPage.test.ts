import fc from 'fast-check';
import { expect, test } from 'vitest';
import { block, code } from '../../src/core/audit/markdown.ts';
import { originLink, placeLink } from '../../src/core/audit/placeLink.ts';
import { elementsOf } from '../../src/shared/documentElements.ts';
import { documentPage } from '../../src/shared/documentPage.ts';

const leads = (target: string): string | undefined => (target.startsWith('file://') ? `open:${target}` : undefined);
const elements = (text: string): string => elementsOf(text, leads);

test('headings, lists, paragraphs and fenced text', () => {
  expect(elements('# `a b`\n\nOne\ntwo.\n\n- x: `1`\n- **y**\nAfter.\n\n```text\n    <b>\n      in\n```\n## End')).toBe(
    '<h1><code>a b</code></h1>\n<p>One two.</p>\n<ul>\n<li>x: <code>1</code></li>\n<li><strong>y</strong></li>\n</ul>\n<p>After.</p>\n<pre>&lt;b&gt;\n  in</pre>\n<h2>End</h2>',
  );
});

test('what is Markdown elsewhere stands as it is written', () => {
  const text = '<img src=x> ![x](https://e.example/p.png) [go](https://e.example) <https://e.example> > quote';
  expect(elements(text)).toBe(
    `<p>${text.replace('[go](https://e.example)', 'go').replace('![x](https://e.example/p.png)', '!x').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</p>`,
  );
  expect(elements(String.raw`a \* \[b\] \\ c`)).toBe('<p>a * [b] \\ c</p>');
});

test('a link to a place leads to exactly that place, whatever the file is called', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => !/[/\0]/.test(text));
  fc.assert(
    fc.property(name, fc.integer({ min: 1, max: 9999 }), (part, line) => {
      const file = `/home/${part}/policy (1).yaml`;
      const found = /^<p><a href="open:file:\/\/([^"]+)#L(\d+),7">/.exec(
        elements(placeLink({ file, line, column: 7 })),
      );
      expect(decodeURIComponent(found?.[1] ?? '')).toBe(file.toWellFormed());
      expect(found?.[2]).toBe(String(line));
    }),
  );
  expect(originLink({ layer: 'built-in' })).toBe('`built-in default`');
  expect(elements(originLink({ layer: 'user', file: '/p/policy.yaml', line: 4, column: 3 }))).toBe(
    '<p><a href="open:file:///p/policy.yaml#L4,3"><code>user policy, policy.yaml:4:3</code></a></p>',
  );
});

const HOSTILE = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...['</main><script>', '<a href="command:x">', '](command:x)', '[', '**', '`', '```', '\\', '&lt;'],
      ),
      fc.constantFrom('\n# h', '\n- i', '\n```text\n', '\n```\n', '\n    ', '"onclick="', 'javascript:1', '\u202E'),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

/** Every element that a document may have, whatever is in it. */
const KNOWN = /^<(?:\/?(?:h[123]|p|ul|li|code|pre|strong)|\/a|a href="open:file:\/\/[^"<>]*")>$/;

test('no text becomes an element, an attribute or a link of its own', () => {
  fc.assert(
    fc.property(HOSTILE, (text) => {
      for (const tag of elements(text).match(/<[^>]*>?/g) ?? []) expect(tag).toMatch(KNOWN);
    }),
    { numRuns: 1000 },
  );
  // Control: markup that is let through is found.
  expect('<script>').not.toMatch(KNOWN);
});

test('words of others in code and in blocks come out letter for letter, as text', () => {
  const plain = (html: string): string =>
    html
      .replace(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii', maxLength: 40 }), (text) => {
      const shown = text.replace(/\s+/g, ' ').trim();
      if (shown === '' || /[\0-\x1f\x7f]/.test(text)) return;
      expect(plain(elements(`x ${code(text)} y`))).toBe(`x ${shown} y`.replace(/\s+/g, ' '));
      expect(plain(elements(block(text).join('\n')))).toBe(text);
    }),
    { numRuns: 500 },
  );
});

test('the page runs nothing and loads nothing, and its title and buttons are text', () => {
  const page = documentPage({
    title: '</title><script>x</script>',
    text: 'a',
    actions: [{ title: '<b>', href: 'command:oversign.makeRule?"onclick="x' }],
    href: leads,
  });
  expect(page).toContain(
    `content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"`,
  );
  expect(page).not.toContain('<script');
  expect(page).toContain('<a class="action" href="command:oversign.makeRule?&quot;onclick=&quot;x">&lt;b&gt;</a>');
});
