import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grammarOf, problemIn } from '../../src/core/grammar/grammars.ts';
import { cellsOf, notebookProblem, notebookText } from '../../src/core/grammar/notebook.ts';
import { withCells } from '../../src/core/grammar/notebookEdit.ts';

const DEEP = '['.repeat(200_000);

async function judged(path: string, before: string, after: string): Promise<string> {
  const grammar = await grammarOf(path, before);
  if (!grammar) return 'none';
  const problem = await problemIn(grammar, after);
  return problem ? `${grammar.words} ${problem.line ?? '-'}:${problem.column ?? '-'}` : 'fine';
}

test.each([
  ['package.json', '{"a": 1}', '{"a": 1,}', 'JSON 1:9'],
  ['package.json', '{"a": 1}', '{\n  // why\n  "a": 1\n}', 'JSON 2:3'],
  ['package.json', '{"a": 1}', '{"a": 2}', 'fine'],
  ['package.json', '{"a": 1}', '', 'JSON 1:1'],
  ['package.json', '\uFEFF{"a": 1}', '\uFEFF{"a": 2}', 'fine'],
  ['any.json', '{"a": 1, /* as some have it */ }', '{"a": 1 "b": 2}', 'JSON with comments 1:9'],
  ['any.json', '{"a": 1, /* as some have it */ }', '{"a": 1, }', 'fine'],
  ['any.json', 'broken {', 'more broken {{', 'none'],
  ['any.json', '[]', DEEP, 'JSON -:-'],
  ['tsconfig.build.json', '{}', '{ // why\n}', 'fine'],
  ['.vscode/settings.json', '{}', '{ "a": 1 "b" }', 'JSON with comments 1:10'],
  ['log.jsonl', '{"a":1}\n{"a":2}\n', '{"a":1}\n{"a":2\n', 'JSON Lines 2:7'],
  ['a.yml', 'a: 1\nb:\n  - c\n', 'a: 1\nb:\n  - c\n - d\n', 'YAML 4:1'],
  ['a.yaml', 'a: 1\n---\nb: 2\n', 'a: 1\n---\nb: 2\nb: 3\n', 'YAML 4:1'],
  ['chart.yaml', 'a: {{ .Values.a }}\nb: [', 'a: {{ .Values.b }}\nb: [', 'none'],
  ['Cargo.toml', '[package]\nname = "a"\n', '[package]\nname = a\n', 'TOML 2:8'],
  ['poetry.lock', 'a = 1\n', 'a = 1\na = 2\n', 'TOML 2:1'],
  ['pom.xml', '<a>\n<b/>\n</a>\n', '<a>\n<b>\n</a>\n', 'XML 3:1'],
  ['pom.xml', '<?xml version="1.0"?>\n<!-- > --><a x="1">&amp;</a>', '<a x=1>&amp;</a>', 'XML 1:1'],
  ['x.csproj', '<a/>', '<a>b & c</a>', 'XML 1:6'],
  ['x.svg', '<a><![CDATA[ < & ]]></a>', '<a/><b/>', 'XML 1:5'],
  ['x.xml', '<a/>', '<a>'.repeat(100_000), 'XML 1:300001'],
  ['x.xml', '<a/>', `<a ${'b'.repeat(1_000_000)}`, 'XML 1:1'],
  ['x.xml', '<a><b></a>', '<a><b></a> ', 'none'],
  ['README.md', '{}', '{', 'none'],
  ['constructor', '{}', '{', 'none'],
])('%s: %j, then %j: %s', async (path, before, after, said) => {
  expect(await judged(path, before, after)).toBe(said);
});

const CELLS = [
  { cell_type: 'markdown', metadata: {}, source: ['# Title\n', 'words'] },
  { cell_type: 'code', execution_count: 1, metadata: {}, outputs: [{ a: 1.5 }], source: ['x = 1\n', 'print(x)\n'] },
  { cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: '' },
];
function notebook(space: number, more: object = {}): string {
  return `${JSON.stringify({ cells: CELLS, metadata: { big: 1e3 }, nbformat: 4, nbformat_minor: 5, ...more }, null, space)}\n`;
}
const VIEW =
  '# %% [markdown] cell 1\n# Title\nwords\n# %% [code] cell 2 (1 output not shown)\nx = 1\nprint(x)\n# %% [code] cell 3\n';

describe('a notebook', () => {
  test('is read as its cells, and is itself where they are as they were', () => {
    for (const space of [0, 1, 2]) {
      const text = notebook(space).replace('1000', '1e3');
      const cells = cellsOf(text) ?? [];
      expect(notebookText(cells)).toBe(VIEW);
      expect(withCells(text, VIEW)).toBe(text);
    }
  });

  test('gets other sources in the form that it has, and nothing else changes', () => {
    const text = notebook(1);
    const after = withCells(text, VIEW.replace('x = 1', 'x = "two"\ny = 3')) ?? '';
    expect(after).toBe(text.replace('    "x = 1\\n",\n', '    "x = \\"two\\"\\n",\n    "y = 3\\n",\n'));
    expect(withCells(text, `${VIEW}z = 1\n`)).toBe(text.replace('"source": ""', '"source": "z = 1"'));
  });

  test('gets new cells and loses others; what it keeps stays as it was', () => {
    for (const space of [0, 1, 2]) {
      const text = notebook(space);
      const [head = '', ...others] = VIEW.split('# %% [code]');
      const after = withCells(text, `${head}# %% [code]\nimport a\n# %% [code]${others[0] ?? ''}`) ?? '';
      expect(notebookProblem(after)).toBeUndefined();
      const { cells } = JSON.parse(after) as { cells: object[] };
      expect(cells).toEqual([
        CELLS[0],
        { cell_type: 'code', execution_count: null, id: 'cell-1', metadata: {}, outputs: [], source: ['import a'] },
        CELLS[1],
      ]);
      if (space === 1) expect(after).toContain('\n  {\n   "cell_type": "code",\n   "execution_count": null,\n   "id"');
    }
  });

  test('that lacks what programs need is none', () => {
    expect(notebookProblem(notebook(1))).toBeUndefined();
    expect(notebookProblem(notebook(1, { cells: {} }))?.message).toContain('list of cells');
    expect(notebookProblem(notebook(1, { nbformat: 'x' }))?.message).toContain('nbformat');
    expect(notebookProblem(notebook(1, { cells: [{ cell_type: 'code' }] }))).toMatchObject({ line: 3 });
    expect(notebookProblem('{')).toBeDefined();
  });

  test('whatever is written into its cells, it stays one', () => {
    const lines = fc.array(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('# %% [code]', '# %% [raw] cell 2')),
    );
    fc.assert(
      fc.property(lines, (written) => {
        const after = withCells(notebook(1), VIEW + written.join('\n'));
        expect(after === undefined || notebookProblem(after) === undefined).toBe(true);
      }),
    );
  });
});
