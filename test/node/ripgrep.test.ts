import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import { readable } from '../../src/core/grammar/textEdit.ts';
import type { Pattern, TextSearch } from '../../src/core/tools/textSearch.ts';
import { lineMatcher } from '../../src/node/search/lineMatcher.ts';
import { ripgrepPatterns } from '../../src/node/search/ripgrepPattern.ts';
import { ThreadSearch } from '../../src/node/search/threadSearch.ts';
import { temporaryFolder } from '../support/tree.ts';
import { toolsOver } from '../support/toolsOver.ts';

/** Every file is opened: what is found so is what there is. */
class WithoutRipgrep implements TextSearch {
  readonly #search = new ThreadSearch();
  readonly filesWith = () => undefined;

  open(pattern: Pattern, signal: AbortSignal) {
    return this.#search.open(pattern, signal);
  }
}

const TEXTS = [
  'plain needle here\nand more',
  'a NEEDLE in capitals',
  'nöedle, Straße, İstanbul, \u212Aelvin',
  'needle\r\nwith returns\r\nneedle at the end$\r\n',
  'call(a, b) [x] {y} a\\b "quoted" 50% ^top',
  'tab\there and  two spaces',
  'x'.repeat(70_000) + ' needle far out',
  '',
  'version 12.5.001 of e-mail someone@example.com',
  '日本語の needle テキスト',
];
const ENCODINGS = ['utf8', 'utf16le', 'utf16be', 'latin1', 'shift_jis', 'windows-1251', 'gb18030'];

async function workspace(): Promise<string> {
  const folder = join(await temporaryFolder(), 'work');
  mkdirSync(join(folder, 'node_modules/p'), { recursive: true });
  mkdirSync(join(folder, 'src/node_modules'), { recursive: true });
  mkdirSync(join(folder, '.hidden'));
  for (const [index, text] of TEXTS.entries())
    for (const encoding of ENCODINGS) {
      const bytes = iconv.encode(text, encoding);
      if (iconv.decode(bytes, encoding) !== text || (text.length > 1000 && encoding !== 'utf8')) continue;
      writeFileSync(join(folder, `text${index}.${encoding}.txt`), bytes);
      const marked = iconv.encode(text, encoding, { addBOM: true });
      if (encoding.startsWith('utf')) writeFileSync(join(folder, `marked${index}.${encoding}.txt`), marked);
    }
  writeFileSync(join(folder, 'returns.txt'), 'a\rb\rneedle\r');
  writeFileSync(join(folder, 'controls.txt'), 'needle\r\r\na\x0bb\na\x0cb');
  writeFileSync(join(folder, 'binary.dat'), Buffer.from([0, 1, 2, ...Buffer.from('needle'), 0, 255]));
  for (const place of ['.hidden/x', 'node_modules/p/x', 'src/node_modules/x', 'src/dist', '.env'])
    writeFileSync(join(folder, place), 'needle\n');
  symlinkSync('text0.utf8.txt', join(folder, 'link.txt'));
  const cell = {
    cell_type: 'code',
    source: ['print("needle in a \\"cell\\"")'],
    metadata: {},
    outputs: [],
    execution_count: null,
  };
  writeFileSync(
    join(folder, 'book.ipynb'),
    JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 }),
  );
  return folder;
}

const LITERALS = [
  ...['needle', 'NEEDLE', 'nö', 'Straße', 'kelvin', 'istanbul', 'call(a, b) [x] {y}', 'a\\b "quoted"', 'a\\"cell'],
  ...[
    '50%',
    '^top',
    'end$',
    'tab\there',
    'needle far',
    '日本',
    'テキスト',
    '.',
    'no such thing',
    '12.5.001',
    'print("needle',
  ],
];
const EXPRESSIONS = [
  ...[
    'need.e',
    '^plain',
    'end\\$$',
    '\\bneedle\\b',
    '[nN][^a-d]edle',
    '(plain|a) (needle|NEEDLE)',
    '\\d+\\.\\d{1,3}',
    '\\S+@\\S+',
  ],
  ...[
    'x*',
    '\\w+ß',
    'n.edle',
    '(?i)needle',
    '\\x6eeedle',
    '[[:alpha:]]eedle',
    'n\\pLedle',
    '^.$',
    '(',
    'a**',
    'nee(?:dle|x)+?',
    '[&&]',
  ],
  ...['a.b', 'a[^x]b', 'a[^\\s]b', 'a\\sb', 'a\\Wb', 'b.needle', 'needle.$', 'needle$', 'needle[$]', 'needle\\$$'],
];

test.runIf(existsSync('/usr/bin/rg'))('with ripgrep the same is found as without, whatever is looked for', async () => {
  const folder = await workspace();
  const fast = toolsOver(folder);
  const slow = toolsOver(folder, new WithoutRipgrep());
  const results = (tools: typeof fast, args: object): Promise<string> =>
    tools.call('search_files', { include_ignored: true, ...args }).catch((error: unknown) => String(error));
  let fasterOnes = 0;
  for (const [patterns, regex] of [
    [LITERALS, false],
    [EXPRESSIONS, true],
  ] as const)
    for (const [index, pattern] of patterns.entries())
      for (const ignore_case of pattern.includes('eedle') ? [false, true] : [index % 2 === 0]) {
        const args = { pattern, regex, ignore_case };
        const found = await results(slow, args);
        expect(await results(fast, args), JSON.stringify(args)).toBe(found);
        if (ripgrepPatterns({ text: pattern, isExpression: regex, ignoresCase: ignore_case })) fasterOnes += 1;
      }
  // Not because every file is opened here too.
  expect(fasterOnes).toBeGreaterThan(30);
  const over = { pattern: 'here.and', regex: true, multiline: true };
  expect(await results(fast, over)).toBe(await results(slow, over));
  expect(await results(fast, over)).toContain('text0');
  expect(await results(fast, { pattern: 'needle', glob: 'node_modules/**' })).toContain('node_modules/p/x:1: needle');
  expect(await results(fast, { pattern: 'needle' })).not.toContain('node_modules/p');
});

test('what may mean something else to ripgrep is not asked of it', () => {
  const asked = (text: string) => ripgrepPatterns({ text, isExpression: true, ignoresCase: false });
  for (const text of [
    '(?i)a',
    '\\pL',
    '[[:alpha:]]',
    '\\x41',
    '\\Aa',
    'a\\z',
    '\\Qa\\E',
    'ö',
    'a\nb',
    'x*',
    '[a&&b]',
    '(?P<n>a)',
    '{',
    '\\S',
  ])
    expect(asked(text), text).toBeUndefined();
  expect(ripgrepPatterns({ text: 'a.b', isExpression: true, ignoresCase: false, spansLines: true })).toBeUndefined();
  for (const text of ['a.b', '^a+?b{2,3}', '[^a-z0-9_$]+x', '\\bfoo\\(\\$', '(?:a|b)c'])
    expect(asked(text)?.[0], text).toBe(text);
});

/** Expressions and lines of what the two programs might read otherwise. */
const part = fc.constantFrom(
  ...['a', 'b', '.', '\\s', '\\w', '\\W', '\\d', '\\D', '\\b', '\\B', '^', '$', '[^a]', '[^\\s]', '[^\\w]', '[a-b_]'],
  ...['(?:a|b)', '(.|x)', ' ', '-', '_', '\\.', '[.$]'],
);
const expression = fc
  .array(fc.tuple(part, fc.constantFrom('', '', '', '+', '*', '?', '{1,2}', '+?')), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.map(([one, often]) => one + often).join(''));
const line = fc.string({
  unit: fc.constantFrom(...'aab _-.1x', '\t', '\r', '\x0b', '\x0c', '\x1c', '\x7f', 'é', '\u0130', '\u2028'),
  maxLength: 6,
});
const text = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { minLength: 1, maxLength: 3 });

test.runIf(existsSync('/usr/bin/rg'))('no file is left out in which an expression fits a line', async () => {
  const folder = await temporaryFolder();
  let [fitting, leftOut] = [0, 0];
  for (const [index, lines] of fc.sample(text, { numRuns: 150, seed: 7 }).entries())
    writeFileSync(join(folder, `${index}.txt`), lines.flat().join(''));
  const { filesWith } = new ThreadSearch();
  for (const one of fc.sample(expression, { numRuns: 50, seed: 11 }))
    for (const ignoresCase of [false, true]) {
      const pattern = { text: one, isExpression: true, ignoresCase };
      const matcher = await lineMatcher(pattern);
      const found = await filesWith(pattern, { folders: [folder], without: [] }, AbortSignal.timeout(20_000));
      if (!found || typeof matcher === 'string') continue;
      for (const name of readdirSync(folder)) {
        const lines = readable(name, readFileSync(join(folder, name), 'utf8')).split('\n');
        const fits = lines.some((each) => matcher(each) >= 0);
        if (fits) fitting += 1;
        if (!found.has(join(folder, name))) leftOut += 1;
        expect(fits && !found.has(join(folder, name)), `${JSON.stringify(one)} in ${JSON.stringify(lines)}`).toBe(
          false,
        );
      }
    }
  expect(fitting).toBeGreaterThan(300);
  expect(leftOut).toBeGreaterThan(300); // the control
});
