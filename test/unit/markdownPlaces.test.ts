import { expect, test, vi } from 'vitest';
import type { FromPanel } from '../../src/shared/protocol.ts';
import { mentionOf, mentionsIn } from '../../webview/markdown/mentions.ts';
import { targetOf } from '../../webview/markdown/target.ts';
import { createFileKnowledge } from '../../webview/state/fileKnowledge.ts';
import { drawn, read } from '../support/spokenWords.tsx';

const found = (text: string): string[] =>
  mentionsIn(text).flatMap(({ place }) => (place ? [[place.path, place.line, place.column].join(' ').trim()] : []));

test.each([
  ['see src/total.mjs:4.', ['src/total.mjs 4']],
  ['see src/total.mjs:4:12, and b.ts:1', ['src/total.mjs 4 12', 'b.ts 1']],
  ['(./a/b.ts:3)', ['./a/b.ts 3']],
  ['/work/a.ts:3', ['/work/a.ts 3']],
  ['.env:1 Ünïcode/ä.ts:2', ['.env 1', 'Ünïcode/ä.ts 2']],
  ['at 10:30, 127.0.0.1:8080, localhost:3000, v1.2.3:4', []],
  ['https://a.example:443/x http://b.example:80', []],
  ['a.ts:0 a.ts: a.ts:x a.ts:1x a.ts', []],
  ['a.ts:12345678', []],
])('places in files that words name: %s', (text, places) => {
  expect(found(text)).toEqual(places);
  expect(
    mentionsIn(text)
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text);
});

test.each([
  ['src/a.ts', { path: 'src/a.ts' }],
  ['package.json', { path: 'package.json' }],
  ['src/a.ts:4:2', { path: 'src/a.ts', line: 4, column: 2 }],
  ['rm -rf build/', undefined],
  ['items.length - 1', undefined],
  ['x', undefined],
  ['//evil.example/share', undefined],
])('what stands in backticks may be a file: %s', (code, place) => {
  expect(mentionOf(code)).toEqual(place);
});

test.each([
  ['src/a.ts#L4', { path: 'src/a.ts', line: 4 }],
  ['src/a.ts#L4-L9', { path: 'src/a.ts', line: 4 }],
  ['src/a.ts:4:2', { path: 'src/a.ts', line: 4, column: 2 }],
  ['a%20b.ts', { path: 'a b.ts' }],
  ['../../etc/passwd', { path: '../../etc/passwd' }],
])('a link to a file: %s', (href, place) => {
  expect(targetOf(href)).toEqual({ kind: 'file', place });
});

test.each(['#here', '', '?x', 'a%ZZ', 'a%00b', '\\\\host\\share', '//host/share', 'file:///a', 'a%E2%80%AEb'])(
  'no link to a file: %s',
  (href) => {
    expect(targetOf(href).kind).toBe('nowhere');
  },
);

test('only what is a file of the workspace is to be followed; what is not says which one was meant', () => {
  const source = 'a.ts:1, `b.ts` and [the source](c.ts:3)';
  expect(drawn(source)).not.toContain('role="link"');
  expect(read(source)).toBe('a.ts:1, b.ts and the source (c.ts:3)');
  const html = drawn(source, { there: ['a.ts', 'b.ts', 'c.ts'] });
  expect([...html.matchAll(/role="link"[^>]*title="([^"]*)"/g)].map(([, title]) => title)).toEqual([
    'Open a.ts:1',
    'Open b.ts',
    'Open c.ts:3',
  ]);
  expect(read(source, { there: ['a.ts', 'b.ts', 'c.ts'] })).toBe('a.ts:1, b.ts and the source');
});

test('words that look like another file have the true one beside them', () => {
  expect(read('[README.md](.vscode/tasks.json)', { there: ['.vscode/tasks.json'] })).toBe(
    'README.md (.vscode/tasks.json)',
  );
});

test('files are asked for after drawing, many at once, each once, and again where they were not there', async () => {
  const sent: FromPanel[] = [];
  const files = createFileKnowledge((message) => sent.push(message));
  const heard = vi.fn();
  files.subscribe(heard);
  for (const path of ['a', 'b', 'a']) files.ask(path);
  expect(sent).toEqual([]);
  await Promise.resolve();
  expect(sent).toEqual([{ type: 'find-files', paths: ['a', 'b'] }]);
  files.learn({ there: ['a'], absent: ['b'] });
  expect(heard).toHaveBeenCalledOnce();
  expect(['a', 'b', 'c'].map((path) => files.standing(path))).toEqual(['there', 'absent', 'unknown']);
  for (const path of ['a', 'b']) files.ask(path);
  await Promise.resolve();
  expect(sent.slice(1)).toEqual([{ type: 'find-files', paths: ['b'] }]);
  for (let index = 0; index < 250; index += 1) files.ask(`p${index}`);
  await Promise.resolve();
  expect(sent.slice(2).map((message) => message.type === 'find-files' && message.paths.length)).toEqual([100, 100, 50]);
});
