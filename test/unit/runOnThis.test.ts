import { expect, test } from 'vitest';
import { pickedThings } from '../../src/extension/pickedThings.ts';
import { testWords } from '../../src/extension/referenceWords.ts';
import { spokenPath } from '../../src/extension/spokenPath.ts';
import { unopenedPlaces } from '../../src/extension/workplace.ts';
import { FromPanelSchema } from '../../src/shared/protocol.ts';
import { droppedUris } from '../../webview/state/dropping.ts';

const uri = (fsPath: string, scheme = 'file'): object => ({ scheme, fsPath, path: fsPath });
const range = { start: { line: 4, character: 0 }, end: { line: 5, character: 0 } };

test.each<[string, unknown[], unknown[]]>([
  ['an entry of the Explorer', [uri('/w/a.ts'), [uri('/w/a.ts')]], [{ kind: 'file', path: '/w/a.ts' }]],
  [
    'several that are selected, each once',
    [uri('/w/a.ts'), [uri('/w/a.ts'), uri('/w/b.ts')]],
    [
      { kind: 'file', path: '/w/a.ts' },
      { kind: 'file', path: '/w/b.ts' },
    ],
  ],
  ['changes of source control', [{ resourceUri: uri('/w/a.ts') }], [{ kind: 'file', path: '/w/a.ts' }]],
  [
    'a group of them',
    [{ id: 'workingTree', label: 'Changes', resourceStates: [{ resourceUri: uri('/w/a.ts') }] }],
    [{ kind: 'file', path: '/w/a.ts' }],
  ],
  [
    'a test',
    [{ id: 't', label: 'adds', uri: uri('/w/a.test.ts'), range }],
    [{ kind: 'test', label: 'adds', path: '/w/a.test.ts', line: 4, message: undefined }],
  ],
  [
    'how a test failed',
    [
      {
        test: { id: 't', label: 'adds', uri: uri('/w/a.test.ts') },
        message: { message: { value: '1 is not 2' }, location: { uri: uri('/w/a.ts'), range } },
      },
    ],
    [{ kind: 'test', label: 'adds', path: '/w/a.ts', line: 4, message: '1 is not 2' }],
  ],
  [
    'problems',
    [{ problemsOf: uri('/w/a.ts'), problems: [{ line: 1, column: 2, level: 0, message: 'no' }] }],
    [{ kind: 'problems', path: '/w/a.ts', problems: [{ line: 1, column: 2, level: 0, message: 'no' }] }],
  ],
  ['nothing at all', [undefined, null], []],
])('%s', (_, args, expected) => {
  expect(pickedThings(args)).toEqual(expected);
});

test.each<[string, unknown]>([
  ['a file of another place', uri('/w/a.ts', 'http')],
  ['a name', 'a.ts'],
  ['a number', 7],
  ['a file without a path', uri('')],
  ['a path that floods', uri('/w/'.padEnd(5000, 'a'))],
  ['something that inherits', Object.create(uri('/w/a.ts'))],
])('%s is refused with a sentence', (_, value) => {
  const wrong = value instanceof Object && Object.keys(value).length === 0 ? {} : value;
  expect(() => pickedThings([wrong])).toThrow('Choose one of those.');
});

test('what floods is cut, in number and in length', () => {
  const many = Array.from({ length: 5000 }, (_, at) => uri(`/w/${at}.ts`));
  expect(pickedThings([many])).toHaveLength(20);
  expect(testWords({ label: 't', message: 'x'.repeat(4000) }).length).toBeLessThan(700);
});

test('what a test says of its failure is one line behind a mark, with nothing hidden', () => {
  expect(testWords({ label: 'adds `x`', path: 'a.ts', line: 4, message: 'one\n# two\u202e' })).toBe(
    'the test "adds `x`" in `a.ts:5`\n> one # two\\u{202E}\n',
  );
});

test('a file is called as the tools of the next run take it', () => {
  const one = unopenedPlaces(['/w/app']);
  const two = unopenedPlaces(['/w/one/app', '/w/two/app']);
  expect(spokenPath('/w/app/src/a.ts', one)).toBe('src/a.ts');
  expect(spokenPath('/w/app', one)).toBe('.');
  expect(spokenPath('/w/two/app/a.ts', two)).toBe('app (two)/a.ts');
  expect(spokenPath('/w/other/a.ts', two)).toBe('/w/other/a.ts');
  expect(spokenPath('/w/app-secrets/a.ts', one)).toBe('/w/app-secrets/a.ts');
  const linked = [{ label: 'app', path: '/real/app', named: '/link/app' }];
  expect(spokenPath('/link/app/a.ts', linked)).toBe('a.ts');
  expect(spokenPath('/real/app/a.ts', linked)).toBe('a.ts');
});

test('what is dragged here from the editor are files; everything else is not taken for one', () => {
  const drag = (data: Record<string, string>): Pick<DataTransfer, 'getData'> => ({
    getData: (kind) => data[kind] ?? '',
  });
  const uris = droppedUris(drag({ 'text/uri-list': 'file:///w/a.ts\r\nhttps://x.example/\nvscode-remote://h/w/b.ts' }));
  expect(uris).toEqual(['file:///w/a.ts', 'vscode-remote://h/w/b.ts']);
  expect(FromPanelSchema.safeParse({ type: 'drop-files', uris }).success).toBe(true);
  expect(FromPanelSchema.safeParse({ type: 'drop-files', uris: [] }).success).toBe(false);
  expect(droppedUris(drag({ 'text/plain': 'file:///w/a.ts' }))).toEqual([]);
  expect(droppedUris(drag({ 'text/uri-list': 'javascript:alert(1)' }))).toEqual([]);
});
