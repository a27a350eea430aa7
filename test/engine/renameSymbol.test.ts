import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { attempt, type Call } from '../support/attempt.ts';
import { DENIED, editorBench as bench, FILES } from '../support/editorBench.ts';
import { found } from '../support/scriptedLanguages.ts';
import { outcomes, type Workbench } from '../support/workbench.ts';

const at = (path: string, line = 1, column = 1): object => ({ path, line, column });
const RENAME: Call = { name: 'rename_symbol', args: { path: 'a.ts', line: 1, symbol: 'one', to: 'first' } };

describe('rename_symbol', () => {
  const edit = (path: string, line: number, column: number, text = 'first', length = 3): object => ({
    ...at(path, line, column),
    ...{ endLine: line, endColumn: column + length, text },
  });
  const everywhere = (folder: string): object[] => [
    edit(join(folder, 'b.ts'), 2, 13),
    edit(join(folder, 'a.ts'), 2, 20),
    edit(join(folder, 'b.ts'), 1, 10),
    edit(join(folder, 'a.ts'), 1, 14),
  ];
  const read = ({ folder }: Workbench, name: string): string => readFileSync(join(folder, name), 'utf8');

  test('is asked for with a diff of every file, made in all of them, and undone', async () => {
    const { bench: made } = await bench((folder) => ({ rename: found(everywhere(folder)) }));
    const { events } = await attempt(made, [RENAME]);
    expect(outcomes(events)).toEqual(['done']);
    expect(read(made, 'a.ts')).toBe('export const first = 1;\nexport const two = first + 1;\n');
    expect(read(made, 'b.ts')).toBe("import { first } from './a.ts';\nconsole.log(first);\n");
    expect(made.asked).toHaveLength(1);
    const blocks = made.asked[0]?.card.blocks ?? [];
    expect(blocks.filter(({ kind }) => kind === 'diff')).toHaveLength(2);
    expect(made.asked[0]?.title).toBe('Rename one to first in a.ts, b.ts');
    const [of] = events.filter(({ type }) => type === 'started');
    await made.engine.revert({ run: of?.run ?? '', action: of?.action ?? '' });
    expect(read(made, 'a.ts')).toBe(FILES['a.ts']);
    expect(read(made, 'b.ts')).toBe(FILES['b.ts']);
  });

  test('line ends, a mark at the beginning, and another encoding stay', async () => {
    const { bench: made } = await bench((folder) => ({
      rename: found([edit(join(folder, 'w.ts'), 2, 1), edit(join(folder, 'u.ts'), 1, 1)]),
    }));
    writeFileSync(join(made.folder, 'w.ts'), '\ufeff// ü\r\none = 1;\r\nlast\n');
    writeFileSync(
      join(made.folder, 'u.ts'),
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('one ü\r\n', 'utf16le')]),
    );
    await attempt(made, [{ name: 'rename_symbol', args: { path: 'a.ts', line: 1, symbol: 'one', to: 'first' } }]);
    expect(read(made, 'w.ts')).toBe('\ufeff// ü\r\nfirst = 1;\r\nlast\n');
    expect(readFileSync(join(made.folder, 'u.ts'))).toEqual(
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('first ü\r\n', 'utf16le')]),
    );
  });

  test('what is open is changed by the editor, and what is unsaved is saved first', async () => {
    const { bench: made, editor } = await bench((folder) => ({ rename: found(everywhere(folder)) }));
    editor.open(join(made.folder, 'b.ts'));
    editor.type(join(made.folder, 'a.ts'), `${FILES['a.ts']}// mine\n`);
    const { events } = await attempt(made, [RENAME]);
    expect(outcomes(events)).toEqual(['done']);
    expect(JSON.stringify(made.asked[0]?.card)).toContain('Your unsaved changes are saved first');
    expect(editor.done).toEqual(
      expect.arrayContaining([`save ${join(made.folder, 'a.ts')}`, `write ${join(made.folder, 'b.ts')}`]),
    );
    expect(read(made, 'a.ts')).toBe('export const first = 1;\nexport const two = first + 1;\n// mine\n');
  });

  const OTHERS: [string, (folder: string) => string][] = [
    ['a denied file', (folder) => join(folder, 'keep/secret.ts')],
    ['a denied file in another spelling', (folder) => `${folder}/x/../keep/./secret.ts`],
    ['a denied file through a link', (folder) => join(folder, 'link/secret.ts')],
    ['a protected file', (folder) => join(folder, '.vscode/settings.json')],
    ['git’s own', (folder) => join(folder, '.git/config')],
    ['a file outside', () => '/etc/hosts'],
    ['a file beside', (folder) => `${folder}-other/a.ts`],
  ];
  test.each(OTHERS)('one that would touch %s is denied whole', async (_name, other) => {
    const { bench: made } = await bench(
      (folder) => ({ rename: found([...everywhere(folder), edit(other(folder), 1, 1)]) }),
      { userPolicy: DENIED, files: { ...FILES, '.vscode/settings.json': '{}one\n', '.git/config': 'one\n' } },
    );
    symlinkSync(join(made.folder, 'keep'), join(made.folder, 'link'));
    const { events } = await attempt(made, [RENAME]);
    expect(outcomes(events)[0]).toMatch(/^denied/);
    expect(made.asked).toEqual([]);
    expect(read(made, 'a.ts')).toBe(FILES['a.ts']);
  });

  const BROKEN: [string, (folder: string) => unknown, RegExp][] = [
    ['overlap', (f) => found([edit(join(f, 'a.ts'), 1, 14), edit(join(f, 'a.ts'), 1, 15)]), /overlap/],
    ['are beyond the text', (f) => found([edit(join(f, 'a.ts'), 900, 1)]), /not there/],
    ['are beyond the line', (f) => found([edit(join(f, 'a.ts'), 1, 500)]), /not there/],
    ['end before they begin', (f) => found([edit(join(f, 'a.ts'), 1, 14, 'x', -3)]), /before it begins/],
    ['are partly garbage', (f) => found([edit(join(f, 'a.ts'), 1, 14), { path: 5 }]), /cannot be read/],
    ['are too many', (f) => found(new Array(6000).fill(edit(join(f, 'a.ts'), 1, 14))), /more than 5000/],
    ['write far more than a name', (f) => found([edit(join(f, 'a.ts'), 1, 14, 'x'.repeat(200_000))]), /far more/],
    ['are of no file', () => found([edit('vscode-userdata:/x', 1, 1)]), /no file/],
    ['are of a likely secret', (f) => found([...everywhere(f), edit(join(f, '.env'), 1, 1)]), /looks like a secret/],
    ['are none', () => found([]), /no way to rename/],
    ['are refused', () => () => Promise.reject(new Error('You cannot rename this element.')), /cannot rename/],
    ['are of a binary file', (f) => found([edit(join(f, 'x.bin'), 1, 1)]), /binary/],
  ];
  test.each(BROKEN)('edits that %s change nothing, and nobody is asked', async (_name, rename, words) => {
    const { bench: made } = await bench((folder) => ({ rename: rename(folder) }));
    writeFileSync(join(made.folder, 'x.bin'), Buffer.from([0, 1, 2, 0, 255, 254, 0, 0]));
    const [told] = await attempt(made, [RENAME]);
    expect(told?.text).toMatch(words);
    expect(made.asked).toEqual([]);
    expect(read(made, 'a.ts')).toBe(FILES['a.ts']);
  });

  test('other edits than were approved are asked about anew', async () => {
    let said = 0;
    const { bench: made } = await bench(
      (folder) => ({
        rename: () => {
          said += 1;
          return Promise.resolve(found(said === 1 ? everywhere(folder) : [edit(join(folder, 'a.ts'), 1, 14, 'evil')]));
        },
      }),
      { answer: ({ askedAgain }) => ({ choice: askedAgain === undefined ? 'approve' : 'deny' }) },
    );
    const { events } = await attempt(made, [RENAME]);
    expect(made.asked).toHaveLength(2);
    expect(outcomes(events)[0]).toMatch(/^denied/);
    expect(read(made, 'a.ts')).toBe(FILES['a.ts']);
  });

  test.each([['a b'], ['a\nb'], ['a\u202eb'], ['']])('a name that is none is refused: %j', async (to) => {
    const { bench: made } = await bench((folder) => ({ rename: found(everywhere(folder)) }));
    const { events } = await attempt(made, [
      { name: 'rename_symbol', args: { path: 'a.ts', line: 1, symbol: 'one', to } },
    ]);
    expect(outcomes(events)).toEqual(['failed:arguments']);
    expect(made.asked).toEqual([]);
  });

  test('a call cannot bring edits of its own', async () => {
    const { bench: made } = await bench((folder) => ({ rename: found(everywhere(folder)) }));
    const files = [{ path: join(made.folder, 'a.ts'), pieces: [{ from: 0, to: 5, by: 'evil' }] }];
    const [told] = await attempt(made, [{ name: 'rename_symbol', args: { ...(RENAME.args as object), files } }]);
    expect(told?.outcome === 'done' && read(made, 'a.ts').includes('evil')).toBe(false);
  });

  test.each(['edit_file', 'write_file', 'rename_symbol'])('a rule that denies %s denies it', async (tool) => {
    const { bench: made } = await bench((folder) => ({ rename: found(everywhere(folder)) }), {
      userPolicy: `rules: [{decision: deny, tools: [${tool}], why: w}]\n`,
    });
    const { events } = await attempt(made, [RENAME]);
    expect(outcomes(events)[0]).toMatch(/^denied/);
  });
});
