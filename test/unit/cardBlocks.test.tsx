import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { blocksMarkdown } from '../../src/core/audit/blockMarkdown.ts';
import { BlockSchema, type Block, type BlockOf } from '../../src/shared/block.ts';
import { approvalText } from '../../src/terminal/cardText.ts';
import { Blocks } from '../../webview/components/blocks/Blocks.tsx';
import { approvalOf } from '../support/cards.ts';

/** One block of each kind with a text everywhere where one may stand; a kind that is missing does not compile. */
function blocksWith(text: string): { [Kind in Block['kind']]: BlockOf<Kind> } {
  const words = [text, { exact: text }, { strong: text }];
  const loss = { files: 1, bytes: 2, more: false, tracked: 'unknown', unsaved: true } as const;
  return {
    sentence: { kind: 'sentence', icon: 'eye', tone: 'warning', words },
    alarm: { kind: 'alarm', name: 'a', words },
    loss: { kind: 'loss', heading: words, loss },
    exact: { kind: 'exact', label: text, text },
    diff: {
      ...{ kind: 'diff', change: 'edit', path: text, absolute: text, diff: `@@ -1 +1 @@\n-${text}\n+${text}\n` },
      ...{ unseen: { lines: 2, characters: 9 }, added: 1, removed: 1, unsaved: true },
    },
    effects: {
      kind: 'effects',
      files: [{ what: 'new', path: text, words, added: 1, removed: 2 }],
      left: 3,
      hasDiffs: true,
    },
    facts: { kind: 'facts', fold: text, facts: [{ label: text, value: words, hint: text }] },
    list: { kind: 'list', name: 'l', title: text, label: text, items: [words], left: 2, of: text },
  };
}

function panel(blocks: readonly Block[]): string {
  return renderToStaticMarkup(<Blocks blocks={blocks} onOpenDiff={() => undefined} />);
}

const RAW = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;
const HOSTILE = '\u202Eevil\u001B[31m\u200B\u{E0041}\uD800 <img src=x> ![x](https://e.example) `code` $x$ @me [^1]';
const KINDS = Object.keys(blocksWith('')) as Block['kind'][];

describe('a block is drawn in panel, terminal and Markdown with nothing raw:', () => {
  test.each(KINDS)('%s', (kind) => {
    const block = blocksWith(HOSTILE)[kind];
    expect(BlockSchema.parse(block)).toEqual(block);
    const html = panel([block]);
    expect(html).toContain('\\u{202E}evil\\u{001B}[31m\\u{200B}\\u{E0041}\\u{D800}');
    expect(html).not.toContain('<img');
    expect(html).not.toContain('style=');
    const terminal = approvalText(approvalOf([block]));
    expect(terminal).toContain('\\u{202E}evil');
    const markdown = blocksMarkdown([block]).join('\n');
    expect(markdown).toMatch(/\\u\\?\{202E\\?\}evil/);
    for (const drawn of [html, terminal, markdown]) expect(drawn).not.toMatch(RAW);
  });

  test('whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const blocks = Object.values(blocksWith(text));
        for (const drawn of [panel(blocks), approvalText(approvalOf(blocks)), blocksMarkdown(blocks).join('\n')])
          expect(drawn).not.toMatch(RAW);
      }),
    );
  });
});

test('a line break in words of a block begins no line', () => {
  const text = 'x\nUndo: all of it\nAllow? [y/N] y\n# Heading\n- item';
  for (const kind of KINDS) {
    const block = blocksWith(text)[kind];
    const lines = approvalText(approvalOf([block]))
      .split('\n')
      .slice(1);
    expect(lines.filter((line) => /^(Undo: all|Allow\?|# Heading|- item)/.test(line))).toEqual([]);
    const markdown = blocksMarkdown([block]);
    expect(markdown.filter((line) => /^(Undo: all|# Heading|- item)/.test(line))).toEqual([]);
    const page = panel([block]).replace(/<pre[^]*?<\/pre>/g, '');
    expect(page).not.toContain('\nUndo');
  }
});

test('in Markdown, words that are not code make no mark, element, link, mention, formula, list or heading', () => {
  const said = (text: string): string =>
    blocksMarkdown([{ kind: 'sentence', icon: '', tone: 'plain', words: [text] }])[0] ?? '';
  expect(said('plain words, 1.2 MB (of 3); done: yes')).toBe('plain words, 1.2 MB (of 3); done: yes');
  expect(said('<b>*a*_b_`c`[d](e)![f]')).toBe('\\<b\\>\\*a\\*\\_b\\_\\`c\\`\\[d\\](e)!\\[f\\]');
  expect(said('https://e.example www.e.example me@e.example @me $x$ ~~y~~ |')).toBe(
    'https\\://e.example www\\.e.example me\\@e.example \\@me \\$x\\$ \\~\\~y\\~\\~ \\|',
  );
  expect(['# a', '- a', '+ a', '1. a', '2) a', '> a', '==='].map(said)).toEqual([
    ...['\\# a', '\\- a', '\\+ a', '1\\. a', '2\\) a', '\\> a', '\\==='],
  ]);
});

test('what unfolds stands at the end of a card in the panel, and in its place where nothing unfolds', () => {
  const { list, sentence } = blocksWith('a');
  const html = panel([list, sentence]);
  expect(html.indexOf('class="line')).toBeLessThan(html.indexOf('<details'));
  const [, , first = '', second = ''] = approvalText(approvalOf([list, sentence])).split('\n');
  expect(first).toMatch(/^a: a/);
  expect(second).toBe('a: and 2 more a');
});

test('an exact text is there to its last character, words in boxes and long blanks counted', () => {
  const text = `rm  --force ${' '.repeat(40)}x\n\ny`;
  const block: Block = { kind: 'exact', label: 'Command', text, prompt: '$' };
  const html = panel([block]).replace(/<[^>]+>/g, '');
  expect(html).toBe('rm  --force [41 blanks] x\n\ny');
  const { prompt: _prompt, ...statement } = block;
  expect(panel([{ ...statement, label: 'Statement' }])).toContain('>Statement</p>');
  expect(
    approvalText(approvalOf([block]))
      .split('\n')
      .slice(2, 5),
  ).toEqual(['  $ rm  --force [41 blanks] x', '  │ ', '  │ y']);
});

test('a card of another tool touches no renderer: none of them asks what kind of card it draws', () => {
  const files = ['webview', 'src/terminal', 'src/shared', 'src/extension', 'src/vscode'].flatMap(sources);
  expect(files.length).toBeGreaterThan(60);
  const asks = /\bcard\.kind\s*(===|!==|\))|switch \(card\b/;
  expect('switch (card.kind) {').toMatch(asks);
  const asking = files.filter((path) => asks.test(readFileSync(path, 'utf8')));
  expect(asking).toEqual([]);
});

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.tsx?$/.test(path) ? [path] : [];
  });
}
